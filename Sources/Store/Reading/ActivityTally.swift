import Gateway

/// What one device, or those without a name from one address, did in a period, as it is counted.
struct ActivityTally {
    struct Speaker: Hashable {
        let device: DeviceID?
        let account: String
        /// Where there is no device.
        let address: String

        init(_ device: DeviceID?, account: String, address: String) {
            self.device = device
            self.account = device == nil ? account : ""
            self.address = device == nil ? address : ""
        }
    }

    private struct Deletions {
        var count = 0
        var unread = 0
        let begins: String
        var ends: String
    }

    /// A DELE of what was not retrieved in its session.
    struct OpenDeletion {
        let sequence: Int64
        let session: String
        let time: String
        /// When it had been retrieved last, as far as it is known.
        var retrieved: String?
    }

    private var counted: DeviceActivity
    private var refusals: [Int64] = []
    private var deletions: [String: Deletions] = [:]
    private(set) var openDeletions: [MessageKey: [OpenDeletion]] = [:]

    /// `record` is the first of the period.
    init(_ speaker: Speaker, _ record: StoredRecord) {
        self.counted = DeviceActivity(
            device: speaker.device,
            name: record.address,
            account: record.account,
            firstSeen: record.time,
            lastSeen: record.time
        )
    }

    var activity: DeviceActivity {
        var activity = self.counted
        if self.refusals.count >= 3 {
            let times = self.refusals.sorted()
            activity.secondsBetweenRefusals = Self.median(zip(times.dropFirst(), times).map { Int($0 - $1) })
        }
        var deletions = self.deletions
        var daysKept: [Int] = []
        for deletion in self.openDeletions.values.joined() {
            guard let retrieved = deletion.retrieved else {
                activity.deletedUnread += 1
                deletions[deletion.session]?.unread += 1
                continue
            }
            activity.deletedLater += 1
            if let days = Timestamp.days(from: retrieved, to: deletion.time) { daysKept.append(days) }
        }
        activity.daysKept = Self.median(daysKept)
        let largest = deletions.max {
            ($0.value.count, $1.value.begins, $1.key) < ($1.value.count, $0.value.begins, $0.key)
        }
        activity.largestDeletion = largest.map { session, deletions in
            DeviceActivity.Deletion(
                session: session,
                count: deletions.count,
                unread: deletions.unread,
                begins: deletions.begins,
                ends: deletions.ends
            )
        }
        return activity
    }

    private static func median(_ numbers: [Int]) -> Int? {
        let sorted = numbers.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }

    mutating func count(_ record: StoredRecord, retrieved: Set<MessageKey>?) {
        self.counted.firstSeen = min(self.counted.firstSeen, record.time)
        self.counted.lastSeen = max(self.counted.lastSeen, record.time)
        if self.counted.device != nil { self.counted.name = record.device }
        switch Attempt.Action(rawValue: record.action) {
        case .login where record.outcome == "success": self.countLogin(record)
        case .refusal:
            self.counted.refusedLogins += record.refusedLogins
            if let time = Timestamp.microseconds(record.time) { self.refusals.append(time / 1_000_000) }
        case .retr, .top: self.countRetrieval(record)
        case .dele where record.isDeletionRequest: self.countDeletion(record, retrieved)
        case .quit, .sessionEnd: if record.effect == .hidden { self.counted.hidden += record.rows.count }
        case _: break
        }
    }

    private mutating func countLogin(_ record: StoredRecord) {
        self.counted.polls += 1
        self.counted.tlsVersions[record.tlsVersion.isEmpty ? "none" : record.tlsVersion, default: 0] += 1
        self.counted.addresses[record.address, default: 0] += 1
        if !record.identifiedBy.isEmpty { self.counted.identifiedBy[record.identifiedBy, default: 0] += 1 }
    }

    private mutating func countRetrieval(_ record: StoredRecord) {
        if record.isWholeDelivery {
            self.counted.retrieved += 1
            let (octets, isTooMuch) = self.counted.octets.addingReportingOverflow(record.octets ?? 0)
            self.counted.octets = isTooMuch ? .max : octets
        } else if record.reason == Attempt.withheld {
            self.counted.withheld += 1
        }
    }

    private mutating func countDeletion(_ record: StoredRecord, _ retrieved: Set<MessageKey>?) {
        self.counted.askedToDelete += 1
        var deletions = self.deletions[record.session] ?? Deletions(begins: record.time, ends: record.time)
        deletions.count += 1
        deletions.ends = record.time
        if let key = record.key {
            if retrieved?.contains(key) == true {
                self.counted.deletedAtOnce += 1
            } else {
                let open = OpenDeletion(sequence: record.sequence, session: record.session, time: record.time)
                self.openDeletions[key, default: []].append(open)
            }
        } else {
            self.counted.deletedUnread += 1
            deletions.unread += 1
        }
        self.deletions[record.session] = deletions
    }

    /// A retrieval, one after the other in their order.
    mutating func wasRetrieved(_ message: MessageKey, _ sequence: Int64, at time: String) {
        guard let open = self.openDeletions[message] else { return }
        for (index, deletion) in open.enumerated() where deletion.sequence > sequence {
            self.openDeletions[message]?[index].retrieved = time
        }
    }
}

extension StoredRecord {
    /// A flood of them is one record with a count.
    var refusedLogins: Int {
        guard self.action == Attempt.Action.refusal.rawValue else { return 0 }
        return min(max(1, self.counts["refusals"] ?? 1), Int(Int32.max))
    }
}
