import IMAP
import Synchronization

/// What is remembered of accounts beyond a connection, in memory only: until when the mail server wants to be left alone
/// (I-55), when a person was last told that a mailbox is nearly full, and a change of UIDVALIDITY that waits for a person.
/// Knows accounts by their normalised login.
final class AccountNotes: Sendable {
    /// A change of UIDVALIDITY of which too few messages were recognised, as the mailbox was then.
    struct Doubt: Hashable {
        let from: UIDValidity
        let to: ExaminedMailbox
    }

    private struct Note {
        var notBefore: Int64 = .min
        var warned: Int64?
        /// When UIDVALIDITY changed last, and whether that it does so often was said.
        var renumbered: Int64?
        var hasToldOfRenumbering = false
        var doubt: Doubt?
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

    /// True once, when UIDVALIDITY has changed twice in a day: a server that does so at every login does not keep it (I-22).
    func renumberedAgain(_ account: [UInt8]) -> Bool {
        let now = self.now()
        return self.change(account) { note in
            let last = note.renumbered
            note.renumbered = now
            guard let last, now &- last < Self.day, !note.hasToldOfRenumbering else { return false }
            note.hasToldOfRenumbering = true
            return true
        }
    }

    /// Whether this very change was found doubtful: to look at it again, message by message, would lead to the same.
    func isDoubtful(_ doubt: Doubt, _ account: [UInt8]) -> Bool { self.state.withLock { $0[account]?.doubt == doubt } }

    /// Nil once there is none any more.
    func keep(_ doubt: Doubt?, _ account: [UInt8]) { self.change(account) { $0.doubt = doubt } }

    private func change<Value: Sendable>(_ account: [UInt8], _ body: (inout Note) -> Value) -> Value {
        let now = self.now()
        return self.state.withLock { notes in
            if notes.count >= Self.capacity {
                notes = notes.filter { note in
                    note.value.notBefore > now || note.value.doubt != nil
                        || [note.value.renumbered, note.value.warned].contains {
                            $0.map { now &- $0 < Self.day } == true
                        }
                }
            }
            if notes.count >= Self.capacity, notes[account] == nil { notes = [:] }
            return body(&notes[account, default: Note()])
        }
    }
}
