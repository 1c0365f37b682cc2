import FoundationEssentials
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
        password: [UInt8] = Array("pw".utf8),
        token: String? = nil
    ) -> ClientStateMachine {
        ClientStateMachine(
            configuration: ClientConfiguration(
                protection: protection,
                authentication: authentication,
                mailbox: mailbox,
                product: (name: "Leavecopy", version: "1"),
                tagPrefix: "t",
                nonce: "rOprNGfwEbeRWgbNEkqO",
                server: (host: "imap.example.com", port: 993),
                asksQuota: asksQuota
            ),
            credentials: token.map { Credentials(name: name, token: Secret($0.utf8)) }
                ?? Credentials(name: name, password: Secret(password))
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

    /// Plays the script, its last line of the server without a line end, and loses the connection; gives all that came.
    static func cut(_ script: String, _ machine: inout ClientStateMachine) throws -> [ClientAction] {
        var actions = machine.connected()
        let lines = Self.lines(script)
        for (index, line) in lines.enumerated() {
            switch line.prefix(2) {
            case "S:":
                let end = index == lines.count - 1 ? "" : "\r\n"
                actions += machine.received(ByteBuffer(string: line.dropFirst(3) + end))
            case "! ":
                actions += machine.scramComputed(
                    try Self.proof(line.split(separator: " ").dropFirst(2).map(String.init)[...])
                )
            default: break
            }
        }
        return actions + machine.disconnected()
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
        case "scram": self.perform(self.machine.scramComputed(try Self.proof(words.dropFirst())))
        case "tls": self.perform(self.machine.tlsEstablished())
        case "noop": self.perform(self.machine.noop())
        case "logout": self.perform(self.machine.logout())
        case "cut": self.perform(self.machine.disconnected())
        case "list":
            let after = words.dropFirst().first.flatMap { UInt32($0) }.flatMap { UID($0) }
            self.perform(self.machine.list(after: after, in: try self.opened()))
        case "search": self.perform(self.machine.findPresent(in: try self.opened()))
        case "headers":
            let uids = words.dropFirst().compactMap { UInt32($0) }.compactMap { UID($0) }
            self.perform(self.machine.fetchHeaders(of: uids, .whole, in: try self.opened()))
        case "details":
            let uids = words.dropFirst().compactMap { UInt32($0) }.compactMap { UID($0) }
            self.perform(self.machine.fetchHeaders(of: uids, .details, in: try self.opened()))
        case "again": self.perform(self.machine.examineAgain())
        case "fetch":
            let uids = (words.dropFirst().first ?? "").split(separator: ",").compactMap { UInt32($0) }
            let part = words.dropFirst(2).compactMap { UInt32($0) }
            let section = part.count == 2 ? Section.octets(offset: part[0], length: part[1]) : .whole
            self.perform(self.machine.fetch(uids.compactMap { UID($0) }, section, in: try self.opened()))
        default: throw UnknownStep(line: line)
        }
    }

    /// Proof and signature in base64, as whoever does the sums hands them in.
    private static func proof(_ words: ArraySlice<String>) throws -> SCRAMProof {
        let parts = words.compactMap { Data(base64Encoded: $0) }
        guard parts.count == 2, let proof = parts.first, let signature = parts.last else {
            throw UnknownStep(line: "scram")
        }
        return SCRAMProof(clientProof: Secret(proof), serverSignature: Secret(signature))
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
            case .bodyBegan(let uid, let octets):
                self.flush()
                self.log.append("= body of \(uid.map { "\($0.value)" } ?? "?"), \(octets) octets")
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
        let lines = self.sent.pictures.replacing("␍␊", with: "\n").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        for (index, line) in lines.enumerated() where !line.isEmpty || index < lines.count - 1 {
            self.log.append("C: " + (line.isEmpty ? "(empty)" : line))
        }
        self.sent = []
    }

    private static func words(_ action: ClientAction) -> String {
        switch action {
        case .send, .bodyPiece, .bodyBegan: ""
        case .startTLS: "start TLS"
        case .computeSCRAM(let computation): "compute \(computation.iterations)"
        case .opened(let mailbox):
            "opened \(mailbox.validity.value), \(mailbox.exists) exist, "
                + "next \(mailbox.uidNext.map { "\($0.value)" } ?? "-")"
        case .quota(let used, let limit): "quota \(used) of \(limit)"
        case .listed(let messages):
            messages.map { message in
                let size = message.size.map { "\($0)" } ?? "?"
                let serverID = message.serverID.map { " " + $0.text } ?? ""
                return "listed \(message.uid.value) \(size) \(message.internalDate.map { "\($0)" } ?? "-")" + serverID
            }.joined(separator: "\n= ")
        case .listingEnded: "listing ended"
        case .present(let ranges):
            "present " + ranges.map { "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
        case .bodyEnded(let uid): "body of \(uid.value) ended"
        case .bodyGone(let uid): "body of \(uid.value) gone"
        case .fetchEnded: "fetch ended"
        case .header(let uid, let octets): "header of \(uid.value): \(Array(octets.readableBytesView).pictures)"
        case .headersEnded: "headers ended"
        case .alive(let exists, let expunged): "alive \(exists.map { "\($0)" } ?? "-") \(expunged)"
        case .refused(let refusal): "refused \(refusal)"
        case .notice(let text): "notice \(text)"
        case .close: "close"
        }
    }
}
