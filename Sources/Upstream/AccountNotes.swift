import Synchronization

/// What is remembered of accounts beyond a connection, in memory only: until when the mail server wants to be left alone
/// (I-55), and when a person was last told that a mailbox is nearly full. Knows accounts by their normalised login.
final class AccountNotes: Sendable {
    private struct Note {
        var notBefore: Int64 = .min
        var warned: Int64?
    }

    /// What a login or a fetch is answered with in the meantime.
    static let pause = "the mail server has asked for a pause"
    /// Where the mail server does not say how long.
    static let usualPause: Int64 = 60
    static let longestPause: Int64 = 3600
    static let day: Int64 = 86_400
    static let capacity = 10_000

    private let state = Mutex<[[UInt8]: Note]>([:])
    /// Seconds of a clock that never goes back.
    private let now: @Sendable () -> Int64

    init(now: @escaping @Sendable () -> Int64) { self.now = now }

    func mustWait(_ account: [UInt8]) -> Bool {
        let now = self.now()
        return self.state.withLock { ($0[account]?.notBefore ?? .min) > now }
    }

    func pause(_ account: [UInt8], seconds: Int?) {
        let asked = seconds.map(Int64.init) ?? Self.usualPause
        let until = self.now() &+ min(max(asked, 1), Self.longestPause)
        self.change(account) { $0.notBefore = max($0.notBefore, until) }
    }

    /// True at most once a day for an account.
    func mayWarnOfQuota(_ account: [UInt8]) -> Bool {
        let now = self.now()
        return self.change(account) { note in
            if let warned = note.warned, now &- warned < Self.day { return false }
            note.warned = now
            return true
        }
    }

    private func change<Value: Sendable>(_ account: [UInt8], _ body: (inout Note) -> Value) -> Value {
        let now = self.now()
        return self.state.withLock { notes in
            if notes.count >= Self.capacity {
                notes = notes.filter { note in
                    note.value.notBefore > now || note.value.warned.map { now &- $0 < Self.day } == true
                }
            }
            if notes.count >= Self.capacity, notes[account] == nil { notes = [:] }
            return body(&notes[account, default: Note()])
        }
    }
}
