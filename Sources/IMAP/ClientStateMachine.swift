import class Linux.Secret
package import struct NIOCore.ByteBuffer

/// The IMAP side of one connection, from greeting to LOGOUT; decides what is sent, never sends.
///
/// One command at a time: `list`, `findPresent`, `fetch`, `examineAgain` and `noop` are called only after `opened`, and after the
/// answer to the one before (`isIdle`). The way there: greeting, STARTTLS where there is no TLS yet, capabilities,
/// login, capabilities again unless the login told them, ID, EXAMINE, GETQUOTAROOT.
///
/// It never says anything but what `Command` can hold, believes nothing before TLS but what leads to TLS, makes an
/// `ExaminedMailbox` only of a tagged OK to EXAMINE, and never holds a body: pieces are handed on as they come. What
/// the peer does wrong closes it, and a closed machine answers everything with nothing.
package struct ClientStateMachine: Hashable, Sendable {
    /// Octets that an answer may have, but for a body's (S-22).
    static let answerBudget = 1_048_576
    /// The same for a listing.
    static let listingBudget = 67_108_864
    /// Texts for the operator that one connection may produce.
    static let maximumNotices = 8

    enum State: Hashable, Sendable {
        case initial
        case awaitingGreeting
        case askingCapabilities(then: AfterCapabilities)
        /// STARTTLS is sent; what comes behind its OK, before TLS, was put there by somebody else.
        case startingTLS
        case securing
        case authenticating(Authentication)
        case identifying(Examination.Attempt)
        case examining(Examination)
        case askingQuota(ExaminedMailbox)
        case idle(ExaminedMailbox)
        case listing(Listing, ExaminedMailbox)
        case searching(Search, ExaminedMailbox)
        case fetching(Fetching, ExaminedMailbox)
        case fetchingHeaders(HeaderFetching, ExaminedMailbox)
        case probing(ExaminedMailbox)
        case loggingOut
        case closed
    }

    /// What the capabilities are asked for.
    enum AfterCapabilities: Hashable, Sendable {
        case startTLS, login, examine
    }

    let configuration: ClientConfiguration
    /// Until the login is answered.
    var credentials: Credentials?
    var state = State.initial
    var framer = ResponseFramer()
    /// Nil until told; forgotten at STARTTLS and at login (RFC 3501 §6.2.1, §6.2.2).
    var capabilities: Capabilities?
    /// Parts of the command under way that wait for a `+`.
    var waiting: [Secret] = []
    /// Number of the last command.
    var commands: UInt64 = 0
    /// Octets since the last command, and how many there may be.
    var spent = 0
    var budget = Self.answerBudget
    var isProtected: Bool
    var notices = 0
    /// Told and counted since the last `opened` or `alive`.
    var exists: UInt32?
    var expunged = 0

    package init(configuration: ClientConfiguration, credentials: Credentials) {
        self.configuration = configuration
        self.credentials = credentials
        self.isProtected = configuration.protection != .startTLS
    }

    /// The server spoke of messages that came or went since the last `opened` or `alive`: in the answer to any command,
    /// or unasked.
    package var hasHeardChange: Bool { self.exists != nil || self.expunged > 0 }

    /// EXAMINEd, and no command is under way.
    package var isIdle: Bool {
        if case .idle = self.state { true } else { false }
    }

    /// The connection stands, with TLS on it where TLS comes first.
    package mutating func connected() -> [ClientAction] {
        guard self.state == .initial else { return [] }
        // Nothing is sent for a name or password that could not be sent faithfully (S-07).
        guard let credentials = self.credentials, credentials.areSendable else {
            return self.fail(.credentials)
        }
        self.state = .awaitingGreeting
        return []
    }

    /// TLS stands that `startTLS` asked for; of any other TLS the machine need not be told.
    package mutating func tlsEstablished() -> [ClientAction] {
        guard self.state == .securing else { return [] }
        self.isProtected = true
        self.state = .askingCapabilities(then: .login)
        return self.send(.capability)
    }

    /// Octets from the mail server, in any cut. Consumes all of `octets`.
    package mutating func received(_ octets: ByteBuffer) -> [ClientAction] {
        guard self.state != .initial, self.state != .closed, octets.readableBytes > 0 else { return [] }
        guard self.state != .securing else { return self.fail(.misbehaved(.octetsBehindStartTLS)) }
        self.spent = self.spent.addingClamped(octets.readableBytes)
        self.framer.append(octets)
        var actions: [ClientAction] = []
        do throws(ProtocolViolation) {
            while let frame = try self.framer.next() {
                actions += try self.take(frame)
                if self.state == .closed { return actions }
            }
            // A body's octets were added to the budget when it was announced.
            guard self.spent <= self.budget else { throw ProtocolViolation.tooMuch }
        } catch {
            return actions + self.flush() + self.fail(.misbehaved(error))
        }
        return actions + self.flush()
    }

    /// The connection ended: cleanly (close_notify, EOF in clear) or cut.
    package mutating func disconnected() -> [ClientAction] {
        switch self.state {
        case .closed:
            return []
        case .initial, .loggingOut:
            self.close()
            return [.close]
        case .authenticating(let authentication):
            return self.fail(authentication.farewell ?? .disconnected)
        case .awaitingGreeting, .askingCapabilities, .startingTLS, .securing, .identifying, .examining, .askingQuota,
            .idle, .listing, .searching, .fetching, .fetchingHeaders, .probing:
            return self.fail(.disconnected)
        }
    }

    /// Says LOGOUT, which expunges nothing (RFC 3501 §6.4.2), and waits for the answer; closes at once where a command
    /// is under way.
    package mutating func logout() -> [ClientAction] {
        switch self.state {
        case .closed, .loggingOut:
            return []
        case .idle:
            self.state = .loggingOut
            return self.send(.logout)
        case .initial, .awaitingGreeting, .askingCapabilities, .startingTLS, .securing, .authenticating, .identifying,
            .examining, .askingQuota, .listing, .searching, .fetching, .fetchingHeaders, .probing:
            self.close()
            return [.close]
        }
    }
}
