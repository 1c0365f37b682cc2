import Foundation
import Report
import Synchronization

/// How far a long reading is: one line on a terminal, once it has taken a second, wiped at the end.
final class Progress: Sendable {
    private struct State {
        var saidAt: ContinuousClock.Instant
        var hasSaid = false
    }

    private let language: Language
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private let state = Mutex(State(saidAt: .now))

    init(_ language: Language) {
        self.language = language
    }

    var tell: @Sendable (Int64, Int64) -> Void {
        { done, total in
            guard self.isTerminal else { return }
            let isDue = self.state.withLock { state in
                guard state.saidAt.duration(to: .now) >= .seconds(1) else { return false }
                state.saidAt = .now
                state.hasSaid = true
                return true
            }
            guard isDue else { return }
            let phrase = Phrase("\(done) of \(total) records read", "記録 \(total) 件中 \(done) 件を読みました")
            self.write("\r\(phrase[self.language])")
        }
    }

    func clear() {
        if self.state.withLock({ $0.hasSaid }) { self.write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
