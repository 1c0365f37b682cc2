import IMAP
import Testing

/// One conversation, and what the machine is for it.
struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let machine: ClientStateMachine
    let script: String

    init(_ description: String, _ machine: ClientStateMachine, _ script: String) {
        self.testDescription = description
        self.machine = machine
        self.script = script
    }

    init(_ description: String, _ script: String) {
        self.init(description, Conversation.machine(), script)
    }

    /// Opened, in four exchanges, so that a script may begin behind them.
    static let opening = """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR ESEARCH AUTH=PLAIN] ready
        C: t1 AUTHENTICATE PLAIN AGpvAHB3
        S: t1 OK [CAPABILITY IMAP4rev1 ESEARCH] in
        C: t2 EXAMINE "INBOX"
        S: * 3 EXISTS
        S: * OK [UIDVALIDITY 7] valid
        S: * OK [UIDNEXT 10] next
        S: t2 OK [READ-ONLY] examined
        = opened 7, 3 exist, next 10

        """

    func check(octetByOctet: Bool) throws {
        let log = try Conversation.play(self.script, with: self.machine, octetByOctet: octetByOctet)
        let played = log.flatMap { $0.split(separator: "\n").map(String.init) }
        #expect(played == Conversation.lines(self.script))
    }
}

@Suite("Conversations with mail servers")
struct TranscriptTests {
    @Test("go as written, in lines and octet by octet", arguments: openingSamples + loginSamples, [false, true])
    func openings(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }
}

private let openingSamples: [Sample] = [
    Sample(
        "Dovecot: everything announced in the greeting",
        Sample.opening + "! logout\nC: t3 LOGOUT\nS: * BYE out\n= close"
    ),
    Sample(
        "Cyrus: STARTTLS, the list asked again after it, quota",
        Conversation.machine(protection: .startTLS, asksQuota: true),
        """
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Cyrus
        C: t1 STARTTLS
        S: t1 OK begin
        = start TLS
        ! tls
        C: t2 CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR
        S: t2 OK done
        C: t3 AUTHENTICATE PLAIN AGpvAHB3
        S: t3 OK [CAPABILITY IMAP4rev1 QUOTA ID] in
        C: t4 ID ("name" "Leavecopy" "version" "1")
        S: * ID NIL
        S: t4 OK
        C: t5 EXAMINE "INBOX"
        S: * 0 EXISTS
        S: t5 OK [READ-ONLY]
        = refused uidsNotPersistent
        C: t6 LOGOUT
        = close
        """
    ),
    Sample(
        "Courier: no UIDNEXT, capabilities only when asked, and again after LOGIN",
        """
        S: * OK Courier-IMAP ready
        C: t1 CAPABILITY
        S: * capability imap4rev1 quota
        S: t1 OK
        C: t2 LOGIN "jo" "pw"
        S: t2 OK LOGIN Ok.
        C: t3 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: t3 OK done
        C: t4 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t4 OK Ok
        = notice EXAMINE was not answered [READ-ONLY]
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "quota is told before the mailbox is open",
        Conversation.machine(asksQuota: true),
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: t1 OK [CAPABILITY IMAP4rev1 QUOTA=RES-STORAGE] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        C: t3 GETQUOTAROOT "INBOX"
        S: * QUOTAROOT INBOX ""
        S: * QUOTA "" (MESSAGE 3 10 STORAGE 80 100)
        = quota 80 of 100
        S: t3 OK
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "NetEase: ID, then EXAMINE once more; after that no permission",
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: t2 NO EXAMINE Unsafe Login. Please contact kefu@188.com for help
        C: t3 ID ("name" "Leavecopy" "version" "1")
        S: t3 BAD no
        C: t4 EXAMINE "INBOX"
        S: t4 NO EXAMINE Unsafe Login
        = refused noPermission
        C: t5 LOGOUT
        = close
        """
    ),
    Sample(
        "[READ-WRITE] is refused (RFC 3501 §6.3.2)",
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [read-write] done
        = refused readWrite
        C: t3 LOGOUT
        = close
        """
    ),
    Sample(
        "no EXISTS is not an empty mailbox",
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY] done
        = refused misbehaved("EXAMINE told no EXISTS")
        = close
        """
    ),
]

private let loginSamples: [Sample] = [
    Sample(
        "literals wait for a plus; superfluous ones are ignored",
        Conversation.machine(authentication: .login, password: Array("pä".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" {3}
        S: + OK
        C: p‹C3›‹A4›
        S: +
        S: t1 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "NO instead of a plus: the password stays here",
        Conversation.machine(authentication: .login, password: Array("pä".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" {3}
        S: t1 NO [PRIVACYREQUIRED] no
        = refused plainLoginForbidden
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "LITERAL+, seen with a space: nothing waits",
        Conversation.machine(authentication: .login, password: Array("pä".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 LITERAL + ID] hello
        C: t1 LOGIN "jo" {3+}
        C: p‹C3›‹A4›
        """
    ),
    Sample(
        "PLAIN without SASL-IR waits for a plus",
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hello
        C: t1 AUTHENTICATE PLAIN
        S: +
        C: AGpvAHB3
        """
    ),
    Sample(
        "a password that is no UTF-8 goes by LOGIN (RFC 4616 §2)",
        Conversation.machine(password: [0xE4]),
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL-] hello
        C: t1 LOGIN "jo" {1+}
        C: ‹E4›
        """
    ),
    Sample(
        "LOGINDISABLED forbids LOGIN (RFC 3501 §6.2.3)",
        Conversation.machine(authentication: .login),
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LOGINDISABLED] hello
        = refused plainLoginForbidden
        C: t1 LOGOUT
        = close
        """
    ),
    Sample(
        "a BYE before the answer does not hide that the password was wrong",
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: * BYE too many failures
        S: t1 NO [AUTHENTICATIONFAILED] wrong
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "a BYE and no answer: disconnected",
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: * BYE shutting down
        ! cut
        = refused disconnected
        = close
        """
    ),
]
