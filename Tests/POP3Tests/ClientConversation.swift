import Linux
import NIOCore
import POP3
import Testing

/// A service that answers by a table, with the client against it: every octet of the service goes through the cut that is
/// under test.
struct ClientConversation {
    var client: ClientStateMachine
    /// What the client said, secrets and all.
    private(set) var said: [String] = []
    private(set) var told: [ClientAction] = []

    init(startsTLS: Bool = false, name: String = "u1", password: String = "pw") {
        self.client = ClientStateMachine(
            startsTLS: startsTLS,
            name: Array(name.utf8),
            password: Secret(Array(password.utf8))
        )
        self.perform(self.client.connected())
    }

    mutating func hears(_ text: String, cut: Int = .max) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(cut)
            rest = rest.dropFirst(cut)
            self.perform(self.client.received(ByteBuffer(bytes: piece)))
        }
    }

    mutating func perform(_ actions: [ClientAction]) {
        for action in actions {
            if case .send(let octets) = action {
                self.said.append(String(buffer: octets).replacing("\r\n", with: ""))
            } else {
                self.told.append(action)
            }
        }
    }

    /// Plays a whole conversation: what the service says after each thing that the client said.
    mutating func play(_ answers: [(String, String)], cut: Int = .max) {
        self.hears("+OK ready\r\n", cut: cut)
        for (expected, answer) in answers {
            #expect(self.said.last == expected)
            self.hears(answer.replacing("\n", with: "\r\n"), cut: cut)
        }
    }

    static let listing: [(String, String)] = [
        ("CAPA", "+OK\nUSER\nUIDL\nTOP\n.\n"),
        ("USER u1", "+OK\n"),
        ("PASS pw", "+OK logged in\n"),
        ("CAPA", "+OK\nTOP\nUIDL\nPIPELINING\nEXPIRE NEVER\nLOGIN-DELAY 30 USER\n.\n"),
        ("STAT", "+OK 3 610\n"),
        ("LIST", "+OK\n1 100\n2 200 octets\n3 310\n.\n"),
        ("UIDL", "+OK\n1 aaa\n2 b~b\n3 ccc \n.\n"),
    ]

    /// Logged in and listed.
    static func listed() -> ClientConversation {
        var conversation = ClientConversation()
        conversation.play(Self.listing)
        return conversation
    }
}
