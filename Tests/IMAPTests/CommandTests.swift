import IMAP
import TestSupport
import Testing

import class Linux.Secret
import struct NIOCore.ByteBuffer

@Suite("What can be said")
struct CommandTests {
    @Test("the whole vocabulary: no verb that changes a mailbox")
    func vocabulary() {
        #expect(
            Verb.allCases.map(\.rawValue) == [
                "CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ID", "EXAMINE", "GETQUOTAROOT",
                "UID FETCH", "UID SEARCH",
            ]
        )
    }

    @Test(
        "mailbox names travel in modified UTF-7, and none ends the line",
        arguments: [
            ("INBOX", "\"INBOX\""),
            ("台北", "\"&U,BTFw-\""),
            ("A&B", "\"A&-B\""),
            ("~peter/mail/台北/日本語", "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\""),
            ("a\" \\", "\"a\\\" \\\\\""),
            ("a\r\nb", "\"a&AA0ACg-b\""),
            ("😀", "\"&2D3eAA-\""),
        ]
    )
    func mailboxNames(name: String, encoded: String) {
        #expect(String(decoding: MailboxName(name).encoded, as: UTF8.self) == encoded)
    }

    @Test("a quoted string holds printable ASCII alone", arguments: 0...255 as ClosedRange<UInt8>)
    func quotedStrings(octet: UInt8) {
        #expect((QuotedString([octet]) != nil) == (0x20...0x7E).contains(octet))
    }

    static let awkward: [[UInt8]] = [
        Array("a\" \"b".utf8), Array("\\".utf8), Array("\"".utf8), Array("{5}".utf8), Array("{5+}".utf8),
        [0x82, 0xA0, 0xFF], Array("a b\\\"".utf8), Array("ü{3}".utf8), Array(repeating: 0xE9, count: 5000),
    ]

    @Test(
        "a name and password leave as one command, and arrive as they were (S-07)",
        arguments: Self.awkward,
        [CommandEncoder.LiteralSupport.synchronizing, .small, .any]
    )
    func injection(octets: [UInt8], literals: CommandEncoder.LiteralSupport) throws {
        let encoder = CommandEncoder(literals: literals, initialResponse: true)
        let credentials = Credentials(name: octets, password: Secret(octets.reversed()))
        let parts = encoder.encode(.login(credentials), tag: "t1").map { part in
            part.revealed { octets in octets.indices.map { octets[$0] } }
        }
        let decoded = try #require(LoginDecoder.decode(parts))
        #expect(decoded == [octets, octets.reversed()])
    }

    @Test(
        "what has no form in a command is refused before anything is sent",
        arguments: [
            (Array("x\r\nA9 DELETE INBOX".utf8), Array("pw".utf8)), (Array("x\n".utf8), Array("pw".utf8)),
            ([0], Array("pw".utf8)), (Array("jo".utf8), [0x70, 0]), (Array("jo".utf8), Array("{5+}\r\n".utf8)),
            ([], Array("pw".utf8)), (Array("jo".utf8), []), ([0x1B], Array("pw".utf8)),
        ] as [([UInt8], [UInt8])]
    )
    func refusedHere(name: [UInt8], password: [UInt8]) {
        var machine = Conversation.machine(name: name, password: password)
        #expect(machine.connected() == [.refused(.credentials), .close])
        #expect(machine.received(ByteBuffer(string: "* OK hello\r\n")) == [])
    }

    @Test("no password shows in the machine, at any moment", arguments: ["s3cr3t", "s3cr3t-ä"])
    func secrets(password: String) {
        var machine = Conversation.machine(password: Array(password.utf8))
        _ = machine.connected()
        var text = "\(machine) \(String(reflecting: machine))"
        dump(machine, to: &text)
        for octets in ["* OK [CAPABILITY IMAP4rev1] hi\r\n", "+ go\r\n", "t1 NO [ALERT] \(password) is wrong\r\n"] {
            for action in machine.received(ByteBuffer(string: octets)) {
                if case .send = action { continue }
                text += "\(action)"
            }
            dump(machine, to: &text)
        }
        #expect(!text.contains("s3cr3t"))
    }
}

/// An independent reading of LOGIN, as a server does it (RFC 3501 §6.2.3, RFC 7888 §4).
private enum LoginDecoder {
    /// Name and password; nil unless the parts are exactly one command, cut only behind announcements that wait.
    static func decode(_ parts: [[UInt8]]) -> [[UInt8]]? {
        var rest = parts.flatMap { $0 }[...]
        var cuts: [Int] = []
        for part in parts.dropLast() { cuts.append((cuts.last ?? 0) + part.count) }
        guard rest.starts(with: "t1 LOGIN ".utf8) else { return nil }
        rest = rest.dropFirst(9)
        var strings: [[UInt8]] = []
        while strings.count < 2 {
            guard let string = self.string(&rest, &cuts) else { return nil }
            strings.append(string)
            if strings.count == 1, rest.popFirst() != 0x20 { return nil }
        }
        return Array(rest) == [0x0D, 0x0A] && cuts.isEmpty ? strings : nil
    }

    private static func string(_ rest: inout ArraySlice<UInt8>, _ cuts: inout [Int]) -> [UInt8]? {
        var string: [UInt8] = []
        if rest.first == UInt8(ascii: "{") {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            let announced = rest[..<end]
            let waits = !announced.contains(UInt8(ascii: "+"))
            guard let count = Int(String(decoding: announced.filter { (0x30...0x39).contains($0) }, as: UTF8.self))
            else { return nil }
            rest = rest[(end + 1)...]
            if waits {
                guard cuts.first == rest.startIndex else { return nil }
                cuts.removeFirst()
            }
            string = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            return string
        }
        guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        while let octet = rest.popFirst(), octet != UInt8(ascii: "\"") {
            let escaped = octet == UInt8(ascii: "\\") ? rest.popFirst() : octet
            if let escaped { string.append(escaped) }
        }
        return string
    }
}
