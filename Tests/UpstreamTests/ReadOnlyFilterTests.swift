import TestSupport
import Testing
import Upstream

@Suite("ReadOnlyFilter")
struct ReadOnlyFilterTests {
    static let allowed = [
        "a1 CAPABILITY", "a1 NOOP", "a1 LOGOUT", "a1 STARTTLS", "a1 LOGIN \"u\" \"p\\\"w\"",
        "a1 ID (\"name\" \"Leavecopy\" \"version\" \"1\")", "a1 EXAMINE INBOX", "a1 EXAMINE \"a b\"",
        "a1 GETQUOTAROOT INBOX", "a1 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)",
        "a1 UID FETCH 9 (UID BODY.PEEK[])", "a1 UID FETCH 7:9,11 (UID BODY.PEEK[])",
        "a1 UID FETCH 7:9,11 (UID BODY.PEEK[]<0.65536>)", "a1 UID FETCH 9 (UID BODY.PEEK[]<0.65536>)",
        "a1 UID FETCH 9 (FLAGS)",
        "a1 UID FETCH 7:9,11 (UID BODY.PEEK[HEADER])", "a1 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE EMAILID)",
        "a1 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE X-GM-MSGID)",
        "a1 UID FETCH 7:9,11 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])",
        "a1 UID SEARCH ALL", "a1 UID SEARCH RETURN (ALL) ALL", "a1 UID SEARCH UID 9",
    ]

    static let forbidden = [
        "SELECT INBOX", "STORE 1 +FLAGS (\\Deleted)", "UID STORE 1 +FLAGS (\\Seen)", "EXPUNGE", "UID EXPUNGE 1",
        "CLOSE", "COPY 1 X", "UID COPY 1 X", "MOVE 1 X", "UID MOVE 1 X", "APPEND INBOX {1}", "REPLACE 1 INBOX {1}",
        "CREATE X", "DELETE INBOX", "RENAME A B", "SUBSCRIBE A", "UNSUBSCRIBE A", "SETACL A b c", "DELETEACL A b",
        "SETQUOTA \"\" (STORAGE 1)", "SETMETADATA A (/x \"y\")", "SETANNOTATION A b c", "CATENATE", "GENURLAUTH a",
        "RESETKEY", "CHECK", "XATOM", "PROXYAUTH u", "COMPRESS DEFLATE", "NOTIFY NONE", "CANCELUPDATE \"x\"",
        "UID SEARCH RETURN (SAVE) ALL", "UID SEARCH RETURN (ALL SAVE) ALL", "FETCH 1 BODY[]", "UID FETCH 1 BODY[]",
        "UID FETCH 1 (BODY[])", "UID FETCH 1 (RFC822)", "UID FETCH 1 (RFC822.TEXT)", "UID FETCH 1 (BINARY[])",
        "UID FETCH 1 (UID BODY.PEEK[] BODY[])", "UID FETCH 1 (UID BODY[HEADER])",
        "UID FETCH 1 (BODY.PEEK[HEADER])", "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (TO)])", "UID FETCH 1 ALL",
        "UID FETCH 1 (UID BODY[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)] FLAGS)",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)] BODY[])",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)]) STORE",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE TO)])",
        "UID FETCH 1 (UID BODY.PEEK[HEADER.FIELDS.NOT (MESSAGE-ID FROM SUBJECT DATE)])",
        "UID FETCH 1 (UID body.peek[header.fields (message-id from subject date)])",
        "FETCH 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])",
        "UID STORE 1 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])",
        "UID FETCH 1 FULL", "UID FETCH 1 (FAST)",
        "UID FETCH 1 (UID) STORE", "IDLE", "ENABLE QRESYNC", "store 1 +FLAGS (\\Deleted)", "noop", " NOOP", "NOOP ",
        "UID  FETCH 1 (UID)", "uid store 1 +FLAGS (\\Deleted)", "LOGIN u p", "LOGIN \"u\" \"p\" \"x\"",
        "AUTHENTICATE LOGIN", "AUTHENTICATE PLAIN a b", "EXAMINE INBOX (QRESYNC (1 1))", "",
    ]

    @Test("lets each form of the vocabulary pass, in every cut, and only as a whole line", arguments: allowed)
    func passes(_ line: String) {
        let octets = Array("\(line)\r\n".utf8)
        for pieces in Cuts.usual(octets) {
            var filter = ReadOnlyFilter()
            var left: [UInt8] = []
            for piece in pieces {
                guard case .pass(let passed) = filter.check(piece) else {
                    Issue.record("refused \(line)")
                    return
                }
                #expect(passed.isEmpty || passed == octets)
                left += passed
            }
            #expect(left == octets)
        }
    }

    @Test("lets nothing of a forbidden command leave, in any cut (M-22)", arguments: forbidden)
    func refuses(_ line: String) {
        for pieces in Cuts.usual(Array("a \(line)\r\n".utf8)) {
            var filter = ReadOnlyFilter()
            var refused = false
            for piece in pieces {
                switch filter.check(piece) {
                case .pass(let passed): #expect(passed.isEmpty)
                case .refuse: refused = true
                }
            }
            #expect(refused, "\(line)")
            #expect(filter.check(Array("a NOOP\r\n".utf8)) == .refuse("closed"))
            #expect(filter.takeTranscript().isEmpty)
        }
    }

    @Test("refuses a write whole when its second command is forbidden")
    func twoInOneWrite() {
        var filter = ReadOnlyFilter()
        #expect(filter.check(Array("a NOOP\r\nb EXPUNGE\r\n".utf8)) == .refuse("a command outside the vocabulary"))
    }

    @Test("refuses a literal that holds a line, and octets before the server asked for it")
    func literals() {
        var hidden = ReadOnlyFilter()
        guard case .refuse = hidden.check(Array("a LOGIN {18+}\r\n\r\na DELETE INBOX\r\n \"p\"\r\n".utf8)) else {
            Issue.record("a literal with a line break passed")
            return
        }
        var early = ReadOnlyFilter()
        #expect(early.check(Array("a LOGIN {1}\r\n".utf8)) == .pass(Array("a LOGIN {1}\r\n".utf8)))
        #expect(early.check([65]) == .refuse("octets before the server asked for the literal"))
    }

    @Test("knows literals of LOGIN and SASL responses, and keeps secrets out of the transcript")
    func secrets() {
        var filter = ReadOnlyFilter()
        _ = filter.check(Array("a1 LOGIN {1}\r\n".utf8))
        filter.heard(Array("* OK hm\r\n+ go\r\n".utf8))
        #expect(filter.check(Array("u {2+}\r\np\u{7F} \r\n".utf8)) == .refuse("a LOGIN that is not two strings"))
        var second = ReadOnlyFilter()
        _ = second.check(Array("a1 LOGIN {1}\r\n".utf8))
        second.heard(Array("+ go\r\n".utf8))
        #expect(second.check(Array("u {2+}\r\npw\r\n".utf8)) == .pass(Array("u {2+}\r\npw\r\n".utf8)))
        #expect(second.check(Array("a2 AUTHENTICATE PLAIN\r\n".utf8)) == .pass(Array("a2 AUTHENTICATE PLAIN\r\n".utf8)))
        second.heard(Array("+ \r\n".utf8))
        #expect(second.check(Array("AHUAcHc=\r\n".utf8)) == .pass(Array("AHUAcHc=\r\n".utf8)))
        second.heard(Array("a2 OK\r\n".utf8))
        #expect(second.check(Array("a3 NOOP\r\n".utf8)) == .pass(Array("a3 NOOP\r\n".utf8)))
        #expect(second.takeTranscript() == ["a1 LOGIN •••", "a2 AUTHENTICATE PLAIN •••", "•••", "a3 NOOP"])
    }

    @Test(
        "lets no command pass as a SASL response",
        arguments: ["b STORE 1 +FLAGS x", "b EXPUNGE", "**", "a=b=c=d", "="]
    )
    func responses(_ line: String) {
        var filter = ReadOnlyFilter()
        _ = filter.check(Array("a AUTHENTICATE PLAIN\r\n".utf8))
        filter.heard(Array("+ \r\n".utf8))
        let verdict = filter.check(Array("\(line)\r\n".utf8))
        #expect(verdict == .refuse("a SASL response that has no place here"))
    }

    @Test("lets no random line pass that is not of the vocabulary", arguments: 0..<20 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var filter = ReadOnlyFilter()
            let octets = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) } + [13, 10]
            if case .pass(let passed) = filter.check(octets) { #expect(passed.isEmpty) }
        }
    }
}
