import NIOCore
import POP3
import TestSupport
import Testing

@Suite("The client towards a provider's own POP3 service")
struct ClientStateMachineTests {
    private static func numbers(_ values: ClosedRange<Int>) -> [MessageNumber] {
        values.compactMap { MessageNumber($0) }
    }

    @Test("logs in, lists, and finds the unique-ids, in every cut", arguments: Array(1...40) + [Int.max])
    func lists(cut: Int) throws {
        var conversation = ClientConversation()
        conversation.play(ClientConversation.listing, cut: cut)
        guard case .listed(let listing)? = conversation.told.first, conversation.told.count == 1 else {
            Issue.record("\(conversation.told)")
            return
        }
        #expect(listing.messages.map(\.text) == ["aaa", "b~b", "ccc"])
        #expect(listing.messages.map(\.size) == [100, 200, 310])
        #expect(listing.capabilities.loginDelay == 30)
        #expect(listing.capabilities.canPipeline)
        #expect(listing.unnamed == 0)
    }

    @Test("takes headers, dots and all, in every cut; what is refused is none", arguments: Array(1...40) + [Int.max])
    func headers(cut: Int) {
        var conversation = ClientConversation.listed()
        conversation.perform(conversation.client.headers(of: Self.numbers(1...3)))
        #expect(conversation.said.suffix(3) == ["TOP 1 0", "TOP 2 0", "TOP 3 0"])
        conversation.hears("+OK\r\nA: 1\r\n..B: 2\r\n\r\n.\r\n-ERR gone\r\n+OK\r\n.\r\n", cut: cut)
        #expect(
            conversation.told.dropFirst() == [
                .header(Self.numbers(1...1)[0], Array("A: 1\r\n.B: 2\r\n\r\n".utf8)),
                .header(Self.numbers(2...2)[0], nil), .header(Self.numbers(3...3)[0], []), .headersEnded,
            ]
        )
        conversation.perform(conversation.client.quit())
        #expect(conversation.said.last == "QUIT")
        conversation.hears("+OK\r\n")
        #expect(conversation.told.last == .close)
    }

    @Test("without PIPELINING one header is asked for at a time; with it a window")
    func windows() {
        var conversation = ClientConversation()
        conversation.play(
            ClientConversation.listing.map { ($0, $1.replacing("PIPELINING\n", with: "")) }
        )
        conversation.perform(conversation.client.headers(of: Self.numbers(1...2)))
        #expect(conversation.said.last == "TOP 1 0")
        conversation.hears("+OK\r\n.\r\n")
        #expect(conversation.said.last == "TOP 2 0")
        var fast = ClientConversation.listed()
        let before = fast.said.count
        fast.perform(fast.client.headers(of: Self.numbers(1...100)))
        #expect(fast.said.count == before + 32)
    }

    @Test("a header that is too long is left out, and the next is read")
    func tooLong() {
        var conversation = ClientConversation.listed()
        conversation.perform(conversation.client.headers(of: Self.numbers(1...3)))
        let line = "X: " + String(repeating: "x", count: 3_000) + "\r\n"
        conversation.hears("+OK\r\n" + String(repeating: line, count: 100) + ".\r\n")
        conversation.hears("+OK\r\n" + String(repeating: "y", count: 300_000) + "\r\n.\r\n", cut: 1_000)
        conversation.hears("+OK\r\n\(line).\r\n")
        let found = conversation.told.compactMap { action -> Int? in
            guard case .header(_, let octets) = action else { return nil }
            return octets?.count ?? -1
        }
        #expect(found == [-1, -1, 3_005])
    }

    @Test("a header without end is one answer too long, with line ends and without", arguments: ["", "\r\n"])
    func endless(end: String) {
        var conversation = ClientConversation.listed()
        conversation.perform(conversation.client.headers(of: Self.numbers(1...3)))
        let chunk = String(repeating: String(repeating: "y", count: 2_000) + end, count: 32)
        // Headers that are long and end are none.
        for _ in 1...2 { conversation.hears("+OK\r\n" + String(repeating: chunk, count: 80) + "\r\n.\r\n") }
        #expect(!conversation.told.contains(.close))
        conversation.hears("+OK\r\n")
        var heard = 0
        while !conversation.told.contains(.close), heard <= 2 * ClientStateMachine.headerBudget {
            conversation.hears(chunk)
            heard += chunk.utf8.count
        }
        #expect(heard <= ClientStateMachine.headerBudget + chunk.utf8.count)
        #expect(conversation.told.suffix(2) == [.failed(.misbehaved("an answer without end")), .close])
    }

    @Test(
        "what the service refuses or leaves out ends it with a reason",
        arguments: [
            (3, "-ERR no such user\n", ServiceFailure.credentials),
            (3, "-ERR [SYS/TEMP] later\n", .busy),
            (3, "-ERR [IN-USE] locked\n", .busy),
            (3, "-ERR [LOGIN-DELAY] wait\n", .busy),
            (4, "+OK\nEXPIRE 0\n.\n", .deletesWhatIsRead),
            (1, "+OK\nEXPIRE 0\n.\n", .deletesWhatIsRead),
            (5, "-ERR\n", .misbehaved("STAT did not say a number")),
            (5, "+OK 2000000 1\n", .misbehaved("too many messages")),
            (6, "+OK\n1 100\n.\n", .misbehaved("LIST has another number of messages than STAT")),
            (6, "+OK\n1 100\n1 100\n1 100\n1 100\n", .misbehaved("LIST has another number of messages than STAT")),
            (6, "+OK\n1000001 100\n", .misbehaved("a line of LIST that is none")),
            (6, "+OK\n99999999999 100\n", .misbehaved("a line of LIST that is none")),
            (6, "+OK\nnonsense\n", .misbehaved("a line of LIST that is none")),
            (7, "-ERR what\n", .noUniqueIDs),
            (7, "+OK\n9 text\n", .misbehaved("a line of UIDL that is none")),
            (7, "+OK\n\(String(repeating: "1", count: 3_000))\n", .misbehaved("a line too long")),
        ] as [(Int, String, ServiceFailure)]
    )
    func refused(step: Int, answer: String, failure: ServiceFailure) {
        var conversation = ClientConversation()
        var script = Array(ClientConversation.listing.prefix(step))
        script[step - 1].1 = answer
        conversation.play(script)
        #expect(conversation.told == [.failed(failure), .close])
        let before = conversation.said.count
        conversation.hears("+OK\r\n.\r\n")
        #expect(conversation.said.count == before, "a closed machine says nothing")
    }

    @Test("EXPIRE 0 of other users, said before the login, is not ours")
    func expiryOfOthers() {
        var conversation = ClientConversation()
        var script = ClientConversation.listing
        script[0].1 = "+OK\nUSER\nEXPIRE 0 USER\n.\n"
        conversation.play(script)
        guard case .listed? = conversation.told.first else {
            Issue.record("\(conversation.told)")
            return
        }
    }

    @Test("texts that are no unique-ids, and those that are double, are left out and counted")
    func unusable() {
        var conversation = ClientConversation()
        var script = ClientConversation.listing
        script[6].1 = "+OK\n1 \(String(repeating: "x", count: 256))\n2 twice\n3 twice\n.\n"
        conversation.play(script)
        guard case .listed(let listing)? = conversation.told.first else {
            Issue.record("\(conversation.told)")
            return
        }
        #expect(listing.messages.map(\.text) == ["twice"])
        #expect(listing.unnamed == 2)
    }

    @Test("STLS comes before a name; octets behind its answer end it (RFC 2595 §4)")
    func startTLS() {
        var conversation = ClientConversation(startsTLS: true)
        conversation.play([("CAPA", "+OK\nSTLS\nUSER\n.\n"), ("STLS", "+OK begin\n")])
        #expect(conversation.told == [.startTLS])
        conversation.perform(conversation.client.tlsEstablished())
        conversation.hears("+OK\r\nUSER\r\n.\r\n")
        #expect(conversation.said.last == "USER u1")

        for behind in ["+OK\r\n", "x"] {
            for cut in [1, Int.max] {
                var injected = ClientConversation(startsTLS: true)
                injected.play([("CAPA", "+OK\nSTLS\n.\n")])
                injected.hears("+OK begin\r\n\(behind)", cut: cut)
                #expect(injected.told.last == .close)
                injected.perform(injected.client.tlsEstablished())
                #expect(injected.said.last == "STLS", "no name is sent")
            }
        }
        for answers in [[("CAPA", "+OK\nUSER\n.\n")], [("CAPA", "-ERR\n"), ("STLS", "-ERR\n")]] {
            var stripped = ClientConversation(startsTLS: true)
            stripped.play(answers)
            #expect(stripped.told == [.failed(.noTLS), .close])
        }
    }

    @Test("AUTH PLAIN where USER is not offered")
    func plain() {
        var conversation = ClientConversation()
        conversation.play([("CAPA", "+OK\nSASL LOGIN PLAIN\n.\n"), ("AUTH PLAIN", "+ \n"), ("AHUxAHB3", "+OK\n")])
        #expect(conversation.said.last == "CAPA")
    }

    @Test(
        "a name or password that would be another command is not sent (S-07)",
        arguments: [
            ("u1\r\nDELE 1", "pw"), ("u1", "pw\r\nDELE 1"), ("u1", "p\0w"), ("", "pw"), ("u1", ""),
        ]
    )
    func unsendable(name: String, password: String) {
        let conversation = ClientConversation(name: name, password: password)
        #expect(conversation.told == [.failed(.unsendable), .close])
        #expect(conversation.said.isEmpty)
    }

    @Test("no octets crash it, and it says nothing outside its vocabulary", arguments: 0..<200 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var conversation = ClientConversation()
        let words = [
            "+OK", "-ERR", "+ ", ".", "\r\n", "\r\n", "1 100", "1 aaa", " ", "3", "\n", "x", "EXPIRE",
            "9999999999999999999999",
        ]
        for _ in 0..<300 {
            conversation.hears(words.randomElement(using: &generator) ?? "")
            if conversation.client.isIdle { conversation.perform(conversation.client.headers(of: Self.numbers(1...2))) }
        }
        let allowed = ["CAPA", "USER", "PASS", "AUTH", "STAT", "LIST", "UIDL", "TOP ", "AHUx"]
        for line in conversation.said { #expect(allowed.contains(String(line.prefix(4))), "\(line)") }
    }
}
