import Linux
import Store
import Synchronization

/// A file of JSON Lines. Whoever rotates logs renames it; then a new one is made under the name.
final class FileTarget: StreamTarget {
    /// Readable for a group: for who collects logs.
    private static let mode: UInt32 = 0o640

    private struct State {
        var file: LineFile?
        var mustReopen = false
    }

    let name: String
    private let path: String
    private let state = Mutex(State())

    init(path: String) {
        self.path = path
        self.name = "file:\(path)"
    }

    func reopen() { self.state.withLock { $0.mustReopen = true } }

    func lastLine() -> [UInt8]? {
        self.state.withLock { state in try? self.open(&state).lastLine() }
    }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        let lines = records.map { $0.line + [0x0A] }
        return self.state.withLock { state in
            do throws(SystemError) {
                let (count, error) = try self.open(&state).append(lines)
                if error != nil { state.file = nil }
                return StreamOutcome(taken: count, trouble: error?.description)
            } catch {
                return StreamOutcome(taken: 0, trouble: error.description)
            }
        }
    }

    func sync() -> String? {
        self.state.withLock { state in
            do throws(SystemError) {
                try state.file?.sync()
                return nil
            } catch {
                return error.description
            }
        }
    }

    private func open(_ state: inout State) throws(SystemError) -> LineFile {
        if let file = state.file {
            if !state.mustReopen, file.isNamed(self.path) { return file }
            // It has another name now, and keeps what it has.
            try file.sync()
        }
        let file = try LineFile(path: self.path, mode: Self.mode)
        state = State(file: file)
        return file
    }
}
