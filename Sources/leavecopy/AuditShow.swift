import ArgumentParser
import Foundation
import Gateway
import Linux
import Report
import Server
import Store

struct AuditShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one session, one record, or one message's whole life.",
        discussion: """
            SUBJECT is a record's number; a session, or the beginning of its id; a message as MAILBOX:ROW, by its \
            Message-ID or UIDL; or words of a mail's subject.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var form: FormOptions
    @Argument(help: "A record, a session or a message.")
    var subject: String
    @Option(name: .long, help: "Only messages of this account.")
    var account: String?

    func run() async throws {
        let store = try self.common.openStore()
        let found = try await Failure.telling(self.common.spoken) {
            try await ShownSubject.find(self.subject, self.account, store)
        }
        let texts = Texts.of(self.common.spoken)
        guard let found else {
            Output.complain("leavecopy: \(texts("show.none", ["subject": self.subject]))")
            throw ExitCode(ExitStatus.failure.rawValue)
        }
        if self.form.json { return Output.give(try found.json()) }
        for line in found.lines(texts, width: Terminal.columns ?? Self.width) { Output.show(line) }
    }

    /// Where there is no terminal.
    private static let width = 100
}

/// What `audit show` was asked for.
private enum ShownSubject {
    case record(StoredRecord, MessageLife?)
    case session([StoredRecord])
    case message(MessageLife)
    /// More than one message fits.
    case messages([MessageSummary])

    /// Messages of a search that a person can look through.
    private static let most = 50

    /// The first that fits, from the most exact name to words of a subject.
    static func find(_ subject: String, _ account: String?, _ store: SQLiteStore) async throws -> ShownSubject? {
        if let number = Int64(subject), let record = try await store.record(number) {
            let life = if let key = record.key { try await store.life(of: key) } else { MessageLife?.none }
            return .record(record, life)
        }
        if let key = MessageKey(text: subject), let life = try await store.life(of: key) { return .message(life) }
        // Two letters could be the beginning of any id.
        let sessions = subject.utf8.count >= 4 ? try await store.sessions(beginningWith: subject, limit: 2) : []
        if let session = sessions.first, sessions.count == 1 {
            return .session(try await self.records(of: session, store))
        }
        var messages = try await store.messages(uniqueID: subject)
        if let account { messages = messages.filter { $0.account.lowercased() == account.lowercased() } }
        if messages.isEmpty {
            messages = try await store.messages(matching: subject, account: account, limit: self.most)
        }
        guard let first = messages.first else {
            guard sessions.isEmpty else { throw StoreError.ambiguousSession(subject) }
            return nil
        }
        guard messages.count == 1 else { return .messages(messages) }
        return try await store.life(of: first.key).map { .message($0) }
    }

    private static func records(of session: String, _ store: SQLiteStore) async throws -> [StoredRecord] {
        try await store.page(RecordFilter(session: session), limit: .max).records.reversed()
    }

    func lines(_ texts: Texts, width: Int) -> [String] {
        let story = StoryLines(in: texts, width: width)
        switch self {
        case .record(let record, let life): return story.of(record, life: life)
        case .session(let records): return story.of(session: records)
        case .message(let life): return story.of(life)
        case .messages(let messages):
            return [texts("show.several")] + MessageTable.lines(messages, texts)
        }
    }

    func json() throws -> String {
        switch self {
        case .record(let record, _): return String(decoding: RecordJSON.line(record), as: UTF8.self)
        case .session(let records): return Self.list(records)
        case .message(let life):
            let message = try JSONText.of(ShownMessage(life.message))
            let standings = try JSONText.of(life.standings.map(ShownStanding.init))
            let times = try JSONText.of(
                ["firstSeen": life.firstSeen, "vanished": life.vanished].compactMapValues { $0 }
            )
            return
                "{\"message\":\(message),\"times\":\(times),\"standings\":\(standings),\"records\":\(Self.list(life.records))}"
        case .messages(let messages): return try JSONText.of(messages.map(ShownMessage.init))
        }
    }

    private static func list(_ records: [StoredRecord]) -> String {
        "[" + records.map { String(decoding: RecordJSON.line($0), as: UTF8.self) }.joined(separator: ",\n") + "]"
    }
}

struct ShownMessage: Encodable {
    let message: String
    let account: String
    let uid: UInt32
    let uidvalidity: UInt32
    let uidl: String
    let size: UInt32?
    let received: String?
    let onServer: Bool
    let messageID: String?
    let from: String?
    let subject: String?
    let date: String?

    init(_ summary: MessageSummary) {
        self.message = summary.key.text
        self.account = summary.account
        self.uid = summary.uid
        self.uidvalidity = summary.validity
        self.uidl = summary.uniqueID
        self.size = summary.size
        self.received = summary.internalDate.map {
            LocalTime.recorded(Date(timeIntervalSince1970: TimeInterval($0)))
        }
        self.onServer = !summary.isGone
        self.messageID = summary.text?.messageID
        self.from = summary.text?.from
        self.subject = summary.text?.subject
        self.date = summary.text?.date
    }
}

private struct ShownStanding: Encodable {
    let device: String
    let state: String
    let got: String?
    let askedToDelete: String?
    let hid: String?
    let hidden: Bool

    init(_ standing: MessageLife.Standing) {
        self.device = standing.device.name
        self.state = standing.state.rawValue
        self.got = standing.got
        self.askedToDelete = standing.asked
        self.hid = standing.hid
        self.hidden = standing.isHidden
    }
}
