import Foundation
import Linux

/// What the process asks of the system before it does anything else.
package enum ProcessSettings {
    /// Call first thing in `main`, before any thread: the allocator's thresholds, no core dumps, as many open files as
    /// there may be, files for their owner alone. Gives what could not be had; the server runs without it.
    package static func raise() -> [String] {
        MallocSettings.raiseThresholds()
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        var problems: [String] = []
        do throws(SystemError) { try CoreDumps.turnOff() } catch { problems.append("core dumps are not off: \(error)") }
        do throws(SystemError) {
            try OpenFileLimit.raise()
        } catch {
            problems.append("the limit of open files is not raised: \(error)")
        }
        return problems
    }
}
