import Gateway
import IMAP
import NIOCore
import POP3

/// How a `SessionWorld` answers: set line by line from a transcript.
struct SessionScript {
    private var settings: [String: String] = [:]
    private var bodies: [UInt32: [UInt8]] = [:]
    private var shown: Set<String> = []
    private var held: Set<String> = []

    static let tls = TLSDescription(version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", serverName: nil)

    /// False when there is no such setting.
    ///
    /// - `listener`: `implicit` (default), `stls`, `plain`;  `hides no`
    /// - `speaker`: a device's name (default `frontdesk`), or `once`, `keep`
    /// - `maildrop`: `7 (10 octets), 9 (20 octets)`, or `count N`: rows are numbered as the UIDs
    /// - `notice TEXT`: a message of our own at the end, with `\n` as in `body`
    /// - `hidden`, `withheld`: ranges as `NumberRanges` reads them;  `own 9 newuid`
    /// - `body UID text`, with `\n` for CRLF and `\0` for NUL;  `size UID N`: N octets of lines after a small header
    /// - `disconnect confirmed`, `window DAYS`: settings of the device;  `shortest DAYS`: what CAPA says before the login
    /// - `acknowledged no`: the device's TCP has not acknowledged everything when it is read from; `yes` is the default
    /// - `login`, `listing`, `fetch`: `ok`, or a failure's name; `fetch breaks` breaks after the first piece
    /// - `arrives pieces`: short bodies come piece by piece too; `arrives whole` is the default
    /// - `store`: `ok`, `full`;  `hold NAME`, `unhold NAME`: answers wait for `release NAME`
    /// - `show records`, `show timers`
    mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "show": self.shown.insert(value)
        case "hold": self.held.insert(value)
        case "unhold": self.held.remove(value)
        case "body":
            let words = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard let uid = words.first.flatMap({ UInt32($0) }) else { return false }
            let text = words.dropFirst().first ?? ""
            self.bodies[uid] = Self.octets(of: String(text))
        case "size":
            let words = value.split(separator: " ").compactMap { Int($0) }
            guard words.count == 2, let uid = UInt32(exactly: words[0]) else { return false }
            self.bodies[uid] = Self.lines(words[1])
        case "listener", "hides", "speaker", "maildrop", "hidden", "withheld", "own", "login", "listing", "fetch",
            "store", "disconnect", "window", "shortest", "acknowledged", "notice",
            "arrives":
            self.settings[key] = value
        default: return false
        }
        return true
    }

    func shows(_ what: String) -> Bool { self.shown.contains(what) }
    func isHeld(_ what: String) -> Bool { self.held.contains(what) }
    var isAcknowledged: Bool { self.settings["acknowledged", default: "yes"] == "yes" }
    var arrivesWhole: Bool { self.settings["arrives", default: "whole"] == "whole" }
    var storeWorks: Bool { self.settings["store", default: "ok"] == "ok" }

    var configuration: SessionConfiguration {
        let encryption: SessionConfiguration.Encryption =
            switch self.settings["listener"] {
            case "stls": .startTLS
            case "plain": .plaintextAllowed
            case _: .implicit
            }
        return SessionConfiguration(
            encryption: encryption,
            hidesDeleted: self.settings["hides"] != "no",
            shortestWindow: self.settings["shortest"].flatMap { Int($0) }
        )
    }

    var arrival: Arrival {
        let client = Endpoint(address: .v4(0xC000_0207), port: 40_000)
        let server = Endpoint(address: .v4(0xC000_0201), port: 995)
        return Arrival(session: SessionID("abcdefghij12"), remote: client, local: server, listener: "pop3s")
    }

    var loginAnswer: Result<Admission, LoginRefusal> {
        switch self.settings["login", default: "ok"] {
        case "ok":
            return .success(
                Admission(
                    account: "info@example.com",
                    speaker: self.speaker,
                    settings: self.deviceSettings,
                    transcript: ["a1 LOGIN …"]
                )
            )
        case "noname": return .failure(.noDeviceName)
        case "devices": return .failure(.store(.tooManyDevices))
        case "busy": return .failure(.store(.busy))
        case let name: return .failure(.upstream(Self.failure(name), transcript: ["a1 LOGIN …"]))
        }
    }

    private var deviceSettings: DeviceSettings {
        DeviceSettings(
            windowDays: self.settings["window"].flatMap { Int($0) },
            onDisconnect: self.settings["disconnect"].flatMap(DisconnectPolicy.init)
        )
    }

    private var speaker: Speaker {
        switch self.settings["speaker", default: "frontdesk"] {
        case "once": .unidentified(.once)
        case "keep": .unidentified(.keep)
        case let name: .device(Device(id: DeviceID(1), name: name), by: Identifier(kind: .tag, value: name))
        }
    }

    var listingAnswer: Result<OpenedMaildrop, UpstreamFailure> {
        let name = self.settings["listing", default: "ok"]
        guard name == "ok" else { return .failure(Self.failure(name)) }
        return .success(OpenedMaildrop(maildrop: self.maildrop, transcript: ["a2 UID FETCH 1:* …"]))
    }

    private var maildrop: Maildrop {
        var own: [UInt32: UniqueID] = [:]
        let words = self.settings["own", default: ""].split(separator: " ").map(String.init)
        if words.count == 2, let row = UInt32(words[0]) { own[row] = UniqueID(words[1]) }
        let hidden = NumberRanges(self.settings["hidden", default: ""]) ?? NumberRanges()
        return Maildrop(
            mailbox: MailboxID(1),
            snapshot: MailboxSnapshot(validity: UIDValidity(1), messages: self.messages),
            view: DeviceView(hidden: hidden, ownUniqueIDs: own),
            withheld: NumberRanges(self.settings["withheld", default: ""]) ?? NumberRanges(),
            notice: self.notice
        )
    }

    private var notice: DeviceNotice? {
        guard let text = self.settings["notice"], let uniqueID = UniqueID("leavecopy-notice-1") else { return nil }
        return DeviceNotice(uniqueID: uniqueID, text: Self.octets(of: text))
    }

    private var messages: [Message] {
        let text = self.settings["maildrop", default: "7 (10 octets), 9 (20 octets)"]
        let numbers = text.split { !("0"..."9").contains($0) }.compactMap { UInt32($0) }
        if text.hasPrefix("count"), let count = numbers.first {
            return (0..<count).compactMap { Self.message($0 + 1, size: 100) }
        }
        return stride(from: 0, to: numbers.count - 1, by: 2).compactMap {
            Self.message(numbers[$0], size: numbers[$0 + 1])
        }
    }

    private static func message(_ uid: UInt32, size: UInt32) -> Message? {
        guard let uid = UID(uid), let validity = UIDValidity(1) else { return nil }
        let listed = ListedMessage(uid: uid, size: size, internalDate: nil)
        let uniqueID = UniqueIDFormat.dovecot.uniqueID(of: listed, validity: validity)
        return Message(number: uid.value, uid: uid, size: size, uniqueID: uniqueID)
    }

    func bodyAnswer(to request: BodyRequest) -> Result<ScriptedBody, UpstreamFailure> {
        let name = self.settings["fetch", default: "ok"]
        let line = "a3 UID FETCH \(request.uid.value) \(request.section.line)"
        var octets = self.bodies[request.uid.value] ?? Array("Subject: \(request.uid.value)\r\n\r\nhello\r\n".utf8)
        if case .octets(let offset, let length) = request.section {
            octets = Array(octets.dropFirst(Int(offset)).prefix(Int(length)))
        }
        var pieces: [ByteBuffer] = []
        for start in stride(from: 0, to: octets.count, by: 20_000) {
            pieces.append(ByteBuffer(bytes: octets[start...].prefix(20_000)))
        }
        switch name {
        case "ok": return .success(ScriptedBody(pieces: pieces, ending: .ended, line: line))
        case "breaks":
            let body = ScriptedBody(
                pieces: Array(pieces.prefix(1)),
                ending: .fails(.unavailable(reason: "cut")),
                line: line
            )
            return .success(body)
        case let name: return .failure(Self.failure(name))
        }
    }

    private static func failure(_ name: String) -> UpstreamFailure {
        switch name {
        case "credentials": .credentials(answeredLocally: false)
        case "known": .credentials(answeredLocally: true)
        case "connections": .tooManyConnections
        case "misconfigured": .misconfigured(reason: "no such mailbox")
        case "uidvalidity": .uidValidityChanged
        case "preparing": .preparing
        case "gone": .messageGone
        case "large": .messageTooLarge
        case "unreadable": .messageUnavailable
        case _: .unavailable(reason: "down")
        }
    }

    private static func octets(of text: String) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                octets.append(octet)
                continue
            }
            switch escaped {
            case UInt8(ascii: "n"): octets += [13, 10]
            case UInt8(ascii: "l"): octets.append(10)
            case UInt8(ascii: "0"): octets.append(0)
            case let other: octets.append(other)
            }
        }
        return octets
    }

    /// A header and lines of 64 octets, `count` octets in all.
    private static func lines(_ count: Int) -> [UInt8] {
        var octets = Array("Subject: large\r\n\r\n".utf8)
        let line = Array(repeating: UInt8(ascii: "x"), count: 62) + [13, 10]
        while octets.count < count { octets += line }
        return Array(octets.prefix(count))
    }
}

/// What a fetch yields, piece by piece.
struct ScriptedBody {
    enum Ending: Hashable {
        case ended
        case fails(UpstreamFailure)
    }

    enum Event {
        case pieces([ByteBuffer])
        case ended(String)
        case failed(UpstreamFailure)

        func apply(to session: inout SessionStateMachine) -> [SessionAction] {
            switch self {
            case .pieces(let pieces): session.bodyReceived(pieces)
            case .ended(let line): session.bodyEnded(transcript: [line])
            case .failed(let failure): session.bodyFailed(failure, transcript: [])
            }
        }
    }

    var pieces: [ByteBuffer]
    let ending: Ending
    var line = ""

    mutating func next() -> Event {
        if !self.pieces.isEmpty { return .pieces([self.pieces.removeFirst()]) }
        switch self.ending {
        case .ended: return .ended(self.line)
        case .fails(let failure): return .failed(failure)
        }
    }
}

extension Section {
    var line: String {
        switch self {
        case .whole: "whole"
        case .octets(let offset, let length): "\(offset).\(length)"
        }
    }
}

extension Attempt {
    /// One line for a transcript.
    var line: String {
        var line = "\(self.action.rawValue) \(self.outcome.rawValue) | \(self.asked) | \(self.answered) | \(self.done)"
        if let reason = self.reason { line += " | \(reason)" }
        return line
    }
}

extension Change {
    var line: String {
        switch self {
        case .hide(_, _, let rows): "hide \(rows)"
        case .withhold(_, let address, let rows): "withhold \(rows) from \(address)"
        case .size(_, let number, let octets): "size \(number) \(octets)"
        case .details(_, let number, let details):
            "details \(number) \(details.subject.pictures)"
        case .headers(let read): "headers of \(read.details.count)"
        case .endNotice(let uniqueID): "end notice \(uniqueID.text)"
        }
    }
}
