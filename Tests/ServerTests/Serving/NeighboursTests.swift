import Gateway
import Linux
import Logging
import NIOCore
import Server
import Synchronization
import Testing

@Suite("The neighbours of a server")
struct NeighboursTests {
    private struct Failure: Error {}

    /// An empty table, and how often it was read.
    private final class Kernel: Sendable {
        let reads = Mutex(0)

        func neighbours(failing: Bool = false) -> Neighbours {
            Neighbours(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
                self.reads.withLock { $0 += 1 }
                if failing { throw Failure() }
                return NeighbourTable([])
            }
        }
    }

    @Test("are read once a second for a device that is none, and at once for one never seen", arguments: [false, true])
    func readsSeldom(failing: Bool) {
        let kernel = Kernel()
        let neighbours = kernel.neighbours(failing: failing)
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        #expect(neighbours.hardwareAddress(of: .v4(1), now: start) == nil)
        #expect(neighbours.hardwareAddress(of: .v4(1), now: start + .milliseconds(900)) == nil)
        #expect(kernel.reads.withLock { $0 } == 1)
        #expect(neighbours.hardwareAddress(of: .v4(2), now: start + .milliseconds(950)) == nil)
        #expect(kernel.reads.withLock { $0 } == 2)
        #expect(neighbours.hardwareAddress(of: .v4(2), now: start + .milliseconds(1_950)) == nil)
        #expect(kernel.reads.withLock { $0 } == 3)
    }

    @Test("memory is given back once after many sessions have ended, and not for a few")
    func noticesFall() {
        let peak = Peak()
        #expect([10, 4, 49, 0].allSatisfy { !peak.hasFallen(to: $0) })
        #expect(!peak.hasFallen(to: 200))
        #expect(!peak.hasFallen(to: 101))
        #expect(peak.hasFallen(to: 100))
        #expect(!peak.hasFallen(to: 100))
        #expect(peak.hasFallen(to: 10))
        #expect(!peak.hasFallen(to: 0))
    }
}
