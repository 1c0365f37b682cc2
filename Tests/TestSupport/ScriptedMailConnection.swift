import FoundationEssentials
import NIOCore
import Synchronization
import TLS

/// One connection of a `ScriptedMailServer`.
final class ScriptedMailConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedMailServer
    private let number: Int
    private var input: [UInt8] = []
    /// The command so far, when literals cut it.
    private var command: [UInt8] = []
    private var literal = 0
    private var sasl: ScriptedSASL?
    private var account: String?
    /// UIDs in order, as this connection knows them.
    private var seen: [UInt32]?
    private var greeted = false
    private var sent = 0

    init(server: ScriptedMailServer, number: Int) {
        self.server = server
        self.number = number
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.greet(context) }
    }

    func channelActive(context: ChannelHandlerContext) { self.greet(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let octets = Array(self.unwrapInboundIn(data).readableBytesView)
        self.server.state.withLock { $0.received += octets }
        self.input += octets
        while let request = self.nextRequest(context) {
            for step in self.server.heard(request) ?? [.standard] { self.perform(step, request, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private var settings: ScriptedMailServer.Settings { self.server.state.withLock { $0.settings } }
    private var mailbox: ScriptedMailbox? { self.account.flatMap { self.settings.mailboxes[$0] } }

    private func greet(_ context: ChannelHandlerContext) {
        guard !self.greeted else { return }
        self.greeted = true
        for step in self.settings.greeting { self.perform(step, nil, context) }
    }

    private func perform(
        _ step: ScriptedMailServer.Step,
        _ request: ScriptedMailServer.Request?,
        _ context: ChannelHandlerContext
    ) {
        switch step {
        case .line(let text): self.send(Array(text.utf8) + [13, 10], context)
        case .octets(let octets): self.send(octets, context)
        case .standard: if let request { self.answer(request, context) }
        case .startTLS: self.startTLS(context)
        case .close: context.close(promise: nil)
        }
    }

    private func send(_ octets: [UInt8], _ context: ChannelHandlerContext) {
        let allowed = self.settings.cutAfter.map { max(0, $0 - self.sent) } ?? octets.count
        self.sent += octets.count
        self.server.state.withLock { $0.sent += octets.count }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: octets.prefix(allowed))), promise: nil)
        if allowed < octets.count { context.close(promise: nil) }
    }

    private func line(_ text: String, _ context: ChannelHandlerContext) {
        self.send(Array("\(text)\r\n".utf8), context)
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        guard case .startTLS(let tls) = self.settings.encryption else { return context.close(promise: nil) }
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(server: tls), position: .first)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Takes one command out of the input, answering literals and SASL on the way.
    private func nextRequest(_ context: ChannelHandlerContext) -> ScriptedMailServer.Request? {
        while true {
            if self.literal > 0 {
                guard !self.input.isEmpty else { return nil }
                let part = self.input.prefix(self.literal)
                self.command += part
                self.literal -= part.count
                self.input.removeFirst(part.count)
                continue
            }
            guard let end = self.input.firstIndex(of: 10) else { return nil }
            var line = Array(self.input[..<end])
            self.input.removeFirst(end + 1)
            if line.last == 13 { line.removeLast() }
            if let sasl = self.sasl {
                self.authenticate(sasl, line, context)
                continue
            }
            if let (length, waits) = Self.literal(at: line) {
                if waits, self.settings.refusesLiterals {
                    let tag = String(decoding: line.prefix { $0 != 32 }, as: UTF8.self)
                    self.line("\(tag) NO no", context)
                    continue
                }
                self.command += line + [13, 10]
                self.literal = length
                if waits { self.line("+ go on", context) }
                continue
            }
            let whole = self.command + line
            self.command = []
            return self.request(whole)
        }
    }

    private static func literal(at line: [UInt8]) -> (Int, waits: Bool)? {
        guard line.last == UInt8(ascii: "}"), let open = line.lastIndex(of: UInt8(ascii: "{")) else { return nil }
        let inside = line[(open + 1)...].dropLast()
        let digits = inside.last == UInt8(ascii: "+") ? inside.dropLast() : inside
        return Int(String(decoding: digits, as: UTF8.self)).map { ($0, digits.count == inside.count) }
    }

    private func request(_ octets: [UInt8]) -> ScriptedMailServer.Request {
        let words = octets.split(separator: 32, maxSplits: 2, omittingEmptySubsequences: false)
        let tag = String(decoding: words.first ?? [], as: UTF8.self)
        var verb = words.count > 1 ? String(decoding: words[1], as: UTF8.self).uppercased() : ""
        var rest = words.count > 2 ? words[2] : []
        if verb == "UID" {
            let parts = rest.split(separator: 32, maxSplits: 1)
            verb += " " + String(decoding: parts.first ?? [], as: UTF8.self).uppercased()
            rest = parts.count > 1 ? parts[1] : []
        }
        let arguments = String(String.UnicodeScalarView(rest.map { Unicode.Scalar($0) }))
        return ScriptedMailServer.Request(connection: self.number, tag: tag, verb: verb, arguments: arguments)
    }

    private func answer(_ request: ScriptedMailServer.Request, _ context: ChannelHandlerContext) {
        let tag = request.tag
        switch request.verb {
        case "CAPABILITY":
            self.line("* CAPABILITY \(self.settings.capabilities)", context)
            self.line("\(tag) OK", context)
        case "STARTTLS":
            self.line("\(tag) OK begin", context)
            self.startTLS(context)
        case "AUTHENTICATE": self.beginAuthenticate(request, context)
        case "LOGIN":
            let words = Self.strings(request.arguments)
            self.logIn(tag, name: words.first ?? [], password: words.last ?? [], context)
        case "LOGOUT":
            self.line("* BYE see you", context)
            self.line("\(tag) OK", context)
            context.close(promise: nil)
        case "NOOP":
            self.tellChanges(context)
            self.line("\(tag) OK", context)
        case "ID":
            self.line("* ID NIL", context)
            self.line("\(tag) OK", context)
        default: self.answerInAccount(request, context)
        }
    }

    /// What has gone and come since EXAMINE or the last NOOP (RFC 3501 §7.4.1, §7.3.1).
    private func tellChanges(_ context: ChannelHandlerContext) {
        guard let seen = self.seen, let mailbox = self.mailbox else { return }
        let present = Set(mailbox.mails.map(\.uid))
        for (index, uid) in seen.enumerated().reversed() where !present.contains(uid) {
            self.line("* \(index + 1) EXPUNGE", context)
        }
        self.seen = mailbox.mails.map(\.uid)
        if !present.isSubset(of: seen) { self.line("* \(mailbox.mails.count) EXISTS", context) }
    }

    private func answerInAccount(_ request: ScriptedMailServer.Request, _ context: ChannelHandlerContext) {
        guard let mailbox = self.mailbox else { return self.line("\(request.tag) BAD not now", context) }
        switch request.verb {
        case "EXAMINE":
            self.seen = mailbox.mails.map(\.uid)
            self.line("* \(mailbox.mails.count) EXISTS", context)
            self.line("* 0 RECENT", context)
            self.line("* OK [UIDVALIDITY \(mailbox.validity)] valid", context)
            self.line("* OK [UIDNEXT \(mailbox.uidNext)] next", context)
            self.line("\(request.tag) OK [READ-ONLY] examined", context)
        case "GETQUOTAROOT":
            self.line("* QUOTAROOT INBOX root", context)
            if let quota = mailbox.quota { self.line("* QUOTA root (STORAGE \(quota.used) \(quota.limit))", context) }
            self.line("\(request.tag) OK", context)
        case "UID SEARCH":
            let uids = mailbox.mails.map { String($0.uid) }
            if request.arguments.hasPrefix("RETURN") {
                let all = uids.isEmpty ? "" : " ALL \(uids.joined(separator: ","))"
                self.line("* ESEARCH (TAG \"\(request.tag)\") UID\(all)", context)
            } else {
                self.line("* SEARCH\(uids.map { " \($0)" }.joined())", context)
            }
            self.line("\(request.tag) OK", context)
        case "UID FETCH": self.fetch(request, mailbox, context)
        default: self.line("\(request.tag) BAD unknown", context)
        }
    }

    private func fetch(
        _ request: ScriptedMailServer.Request,
        _ mailbox: ScriptedMailbox,
        _ context: ChannelHandlerContext
    ) {
        let set = request.arguments.prefix { $0 != " " }
        var output: [UInt8] = []
        for mail in mailbox.mails(in: set) {
            let number = (mailbox.mails.firstIndex { $0.uid == mail.uid } ?? 0) + 1
            output += Array("* \(number) FETCH (UID \(mail.uid)".utf8)
            if request.arguments.contains("RFC822.SIZE") { output += Array(" RFC822.SIZE \(mail.octets.count)".utf8) }
            if request.arguments.contains("INTERNALDATE") {
                output += Array(" INTERNALDATE \"\(mail.internalDate)\"".utf8)
            }
            if request.arguments.contains("EMAILID"), let id = mail.emailID { output += Array(" EMAILID (\(id))".utf8) }
            if request.arguments.contains("FLAGS") {
                output += Array(" FLAGS (\(mail.flags.joined(separator: " ")))".utf8)
            }
            if request.arguments.contains("BODY.PEEK[HEADER]") {
                output += Array(" BODY[HEADER] {\(mail.header.count)}\r\n".utf8) + mail.header
            }
            if request.arguments.contains("BODY.PEEK[HEADER.FIELDS (") {
                let fields = mail.fields(request.arguments)
                output +=
                    Array(" BODY[HEADER.FIELDS (\(fields.names))] {\(fields.octets.count)}\r\n".utf8) + fields.octets
            }
            if request.arguments.contains("BODY.PEEK[]") { output += Self.body(of: mail, request.arguments) }
            output += Array(")\r\n".utf8)
        }
        self.send(output + Array("\(request.tag) OK\r\n".utf8), context)
    }

    private static func body(of mail: ScriptedMailbox.Mail, _ arguments: String) -> [UInt8] {
        guard let open = arguments.firstIndex(of: "<") else {
            return Array(" BODY[] {\(mail.octets.count)}\r\n".utf8) + mail.octets
        }
        let numbers = arguments[open...].dropFirst().prefix { $0 != ">" }.split(separator: ".").compactMap { Int($0) }
        let offset = numbers.first ?? 0
        let part = mail.octets.dropFirst(offset).prefix(numbers.last ?? 0)
        return Array(" BODY[]<\(offset)> {\(part.count)}\r\n".utf8) + part
    }

    private func beginAuthenticate(_ request: ScriptedMailServer.Request, _ context: ChannelHandlerContext) {
        let words = request.arguments.split(separator: " ").map(String.init)
        let sasl = ScriptedSASL(tag: request.tag, mechanism: words.first ?? "")
        guard words.count > 1 else {
            self.sasl = sasl
            return self.line("+ ", context)
        }
        self.authenticate(sasl, Array(words[1].utf8), context)
    }

    private func authenticate(_ sasl: ScriptedSASL, _ response: [UInt8], _ context: ChannelHandlerContext) {
        var sasl = sasl
        self.sasl = nil
        switch sasl.respond(response, self.settings) {
        case .challenge(let text):
            self.sasl = sasl
            self.line("+ " + Data(text.utf8).base64EncodedString(), context)
        case .loggedIn(let name): self.loggedIn(sasl.tag, name, context)
        case .refused(let text): self.line("\(sasl.tag) \(text)", context)
        }
    }

    private func logIn(_ tag: String, name: [UInt8], password: [UInt8], _ context: ChannelHandlerContext) {
        let name = String(decoding: name, as: UTF8.self)
        guard self.settings.passwords[name].map({ Array($0.utf8) == password }) == true else {
            return self.line("\(tag) NO [AUTHENTICATIONFAILED] no", context)
        }
        self.loggedIn(tag, name, context)
    }

    private func loggedIn(_ tag: String, _ name: String, _ context: ChannelHandlerContext) {
        self.account = name
        self.line("\(tag) OK [CAPABILITY \(self.settings.capabilities)] welcome", context)
    }

    /// The quoted strings and literals of a LOGIN.
    private static func strings(_ text: String) -> [[UInt8]] {
        let octets = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        var rest = octets[...]
        var strings: [[UInt8]] = []
        while let first = rest.first {
            rest = rest.dropFirst()
            switch first {
            case UInt8(ascii: "\""):
                var string: [UInt8] = []
                while let octet = rest.popFirst(), octet != UInt8(ascii: "\"") {
                    string.append(octet == UInt8(ascii: "\\") ? rest.popFirst() ?? octet : octet)
                }
                strings.append(string)
            case UInt8(ascii: "{"):
                let length = Int(String(decoding: rest.prefix { (48...57).contains($0) }, as: UTF8.self)) ?? 0
                rest = rest.drop { $0 != 10 }.dropFirst()
                strings.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            default: break
            }
        }
        return strings
    }
}
