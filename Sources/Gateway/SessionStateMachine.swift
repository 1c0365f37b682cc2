package import struct NIOCore.ByteBuffer
package import enum POP3.Command
package import enum POP3.SyntaxError

/// Decides what a POP3 session answers and does; never acts. (Contract: to be filled.)
package struct SessionStateMachine: Hashable, Sendable {
    package init(configuration: SessionConfiguration, arrival: Arrival) {}

    /// Whether `command` may be handed in now. While a reply is under way, none; while marks are being recorded, DELE.
    package func takes(_ command: Result<Command, SyntaxError>) -> Bool { false }
    /// Whether the next line is a SASL response and not a command.
    package var awaitsSASL: Bool { false }
    /// Who the records speak of, as far as is known.
    package var origin: SessionOrigin { fatalError("contract") }

    package mutating func connected() -> [SessionAction] { [] }
    package mutating func tlsEstablished(_ tls: TLSDescription) -> [SessionAction] { [] }
    /// Octets stood behind STLS, or TLS failed, or a limit closed the connection.
    package mutating func refusedConnection(reason: String) -> [SessionAction] { [] }
    package mutating func commandReceived(_ command: Result<Command, SyntaxError>) -> [SessionAction] { [] }
    package mutating func saslLineReceived(_ line: [UInt8]) -> [SessionAction] { [] }
    package mutating func loginAnswered(_ answer: Result<Admission, LoginRefusal>) -> [SessionAction] { [] }
    package mutating func maildropAnswered(_ answer: Result<OpenedMaildrop, UpstreamFailure>) -> [SessionAction] { [] }
    package mutating func recorded(_ answer: Result<Void, StoreFailure>) -> [SessionAction] { [] }
    package mutating func bodyBegan(octets: UInt64) -> [SessionAction] { [] }
    package mutating func bodyReceived(_ pieces: [ByteBuffer]) -> [SessionAction] { [] }
    package mutating func bodyEnded(transcript: [String]) -> [SessionAction] { [] }
    package mutating func bodyFailed(_ failure: UpstreamFailure, transcript: [String]) -> [SessionAction] { [] }
    package mutating func writable() -> [SessionAction] { [] }
    package mutating func drained() -> [SessionAction] { [] }
    package mutating func timerFired(_ timer: SessionTimer) -> [SessionAction] { [] }
    /// The device's connection is gone; `reason` is ours.
    package mutating func disconnected(reason: String) -> [SessionAction] { [] }
    /// The server stops: finish the reply under way, then close.
    package mutating func quiesce() -> [SessionAction] { [] }
}

/// What a listener and the configuration say about a session.
package struct SessionConfiguration: Hashable, Sendable {
    package enum Encryption: Hashable, Sendable {
        /// TLS from the first octet (995).
        case implicit
        /// STLS offered, no login in clear (110).
        case startTLS
        /// Devices that can do no TLS at all, from listed networks; STLS is offered too.
        case plaintextAllowed
    }

    package let encryption: Encryption
    /// DELE hides (`hide`), or is accepted and hides nothing (`keep`).
    package let hidesDeleted: Bool
    /// STAT totals above 2^31-1 are clamped (P-41).
    package let clampsTotals: Bool
    /// NUL becomes 0x80 (T-001).
    package let replacesNUL: Bool
    /// `IMPLEMENTATION` in CAPA after login (RFC 2449 §6.9).
    package let implementation: String

    package init(
        encryption: Encryption,
        hidesDeleted: Bool = true,
        clampsTotals: Bool = true,
        replacesNUL: Bool = true,
        implementation: String = "Leavecopy"
    ) {
        self.encryption = encryption
        self.hidesDeleted = hidesDeleted
        self.clampsTotals = clampsTotals
        self.replacesNUL = replacesNUL
        self.implementation = implementation
    }
}
