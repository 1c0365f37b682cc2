import Gateway
import Report
import Store

/// What the page of one message shows.
struct MessageContent {
    /// A message that every PC polls for years has more; the record's own page has them all.
    static let records = 60

    struct Holder {
        let id: String
        let name: String
        let address: String
        let got: String
        let asked: String
        let hid: String
        let now: String
        let tone: String
        let canRestore: Bool
    }

    struct Event {
        let kind: String
        let time: String
        let who: String
        let source: String?
        let what: String
        let fate: String
        let entry: String
        let request: String?
        let reply: String?
        let done: String
        let upstream: [String]
        let evidence: String
    }

    let notice: String?
    let tone: String
    let sentence: String
    let proof: String?
    let subject: String
    let from: String
    let date: String?
    let messageID: String?
    let received: String?
    let size: String?
    let account: String
    let onServer: String
    let uid: String
    let restore: String
    let devices: [Holder]
    let hasDevices: Bool
    let earlier: String?
    let firstSeen: String?
    let records: [Event]
    let all: String

    init(_ life: MessageLife, given: Int64?, _ visit: Visit, _ times: PageTimes) {
        let (message, texts) = (life.message, visit.texts)
        let address = MessageWords.address(message.key)
        let told = Self.told(life.records)
        let shown = told.suffix(Self.records)
        self.notice = Self.notice(life, given, texts)
        self.tone = message.isGone ? "warn" : "good"
        self.sentence = life.headline(in: texts, zone: times.zone)
        self.proof = life.records.last(where: Self.isDeletion).map { Self.proof($0.sequence) }
        self.subject = MessageWords.subject(message.text, texts)
        self.from = message.text?.from ?? ""
        self.date = message.text.flatMap { $0.date.isEmpty ? nil : $0.date }
        self.messageID = message.text.flatMap { $0.messageID.isEmpty ? nil : $0.messageID }
        let received = MessageWords.received(message.internalDate, times)
        self.received = received.isEmpty ? nil : received
        self.size = message.size.map { texts("page.message.octets", ["count": texts.number(Int($0))]) }
        self.account = message.account
        self.onServer = life.whereItIs(in: texts, zone: times.zone)
        self.uid = "\(message.uid) (UIDVALIDITY \(message.validity))"
        self.restore = "\(address)/restore"
        self.devices = life.standings.map { Self.holder($0, message, texts, times) }
        self.hasDevices = !life.standings.isEmpty
        self.earlier =
            shown.count < told.count
            ? texts("page.message.earlier", ["count": texts.number(shown.count)]) : nil
        self.firstSeen = life.firstSeen.map { times.text($0) }
        self.records = shown.map { Self.event($0, texts, times) }
        self.all = FormFields().setting("message", "\(message.key.mailbox.value).\(message.key.number)").address(
            "/record"
        )
    }

    static func proof(_ sequence: Int64) -> String { "/record/\(sequence)/proof" }

    /// Told from how things stand now, so that no link from elsewhere can make it say what is not.
    private static func notice(_ life: MessageLife, _ given: Int64?, _ texts: Texts) -> String? {
        guard let given, let standing = life.standings.first(where: { $0.device.id.value == given }),
            !standing.isHidden, !standing.isSkipped
        else { return nil }
        return texts("page.message.restored", ["device": standing.device.name])
    }

    private static func isDeletion(_ record: StoredRecord) -> Bool {
        record.action == Attempt.Action.dele.rawValue && record.outcome == Attempt.Outcome.success.rawValue
    }

    private static func holder(
        _ standing: MessageLife.Standing,
        _ message: MessageSummary,
        _ texts: Texts,
        _ times: PageTimes
    ) -> Holder {
        let never = texts("page.message.never")
        let time = { (recorded: String?) in recorded.map { times.text($0) } ?? never }
        let tone =
            switch standing.state {
            case .hidIt: "bad"
            case .askedToDelete, .beganWithout: "warn"
            case .gotIt, .neverAsked: "good"
            }
        return Holder(
            id: String(standing.device.id.value),
            name: standing.device.name,
            address: "/devices/\(standing.device.id.value)",
            got: time(standing.got),
            asked: time(standing.asked),
            hid: standing.isHidden ? time(standing.hid) : never,
            now: standing.text(in: texts),
            tone: tone,
            canRestore: standing.canBeGivenAgain && !message.isGone
        )
    }

    /// Without what says the same twice: that a message was begun to be handed out, when it then was; and that its header was
    /// kept.
    private static func told(_ records: [StoredRecord]) -> [StoredRecord] {
        let served = Set(records.filter { $0.effect == .served }.map(\.session))
        return records.filter { record in
            record.action != Attempt.Action.details.rawValue
                && !(record.effect == .unfinished && served.contains(record.session))
        }
    }

    private static func event(_ record: StoredRecord, _ texts: Texts, _ times: PageTimes) -> Event {
        let who = RecordWords.who(record, in: texts)
        return Event(
            kind: Self.isDeletion(record) ? "asked" : "",
            time: times.text(record.time),
            who: who.isEmpty ? record.node : who,
            source: record.address.isEmpty ? nil : record.address,
            what: RecordWords.action(of: record, in: texts),
            fate: RecordSentence(record, in: texts, zone: times.zone).done,
            entry: texts("page.message.entry", ["number": texts.number(Int(clamping: record.sequence))]),
            request: record.asked.isEmpty ? nil : record.asked,
            reply: record.answered.isEmpty ? nil : record.answered,
            done: RecordWords.done(of: record, in: texts),
            upstream: record.upstream,
            evidence: Self.proof(record.sequence)
        )
    }
}
