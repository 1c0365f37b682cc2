package import class Linux.Secret
package import struct NIOCore.ByteBuffer

/// The client's side of one POP3 connection to a provider's own service, from greeting to QUIT; decides what is sent,
/// never sends. It can say what `ClientCommand` has, and so can neither fetch a message nor delete one.
///
/// The way: greeting, CAPA, STLS where there is no TLS yet, login, CAPA, STAT, LIST, UIDL; then `headers` as often as
/// wanted, one call after the other; then `quit`. A service that does wrong closes it, and a closed machine answers
/// everything with nothing.
package struct ClientStateMachine: Hashable, Sendable {
    /// Lines that a list may have.
    package static let longestList = 1_000_000
    /// Octets of a header that are kept.
    package static let longestHeader = 262_144
    /// Octets that one header may take on its way, with or without line ends: what comes beyond is no answer to `TOP n 0`.
    package static let headerBudget = 16_777_216
    /// The same of a list: `longestList` lines of a usual length.
    static let listBudget = 268_435_456
    /// Headers asked for before the first is answered, where the service can take them (RFC 2449 §6.6).
    static let window = 32

    /// What the capabilities are asked for.
    enum Purpose: Hashable, Sendable { case tls, login, listing }

    enum State: Hashable, Sendable {
        case initial
        case greeting
        /// The status line, then the list.
        case asked(Purpose)
        case hearing(Purpose)
        case startingTLS
        case securing
        case name
        case password
        case mechanism
        case response
        case count
        case sizesAsked(expected: Int)
        case sizes(expected: Int)
        case textsAsked
        case texts
        case idle
        case headerAsked(Headers)
        case header(Headers)
        case quitting
        case closed
    }

    let startsTLS: Bool
    let name: [UInt8]
    let password: Secret
    var state = State.initial
    var framer = LineFramer()
    var capabilities = ServiceCapabilities()
    var isProtected: Bool
    var listing = Listing()
    /// The header that comes now.
    var header = Header()
    /// Octets of the answer that comes now.
    private var spent = 0

    /// `startsTLS`: STLS comes before anything else. Without it the connection has TLS already, or needs none.
    package init(startsTLS: Bool, name: [UInt8], password: Secret) {
        self.startsTLS = startsTLS
        self.isProtected = !startsTLS
        self.name = name
        self.password = password
    }

    /// Listed, and nothing is under way.
    package var isIdle: Bool { self.state == .idle }

    /// The connection stands, with TLS on it where TLS comes first.
    package mutating func connected() -> [ClientAction] {
        guard self.state == .initial else { return [] }
        guard ClientCommand.isSendable(self.name.span), self.password.revealed(ClientCommand.isSendable) else {
            return self.fail(.unsendable)
        }
        self.state = .greeting
        return []
    }

    /// TLS stands that `startTLS` asked for.
    package mutating func tlsEstablished() -> [ClientAction] {
        guard self.state == .securing else { return [] }
        self.isProtected = true
        return self.ask(.login)
    }

    /// Octets from the service, in any cut.
    package mutating func received(_ octets: ByteBuffer) -> [ClientAction] {
        guard self.state != .initial, self.state != .closed, octets.readableBytes > 0 else { return [] }
        // Octets in clear ahead of the handshake could be taken for protected ones (RFC 2595 §4, S-02).
        guard self.state != .securing else { return self.fail(.misbehaved("octets behind the answer to STLS")) }
        self.framer.receive(octets)
        self.spent += octets.readableBytes
        var actions: [ClientAction] = []
        while self.state != .closed, let frame = self.framer.next(self.lineMode) {
            actions += self.take(frame)
            if self.state == .securing, self.framer.buffered > 0 {
                // TLS is not begun on what somebody else may have put there.
                actions.removeAll { $0 == .startTLS }
                return actions + self.fail(.misbehaved("octets behind the answer to STLS"))
            }
        }
        if self.state != .closed, self.spent > self.budget {
            return actions + self.fail(.misbehaved("an answer without end"))
        }
        return actions
    }

    private var budget: Int {
        if case .header = self.state { Self.headerBudget } else { Self.listBudget }
    }

    /// The next answer is counted anew.
    mutating func answerEnded() {
        self.listing.lines = 0
        self.spent = 0
    }

    private var lineMode: LineFramer.Mode {
        if case .header = self.state { .header } else { .reply }
    }

    /// The connection ended.
    package mutating func disconnected() -> [ClientAction] {
        switch self.state {
        case .closed: return []
        case .initial, .quitting:
            self.state = .closed
            return [.close]
        case .greeting, .asked, .hearing, .startingTLS, .securing, .name, .password, .mechanism, .response, .count,
            .sizesAsked, .sizes, .textsAsked, .texts, .idle, .headerAsked, .header:
            return self.fail(.disconnected)
        }
    }

    /// Asks for the headers of messages; only while `isIdle`.
    package mutating func headers(of numbers: [MessageNumber]) -> [ClientAction] {
        guard self.state == .idle else { return [] }
        guard !numbers.isEmpty else { return [.headersEnded] }
        var headers = Headers(numbers)
        let first = headers.ask(atMost: self.capabilities.canPipeline ? Self.window : 1)
        self.state = .headerAsked(headers)
        return first.map { self.send(.header($0)) }
    }

    /// Says QUIT and waits for the answer; closes at once where a command is under way. Nothing is marked as deleted, so
    /// the service has nothing to remove.
    package mutating func quit() -> [ClientAction] {
        switch self.state {
        case .closed, .quitting: return []
        case .idle:
            self.state = .quitting
            return [self.send(.quit)]
        case .initial, .greeting, .asked, .hearing, .startingTLS, .securing, .name, .password, .mechanism, .response,
            .count, .sizesAsked, .sizes, .textsAsked, .texts, .headerAsked, .header:
            self.state = .closed
            return [.close]
        }
    }

    func send(_ command: ClientCommand) -> ClientAction { .send(ByteBuffer(bytes: command.octets)) }

    mutating func ask(_ purpose: Purpose) -> [ClientAction] {
        self.state = .asked(purpose)
        self.capabilities = ServiceCapabilities()
        return [self.send(.capa)]
    }

    mutating func fail(_ failure: ServiceFailure) -> [ClientAction] {
        self.state = .closed
        self.framer = LineFramer()
        return [.failed(failure), .close]
    }
}
