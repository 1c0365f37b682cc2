import IMAP
import Testing

import struct NIOCore.ByteBuffer

@Suite("What a refusal means")
struct RefusalTests {
    @Test(
        "at login",
        arguments: [
            ("NO [AUTHENTICATIONFAILED] x", ServerRefusal.credentials), ("NO [AUTHORIZATIONFAILED] x", .credentials),
            ("NO [EXPIRED] x", .credentials), ("NO LOGIN failed.", .credentials),
            ("NO Invalid credentials", .credentials),
            ("NO", .credentials), ("NO [ALERT] Application-specific password required", .credentials),
            ("NO [WEBALERT https://example.com/x] Web login required.", .credentials),
            ("NO [UNAVAILABLE] x", .unavailable), ("NO [INUSE] x", .unavailable), ("NO [SERVERBUG] x", .unavailable),
            ("NO [CORRUPTION] x", .unavailable), ("NO Temporary authentication failure", .unavailable),
            ("NO [LIMIT] x", .tooManyConnections),
            ("NO Too many simultaneous connections. (Failure)", .tooManyConnections),
            ("NO Maximum number of connections from user+IP exceeded", .tooManyConnections),
            ("NO [THROTTLED] x", .throttled(seconds: nil)), ("BAD Request is throttled.", .throttled(seconds: nil)),
            ("BAD Request is throttled. Suggested Backoff Time: 1001 milliseconds", .throttled(seconds: 2)),
            ("NO [PRIVACYREQUIRED] x", .plainLoginForbidden), ("NO [CONTACTADMIN] x", .noPermission),
            ("NO [NOPERM] x", .noPermission), ("NO [CANNOT] x", .noPermission), ("NO [OVERQUOTA] x", .noPermission),
            ("BAD User is authenticated but not connected.", .unavailable), ("BAD what", .unavailable),
        ]
    )
    func atLogin(answer: String, refusal: ServerRefusal) {
        #expect(Self.refusals(["t1 " + answer]) == [refusal])
    }

    @Test(
        "at EXAMINE",
        arguments: [
            ("NO [NONEXISTENT] x", ServerRefusal.noSuchMailbox), ("NO Mailbox does not exist", .noSuchMailbox),
            ("NO [NOPERM] x", .noPermission), ("NO [OVERQUOTA] x", .noPermission), ("NO x", .unavailable),
            ("BAD User is authenticated but not connected.", .unavailable),
            ("NO [AUTHENTICATIONFAILED] x", .unavailable),
            ("NO [INUSE] x", .unavailable), ("NO [LIMIT] x", .tooManyConnections),
        ]
    )
    func atExamine(answer: String, refusal: ServerRefusal) {
        #expect(Self.refusals(["t1 OK [CAPABILITY IMAP4rev1] in", "t2 " + answer]) == [refusal])
    }

    @Test(
        "at FETCH the connection goes on",
        arguments: [
            ("NO [EXPUNGEISSUED] x", ServerRefusal.messageGone), ("NO x", .messageUnavailable), ("OK x", .messageGone),
            ("NO [LIMIT] x", .messageUnavailable), ("BAD x", .messageUnavailable),
            ("NO [LIMIT] UID FETCH Rate limit hit", .throttled(seconds: nil)),
            ("NO [SERVERBUG] x", .messageUnavailable),
        ]
    )
    func atFetch(answer: String, refusal: ServerRefusal) throws {
        let script = Sample.opening + "! fetch 7\nS: t3 \(answer)\n! noop"
        let log = try Conversation.play(script, with: Conversation.machine(), octetByOctet: false)
        #expect(log.suffix(3) == ["= refused \(refusal)", "! noop", "C: t4 NOOP"])
    }

    private static func refusals(_ answers: [String]) -> [ServerRefusal] {
        var machine = Conversation.machine()
        var actions = machine.connected()
        for line in ["* OK [CAPABILITY IMAP4rev1] hi"] + answers {
            actions += machine.received(ByteBuffer(string: line + "\r\n"))
        }
        #expect(actions.last == .close)
        return actions.compactMap { action in
            if case .refused(let refusal) = action { refusal } else { nil }
        }
    }
}
