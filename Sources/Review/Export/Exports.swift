import NIOConcurrencyHelpers
import Report
import Store

/// The copies that are being taken, and what was taken: for the manifests.
final class Exports: Sendable {
    /// Each reads the whole record; the devices' service reads the same disk.
    private static let atOnce = 2
    private static let kept = 100

    /// Whose copy of what.
    struct Key: Hashable, Sendable {
        let token: Int64
        let filter: RecordFilter
        let format: RecordExport.Format
        let size: Int64
        let language: String
    }

    private struct State {
        var running = 0
        var finished: [(key: Key, result: RecordExport.Result)] = []
    }

    private let state = NIOLockedValueBox(State())

    /// False when there are enough.
    func begin() -> Bool {
        self.state.withLockedValue { state in
            guard state.running < Self.atOnce else { return false }
            state.running += 1
            return true
        }
    }

    /// `result` is nil for one that broke off.
    func end(_ key: Key, _ result: RecordExport.Result?) {
        self.state.withLockedValue { state in
            state.running -= 1
            guard let result else { return }
            state.finished.removeAll { $0.key == key }
            state.finished.append((key, result))
            if state.finished.count > Self.kept { state.finished.removeFirst() }
        }
    }

    func result(_ key: Key) -> RecordExport.Result? {
        self.state.withLockedValue { $0.finished.first { $0.key == key }?.result }
    }
}
