import Linux
import Store
import Synchronization

/// Standard output: one line of JSON a record, for a container's log or a program behind a pipe.
final class StandardOutputTarget: StreamTarget {
    /// How long a reader may take for a portion before the others of the record are told that it is away.
    private static let patience: Int32 = 1_000

    let name = Configuration.Stream.Service.standardOutput.rawValue
    /// Under systemd it leads to the journal.
    let pace: Int?
    /// What is left of a line that was begun.
    private let rest = Mutex<ArraySlice<UInt8>>([])

    init(isJournal: Bool) { self.pace = isJournal ? JournalPace.records : nil }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        self.rest.withLock { rest in
            var taken = 0
            do throws(SystemError) {
                guard try Self.push(&rest) else { return StreamOutcome(taken: 0, trouble: Self.slow) }
                for record in records {
                    // Begun, a line counts as taken: what is left of it goes out first of all next time.
                    taken += 1
                    rest = (record.line + [0x0A])[...]
                    guard try Self.push(&rest) else { return StreamOutcome(taken: taken, trouble: Self.slow) }
                }
                return StreamOutcome(taken: taken)
            } catch {
                rest = []
                return StreamOutcome(taken: max(0, taken - 1), trouble: error.description)
            }
        }
    }

    private static let slow = "the reader does not keep up"

    /// False when something is left.
    private static func push(_ rest: inout ArraySlice<UInt8>) throws(SystemError) -> Bool {
        rest = rest.dropFirst(try StandardOutput.write(rest, milliseconds: self.patience))
        return rest.isEmpty
    }
}
