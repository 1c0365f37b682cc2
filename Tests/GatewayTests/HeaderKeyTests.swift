import Gateway
import Testing

@Suite("What a message is recognised by")
struct HeaderKeyTests {
    private static func key(_ header: String) -> String {
        String(decoding: HeaderKey.canonical(Array(header.utf8)), as: UTF8.self)
    }

    private static let plain = "Date: now\r\nMessage-ID: <1@x>\r\nSubject: a\r\n b\r\n\r\n"
    private static let same = "date: now\nmessage-id: <1@x>\nsubject: a\n b\n"

    @Test(
        "two ways of one header give the same octets",
        arguments: [
            plain,
            // Without the empty line, and with a body behind it.
            "Date: now\r\nMessage-ID: <1@x>\r\nSubject: a\r\n b\r\n",
            "Date: now\r\nMessage-ID: <1@x>\r\nSubject: a\r\n b\r\n\r\nSubject: in the body\r\n",
            // Line ends of every kind.
            "Date: now\nMessage-ID: <1@x>\nSubject: a\n b\n\n",
            "Date: now\r\r\nMessage-ID: <1@x>\r\nSub\rject: a\r\n b\r\n\r\r\nX: behind CR CR LF\r\n\r\n",
            // What servers add and change.
            "Return-Path: <a@x>\r\nStatus: RO\r\nX-UIDL: 17\r\n folded\r\nDATE: now\r\nX-Keywords:\r\n"
                + "Message-Id: <1@x>\r\nContent-Length: 7\r\nSubject : a\r\n b \r\n\r\n",
            // What is no field.
            "From alice\r\n indented\r\nDate: now\r\nMessage-ID: <1@x>\r\n"
                + "no field\r\nSubject: a\r\n\t \r\n b\r\n\r\n",
        ]
    )
    func same(_ header: String) {
        #expect(Self.key(header) == Self.same)
    }

    @Test(
        "another header gives others",
        arguments: [
            "Date: now\r\nMessage-ID: <2@x>\r\nSubject: a\r\n b\r\n\r\n",
            "Date: now\r\nMessage-ID: <1@x>\r\nSubject: a b\r\n\r\n",
            "Message-ID: <1@x>\r\nDate: now\r\nSubject: a\r\n b\r\n\r\n",
        ]
    )
    func different(_ header: String) {
        #expect(Self.key(header) != Self.same)
    }

    @Test(
        "nothing left is no key",
        arguments: ["", "\r\n", "\r\n\r\nbody", "no field\r\n\r\n", "Status: O\r\n", " x\r\n"]
    )
    func nothing(_ header: String) {
        #expect(HeaderKey.canonical(Array(header.utf8)).isEmpty)
    }

    @Test("NUL is what the servers make of it")
    func nul() {
        #expect(
            HeaderKey.canonical(Array("A: x\0y\n".utf8)) == HeaderKey.canonical([65, 58, 32, 120, 0x80, 121, 13, 10])
        )
    }
}
