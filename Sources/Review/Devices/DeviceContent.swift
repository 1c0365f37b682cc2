import Gateway
import Report
import Store

/// What the store has of one device, read in one go.
struct DeviceReading: Sendable {
    let profile: DeviceProfile
    /// Nil when it was not here in the period.
    let activity: DeviceActivity?
    let days: [DailyAttempts]
    let hidden: [HiddenMessage]
    let unfetched: [MessageSummary]
    let unfetchedCount: Int
}

/// What a device's page shows.
struct DeviceContent {
    struct Right {
        let tone: String
        let sentence: String
    }

    struct Hidden {
        let address: String
        let subject: String
        let from: String
        let received: String
        let onServer: String
        let message: String
    }

    struct Login {
        let time: String
        let address: String
        let from: String
        let encryption: String
        let answered: String
    }

    let name: String
    let verdict: String?
    let tone: String
    let notice: String?
    let diagnoses: [DeviceFinding.Entry]
    let allRight: Right?
    let account: String
    let knownBy: [String]
    let lastSeen: String
    let addresses: String?
    let encryption: String?
    let behaves: String?
    let record: String
    let chart: String?
    let hidden: [Hidden]
    let hasHidden: Bool
    let hiddenHint: String
    let restore: String
    let unfetched: [MessageWords]
    let hasUnfetched: Bool
    let unfetchedHint: String
    let logins: [Login]
    let hasLogins: Bool

    init(_ reading: DeviceReading, restored: Int?, _ period: ReviewPeriod, _ visit: Visit, _ times: PageTimes) {
        let (texts, entry, activity) = (visit.texts, reading.profile.entry, reading.activity)
        let found = activity.map { Diagnosis.of($0) } ?? []
        let verdict = activity == nil ? nil : Verdict(found)
        let days = ["days": texts.counted("day", period.days)]
        self.name = entry.device.name
        self.verdict = verdict?.text(in: texts)
        self.tone = verdict?.tone ?? ""
        self.notice = restored.map { texts("page.device.restored", ["count": texts.number($0)]) }
        self.diagnoses = found.map { DeviceFinding.entry($0, texts) }
        self.allRight =
            switch verdict {
            case nil: Right(tone: "", sentence: texts("page.device.quiet", days))
            case .ok: Right(tone: "good", sentence: texts("page.device.right", days))
            case .lookAtIt, .setWrong: nil
            }
        self.account = entry.account
        self.knownBy = entry.identifiers
        self.lastSeen = entry.lastSeen.isEmpty ? texts("page.message.never") : times.text(entry.lastSeen)
        self.addresses = activity.map { $0.addresses.keys.sorted().joined(separator: ", ") }
        self.encryption = activity.map { activity in
            activity.tlsVersions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { version, sessions in
                let name = version == "none" ? texts("page.device.encryption.none") : version
                return "\(name) (\(texts.counted("session", sessions)))"
            }.joined(separator: ", ")
        }
        self.behaves = activity.map { Self.behaviour($0, texts) }
        self.record = FormFields().setting("device", entry.device.name).setting("account", entry.account).address(
            "/record"
        )
        self.chart =
            reading.days.isEmpty
            ? nil
            : AttemptCharts.perDay(reading.days, since: period.since, until: period.until, in: texts)
                .html(id: "days", in: texts)
        self.hidden = reading.hidden.map { Self.hidden($0, texts, times) }
        self.hasHidden = !reading.hidden.isEmpty
        self.hiddenHint = Self.shown(reading.hidden.count, entry.hidden, "page.device.hidden.hint", texts)
        self.restore = "/devices/\(entry.device.id.value)/restore"
        self.unfetched = reading.unfetched.map { MessageWords($0, texts, times) }
        self.hasUnfetched = !reading.unfetched.isEmpty
        self.unfetchedHint = Self.shown(
            reading.unfetched.count,
            reading.unfetchedCount,
            "page.device.unfetched.hint",
            texts
        )
        self.logins = reading.profile.logins.map { Self.login($0, texts, times) }
        self.hasLogins = !reading.profile.logins.isEmpty
    }

    private static func shown(_ shown: Int, _ count: Int, _ key: String, _ texts: Texts) -> String {
        texts(key, ["shown": texts.number(shown), "count": texts.number(count)])
    }

    private static func behaviour(_ activity: DeviceActivity, _ texts: Texts) -> String {
        texts(
            "page.device.behaves.value",
            [
                "polls": texts.number(activity.polls), "retrieved": texts.number(activity.retrieved),
                "asked": texts.number(activity.askedToDelete),
            ]
        )
    }

    private static func hidden(_ message: HiddenMessage, _ texts: Texts, _ times: PageTimes) -> Hidden {
        let words = MessageWords(message, texts, times)
        return Hidden(
            address: words.address,
            subject: words.subject,
            from: words.from,
            received: words.received,
            onServer: words.onServer,
            message: "\(message.mailbox.value).\(message.row)"
        )
    }

    private static func login(_ record: StoredRecord, _ texts: Texts, _ times: PageTimes) -> Login {
        Login(
            time: times.text(record.time),
            address: FormFields().setting("session", record.session).address("/record"),
            from: record.address,
            encryption: record.tlsVersion.isEmpty ? texts("page.device.encryption.none") : record.tlsVersion,
            answered: record.answered
        )
    }
}
