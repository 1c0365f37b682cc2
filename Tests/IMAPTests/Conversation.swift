import IMAP
import TestSupport

import class Linux.Secret
import struct NIOCore.ByteBuffer

/// A conversation as a text, one step a line: `S:` the mail server says, `C:` the machine sends, `=` what else it wants
/// done or tells, `!` what its owner asks of it. `S:` and `!` lines are played; the others are what must come of it.
struct Conversation {
    var machine: ClientStateMachine
    private(set) var log: [String] = []
    private var mailbox: ExaminedMailbox?
    private var sent: [UInt8] = []
    private var body: [UInt8]?

    init(_ machine: ClientStateMachine) { self.machine = machine }

    static func machine(
        protection: Protection = .implicitTLS,
        authentication: AuthenticationChoice = .automatic,
        mailbox: String = "INBOX",
        asksQuota: Bool = false,
        name: [UInt8] = Array("jo".utf8),
        password: [UInt8] = Array("pw".utf8)
    ) -> ClientStateMachine {
        ClientStateMachine(
            configuration: ClientConfiguration(
                protection: protection,
                authentication: authentication,
                mailbox: mailbox,
                product: (name: "Leavecopy", version: "1"),
                tagPrefix: "t",
                asksQuota: asksQuota
            ),
            credentials: Credentials(name: name, password: Secret(password))
        )
    }

    /// Plays the script, the server's octets one by one or line by line, and returns all of it as it went.
    static func play(_ script: String, with machine: ClientStateMachine, octetByOctet: Bool) throws -> [String] {
        var conversation = Conversation(machine)
        conversation.perform(conversation.machine.connected())
        for line in Self.lines(script) {
            switch line.prefix(2) {
            case "S:": conversation.serverSays(line, octetByOctet: octetByOctet)
            case "! ": try conversation.asked(line)
            default: break
            }
        }
        conversation.flush()
        return conversation.log
    }

    static func lines(_ script: String) -> [String] {
        script.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    private mutating func serverSays(_ line: String, octetByOctet: Bool) {
        self.flush()
        self.log.append(line)
        let octets = Array(line.dropFirst(3).utf8) + [0x0D, 0x0A]
        for piece in octetByOctet ? Cuts.single(octets) : [octets] {
            self.perform(self.machine.received(ByteBuffer(bytes: piece)))
        }
    }

    private mutating func asked(_ line: String) throws {
        self.flush()
        self.log.append(line)
        let words = line.split(separator: " ").dropFirst().map(String.init)
        switch words.first {
        case "connected": self.perform(self.machine.connected())
        case "tls": self.perform(self.machine.tlsEstablished())
        case "noop": self.perform(self.machine.noop())
        case "logout": self.perform(self.machine.logout())
        case "cut": self.perform(self.machine.disconnected())
        case "list":
            let after = words.dropFirst().first.flatMap { UInt32($0) }.flatMap { UID($0) }
            self.perform(self.machine.list(after: after, in: try self.opened()))
        case "search": self.perform(self.machine.findPresent(in: try self.opened()))
        case "fetch":
            let numbers = words.dropFirst().compactMap { UInt32($0) }
            guard let uid = numbers.first.flatMap({ UID($0) }) else { throw UnknownStep(line: line) }
            let section = numbers.count == 3 ? Section.octets(offset: numbers[1], length: numbers[2]) : .whole
            self.perform(self.machine.fetch(uid, section, in: try self.opened()))
        default: throw UnknownStep(line: line)
        }
    }

    private func opened() throws -> ExaminedMailbox {
        guard let mailbox = self.mailbox else { throw UnknownStep(line: "nothing was opened") }
        return mailbox
    }

    private struct UnknownStep: Error { let line: String }

    private mutating func perform(_ actions: [ClientAction]) {
        for action in actions {
            switch action {
            case .send(let octets): self.sent += octets.readableBytesView
            case .bodyPiece(let piece): self.body?.append(contentsOf: piece.readableBytesView)
            case .bodyBegan(let octets):
                self.flush()
                self.log.append("= body of \(octets)")
                self.body = []
            case .opened(let mailbox):
                self.mailbox = mailbox
                self.tell(Self.words(action))
            default: self.tell(Self.words(action))
            }
        }
    }

    private mutating func tell(_ words: String) {
        self.flush()
        self.log.append("= " + words)
    }

    /// Writes what came in pieces as one line.
    private mutating func flush() {
        if let body, !body.isEmpty {
            self.log.append("= text " + body.pictures)
            self.body = []
        }
        guard !self.sent.isEmpty else { return }
        for line in self.sent.pictures.replacing("␍␊", with: "\n").split(separator: "\n") {
            self.log.append("C: " + line)
        }
        self.sent = []
    }

    private static func words(_ action: ClientAction) -> String {
        switch action {
        case .send, .bodyPiece, .bodyBegan: ""
        case .startTLS: "start TLS"
        case .opened(let mailbox):
            "opened \(mailbox.validity.value), \(mailbox.exists) exist, "
                + "next \(mailbox.uidNext.map { "\($0.value)" } ?? "-")"
        case .quota(let used, let limit): "quota \(used) of \(limit)"
        case .listed(let messages):
            messages.map { message in
                let size = message.size.map { "\($0)" } ?? "?"
                return "listed \(message.uid.value) \(size) \(message.internalDate.map { "\($0)" } ?? "-")"
            }.joined(separator: "\n= ")
        case .listingEnded: "listing ended"
        case .present(let ranges):
            "present " + ranges.map { "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
        case .bodyEnded: "body ended"
        case .alive(let exists, let expunged): "alive \(exists.map { "\($0)" } ?? "-") \(expunged)"
        case .refused(let refusal): "refused \(refusal)"
        case .notice(let text): "notice \(text)"
        case .close: "close"
        }
    }
}
