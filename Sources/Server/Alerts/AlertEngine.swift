import Gateway
import Store

/// Counts what devices do, record by record, and finds what an operator should look at. Values in, values out: who reads
/// the record and keeps what is counted stands outside. Time is the records' own, so that an hour that is read late is
/// judged like any other.
struct AlertEngine: Sendable {
    /// Microseconds. Somebody is spoken of once in this time, for each kind.
    static let day: Int64 = 86_400_000_000
    static let minute: Int64 = 60_000_000
    /// How long failures are counted together, in minutes.
    static let failureMinutes: Int64 = 60
    /// Alerts of a kind within a day: strangers may cause some, from many addresses.
    static let maximumOfKind = 50
    /// Days for which an address that has no name is remembered.
    static let rememberedDays: Int64 = 400
    /// Subjects that are counted at one time; beyond, what is new is not counted until others are over.
    private static let maximumSubjects = 20_000

    let rules: Configuration.Alerts
    private var memory: AlertMemory
    private var step = AlertStep()
    /// Whom this portion of the record spoke of, and what their last record says.
    private var touched: [AlertKey: Last] = [:]

    private struct Last {
        let subject: AlertSubject
        let reason: String
        let time: Int64
    }

    init(rules: Configuration.Alerts, memory: AlertMemory) {
        self.rules = rules
        self.memory = memory
    }

    var position: Int64 { self.memory.position }

    mutating func take(_ record: StoredRecord) {
        guard let time = record.microseconds else { return }
        switch (record.action, record.outcome) {
        // A notice of our own is no mail.
        case ("dele", "success") where record.effect != .other:
            self.count(.massDeletion, Self.speaker(record), record, 1, time)
        case ("refusal", "failure") where Self.isLasting(record.answered):
            self.count(.repeatedFailures, Self.machine(record), record, record.counts["refusals"] ?? 1, time)
        case ("login", "success") where !record.unidentified.isEmpty: self.unnamed(record, time)
        case (_, _): break
        }
    }

    /// All records up to `position` were taken: what came of them. It is to be kept; where that fails, this engine is
    /// of no use any more.
    mutating func finish(position: Int64) -> AlertStep {
        for (key, last) in self.touched { self.judge(key, last) }
        self.touched = [:]
        self.step.position = position
        self.memory.position = position
        return self.takeStep()
    }

    /// Something that was noticed without the record.
    mutating func notice(
        _ key: AlertKey,
        about subject: AlertSubject,
        _ sentence: String,
        at time: Int64
    ) -> AlertStep {
        self.tell(key, about: subject, sentence, [:], at: time)
        return self.takeStep()
    }

    private mutating func takeStep() -> AlertStep {
        defer { self.step = AlertStep() }
        return self.step
    }

    // MARK: - Counting

    private mutating func count(_ kind: AlertKind, _ name: String, _ record: StoredRecord, _ number: Int, _ time: Int64)
    {
        let key = AlertKey(kind, name)
        guard number > 0, self.hasRoom(for: key, at: time) else { return }
        let minute = time / Self.minute
        // What is read late is judged minute by minute, as it would have been in time.
        if let last = self.touched[key], last.time / Self.minute != minute { self.judge(key, last) }
        let (sum, overflows) = self.memory.counts[key, default: [:]][minute, default: 0]
            .addingReportingOverflow(number)
        self.memory.counts[key, default: [:]][minute] = overflows ? .max : sum
        self.step.counts[key, default: [:]][minute] = overflows ? .max : sum
        self.touched[key] = Last(subject: Self.subject(record), reason: record.reason, time: time)
    }

    private mutating func hasRoom(for key: AlertKey, at time: Int64) -> Bool {
        guard self.memory.counts[key] == nil, self.memory.counts.count >= Self.maximumSubjects else { return true }
        self.forget(at: time)
        return self.memory.counts.count < Self.maximumSubjects
    }

    /// Minutes that no rule looks at any more.
    mutating func forget(at time: Int64) {
        for (key, minutes) in self.memory.counts {
            let first = time / Self.minute - self.minutes(of: key.kind)
            let rest = minutes.filter { $0.key > first }
            self.memory.counts[key] = rest.isEmpty ? nil : rest
        }
        self.memory.told = self.memory.told.filter { $0.value > time - Self.day }
    }

    private func minutes(of kind: AlertKind) -> Int64 {
        kind == .massDeletion ? Int64(self.rules.deletionMinutes) : Self.failureMinutes
    }

    private mutating func judge(_ key: AlertKey, _ last: Last) {
        let first = last.time / Self.minute - self.minutes(of: key.kind)
        let minutes = (self.memory.counts[key] ?? [:]).filter { $0.key > first }
        self.memory.counts[key] = minutes
        self.step.forgotten[key] = first
        let sum = minutes.values.reduce(0) { sum, count in
            let (sum, overflows) = sum.addingReportingOverflow(count)
            return overflows ? .max : sum
        }
        switch key.kind {
        case .massDeletion where sum >= self.rules.deletions:
            let sentence = AlertText.massDeletion(last.subject, sum, minutes: self.rules.deletionMinutes)
            self.tell(key, about: last.subject, sentence, ["deletions": sum], at: last.time)
        case .repeatedFailures where sum >= self.rules.failuresAnHour:
            let sentence = AlertText.repeatedFailures(last.subject, sum, reason: last.reason)
            self.tell(key, about: last.subject, sentence, ["refusals": sum], at: last.time)
        case .massDeletion, .repeatedFailures, .unidentifiedDevice, .sharedName, .recordBroken, .diskFull,
            .diskNearlyFull, .mailboxNearlyFull, .stoppedWrite:
            break
        }
    }

    private mutating func unnamed(_ record: StoredRecord, _ time: Int64) {
        let name = Self.machine(record)
        let day = time / Self.day
        let known = self.memory.unnamed.updateValue(day, forKey: name)
        if known != day { self.step.unnamed[name] = day }
        guard known == nil else { return }
        let subject = Self.subject(record)
        self.tell(AlertKey(.unidentifiedDevice, name), about: subject, AlertText.unidentified(subject), [:], at: time)
    }

    private mutating func tell(
        _ key: AlertKey,
        about subject: AlertSubject,
        _ sentence: String,
        _ counts: [String: Int],
        at time: Int64
    ) {
        if let told = self.memory.told[key], told > time - Self.day { return }
        let ofKind = self.memory.told.reduce(0) { $1.key.kind == key.kind && $1.value > time - Self.day ? $0 + 1 : $0 }
        guard ofKind < Self.maximumOfKind else { return }
        self.memory.told[key] = time
        self.step.told[key] = time
        let isLast = ofKind == Self.maximumOfKind - 1
        let all = isLast ? "\(sentence); \(Self.maximumOfKind) of this kind in a day: no more are told" : sentence
        self.step.alerts.append(.alert(key.kind, about: subject, sentence: all, counts: counts, at: time))
    }

    // MARK: - Who it was

    /// A device, else the machine, in the account.
    private static func speaker(_ record: StoredRecord) -> String {
        record.deviceID.map { "device \($0.value)" } ?? "\(record.account) \(self.machine(record))"
    }

    /// By the MAC address where there is one. One machine has a whole /64 of IPv6 addresses.
    private static func machine(_ record: StoredRecord) -> String {
        guard record.neighbour.isEmpty else { return record.neighbour }
        switch IPAddress(record.address) {
        case .v6(let high, low: _): return "\(IPAddress.v6(high: high, low: 0))/64"
        case .v4, nil: return record.address
        }
    }

    private static func subject(_ record: StoredRecord) -> AlertSubject {
        AlertSubject(
            device: record.deviceID.map { Device(id: $0, name: record.device) },
            account: record.account.isEmpty ? nil : record.account,
            address: IPAddress(record.address),
            session: record.session.isEmpty ? nil : SessionID(record.session)
        )
    }

    /// What will be refused again in five minutes: not a mail server that is away, nor a mailbox in use.
    private static func isLasting(_ answer: String) -> Bool {
        answer.hasPrefix("-ERR [AUTH]") || answer.hasPrefix("-ERR [SYS/PERM]")
    }
}
