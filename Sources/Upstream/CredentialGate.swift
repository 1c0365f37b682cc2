import Gateway
import LibCrypto
import Synchronization

import class Linux.Secret

/// Lets logins through to the mail server as `CredentialMemory` says, also when many come at once: the same credential is
/// tried once and the others wait for its outcome, and those under way count against the account's cap.
final class CredentialGate: Sendable {
    enum Outcome: Sendable {
        case accepted
        case refused
        /// The mail server said nothing about the credential. Who waits with the same one hears the same, so that a mail
        /// server that is down is not asked by one after the other.
        case unknown(UpstreamFailure)
    }

    enum Verdict: Sendable {
        case ask
        /// Answer without the mail server.
        case fail(UpstreamFailure)
    }

    /// A login at the gate. Knows the credential by its fingerprint alone.
    struct Ticket: Hashable, Sendable {
        fileprivate let fingerprint: [UInt8]
        let account: [UInt8]
        /// What failed logins count against: those with the operator's own secret have one beside the account's, so that a PC
        /// with a stale password never keeps a fresh token from being tried.
        fileprivate let budget: [UInt8]
    }

    private struct Waiter: Sendable {
        let ticket: Ticket
        let decide: @Sendable (Verdict) -> Void
    }

    private struct State {
        var memory: CredentialMemory
        /// Credentials that are being tried, and not known to be good.
        var underway: Set<Ticket> = []
        var waiters: [Waiter] = []
    }

    private let state: Mutex<State>
    private let key = HMACKey.random()
    private let failuresAnHour: Int
    /// Seconds of a clock that never goes back.
    private let now: @Sendable () -> Int64

    init(failuresAnHour: Int, now: @escaping @Sendable () -> Int64) {
        self.state = Mutex(State(memory: CredentialMemory(failuresAnHour: failuresAnHour)))
        self.failuresAnHour = failuresAnHour
        self.now = now
    }

    func ticket(_ login: UpstreamLogin) -> Ticket {
        let account = Array(LoginName(login.name).normalised.utf8)
        // No normalised name has a NUL.
        let budget = login.isOperators ? account + [0] : account
        // A token is not the password of the same octets: each goes another way.
        let kind: UInt8 =
            switch login.secret {
            case .password: 0
            case .token: 1
            }
        let secret = login.secret.secret.revealed { self.key.code(of: $0) }
        let fingerprint = self.key.code(of: [kind] + secret + login.name)
        return Ticket(fingerprint: fingerprint, account: account, budget: budget)
    }

    /// Answers with whether the mail server may be asked. Who hears `ask` says `leave` when it has answered.
    func enter(_ ticket: Ticket, decide: @escaping @Sendable (Verdict) -> Void) {
        let verdict = self.state.withLock { state -> Verdict? in
            let verdict = self.verdict(on: ticket, &state)
            if verdict == nil { state.waiters.append(Waiter(ticket: ticket, decide: decide)) }
            return verdict
        }
        if let verdict { decide(verdict) }
    }

    func leave(_ ticket: Ticket, _ outcome: Outcome) {
        let decided = self.state.withLock { state -> [(Waiter, Verdict)] in
            let wasUnderway = state.underway.remove(ticket) != nil
            var shared: UpstreamFailure?
            switch outcome {
            case .accepted: state.memory.accepted(ticket.fingerprint, of: ticket.budget, at: self.now())
            case .refused: state.memory.refused(ticket.fingerprint, of: ticket.budget, at: self.now())
            case .unknown(let failure): shared = wasUnderway ? failure : nil
            }
            var decided: [(Waiter, Verdict)] = []
            var waiting: [Waiter] = []
            for waiter in state.waiters {
                if let shared, waiter.ticket == ticket {
                    decided.append((waiter, .fail(shared)))
                } else if waiter.ticket.budget == ticket.budget, let verdict = self.verdict(on: waiter.ticket, &state) {
                    decided.append((waiter, verdict))
                } else {
                    waiting.append(waiter)
                }
            }
            state.waiters = waiting
            return decided
        }
        for (waiter, verdict) in decided { waiter.decide(verdict) }
    }

    /// Nil: wait for those under way.
    private func verdict(on ticket: Ticket, _ state: inout State) -> Verdict? {
        let now = self.now()
        switch state.memory.verdict(on: ticket.fingerprint, of: ticket.budget, at: now) {
        case .refuse: return .fail(.credentials(answeredLocally: true))
        case .ask: break
        }
        if state.memory.isVerified(ticket.fingerprint, of: ticket.budget) { return .ask }
        let underway = state.underway.count { $0.budget == ticket.budget }
        let failed = state.memory.recentFailures(of: ticket.budget, at: now)
        guard !state.underway.contains(ticket), failed + underway < self.failuresAnHour else { return nil }
        state.underway.insert(ticket)
        return .ask
    }
}
