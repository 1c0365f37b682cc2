import Gateway
import IMAP
import Linux
import NIOCore
import POP3
import TestSupport
import Testing

/// What the tests of this module are made of.
enum Samples {
    static let frontdesk = Device(id: DeviceID(1), name: "frontdesk")
    static let tag = Identifier(kind: .tag, value: "frontdesk")
    static let secret = Secret(Array("secret".utf8))
    static let one = MessageNumber(1)

    static func arrival() -> Arrival {
        let end = Endpoint(address: .v4(0xC000_0207), port: 40_000)
        return Arrival(session: SessionID("abcdefghij12"), remote: end, local: end, listener: "pop3")
    }

    static func machine() -> SessionStateMachine {
        SessionStateMachine(configuration: SessionConfiguration(encryption: .plaintextAllowed), arrival: self.arrival())
    }

    static let commands: [POP3.Command] = {
        guard let one = Self.one else { return [] }
        return [.stat, .retr(one), .top(one, lines: 0), .dele(one), .rset, .uidl(nil), .quit]
    }()

    static func message(_ row: UInt32, uid: UInt32? = nil, size: UInt32 = 10) throws -> Message {
        let uid = try #require(UID(uid ?? row))
        let validity = try #require(UIDValidity(1))
        return Message(
            number: row,
            uid: uid,
            size: size,
            uniqueID: UniqueIDFormat.dovecot.uniqueID(
                of: ListedMessage(uid: uid, size: size, internalDate: nil),
                validity: validity
            )
        )
    }

    static func snapshot(_ rows: [UInt32], size: UInt32 = 10) throws -> MailboxSnapshot {
        MailboxSnapshot(
            validity: UIDValidity(1),
            messages: try rows.enumerated().map { index, row in
                try self.message(row, uid: UInt32(index + 1), size: size)
            }
        )
    }

    static func maildrop(
        _ rows: [UInt32],
        size: UInt32 = 10,
        hiding hidden: [UInt32] = [],
        own: [UInt32: UniqueID] = [:],
        notice: DeviceNotice? = nil
    ) throws -> Maildrop {
        Maildrop(
            mailbox: MailboxID(1),
            snapshot: try self.snapshot(rows, size: size),
            view: DeviceView(hidden: NumberRanges(numbers: hidden), ownUniqueIDs: own),
            withheld: NumberRanges(),
            notice: notice
        )
    }

    static func notice() throws -> DeviceNotice {
        let uniqueID = try #require(UniqueID("leavecopy-notice-1"))
        return DeviceNotice(uniqueID: uniqueID, text: Array("Subject: n\r\n\r\n.\r\n".utf8))
    }

    /// With a notice nothing else is there: commands for the first message are for it.
    static func opened(hasNotice: Bool = false) -> Result<OpenedMaildrop, UpstreamFailure> {
        let opened = try? hasNotice ? self.maildrop([], notice: self.notice()) : self.maildrop([7, 9])
        guard let maildrop = opened else { return .failure(.preparing) }
        return .success(OpenedMaildrop(maildrop: maildrop, transcript: []))
    }

    /// Anything at all, also what the session does not wait for.
    static func chaoticEvent(
        _ session: inout SessionStateMachine,
        _ generator: inout SeededGenerator
    ) throws -> [SessionAction] {
        switch Int.random(in: 0..<21, using: &generator) {
        case 0: return session.connected()
        case 1: return session.tlsEstablished(TLSDescription(version: "TLSv1.2", cipher: "x", serverName: nil))
        case 2: return session.saslLineReceived(generator.octets(count: 8))
        case 3:
            let admission = Admission(account: "a", speaker: .device(self.frontdesk, by: self.tag), transcript: [])
            return session.loginAnswered(.success(admission))
        case 4: return session.loginAnswered(.failure(.malformed))
        case 5: return session.maildropAnswered(self.opened())
        case 6: return session.maildropAnswered(.failure(.preparing))
        case 7, 8: return session.recorded(.success(()))
        case 9: return session.recorded(.failure(.busy))
        case 10: return session.bodyBegan(octets: UInt64.max)
        case 17: return session.bodyCame(octets: 0, [ByteBuffer(bytes: generator.octets(count: 40))], transcript: [])
        case 11: return session.bodyReceived([ByteBuffer(bytes: generator.octets(count: 40))])
        case 12: return session.bodyEnded(transcript: [])
        case 13: return session.bodyFailed(.messageGone, transcript: [])
        case 14: return session.writable()
        case 15: return session.drained()
        case 16: return session.timerFired(SessionTimer.allCases.randomElement(using: &generator) ?? .idle)
        default:
            let others: [POP3.Command] = [.user(name: generator.octets(count: 3)), .pass(self.secret), .stls, .capa]
            guard let command = (self.commands + others).randomElement(using: &generator) else { return [] }
            let result: Result<POP3.Command, POP3.SyntaxError> = .success(command)
            return session.takes(result) || Bool.random(using: &generator) ? session.commandReceived(result) : []
        }
    }
}
