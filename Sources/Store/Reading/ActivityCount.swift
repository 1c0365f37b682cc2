import GRDB
import Gateway

/// Counts what each device did in a period, from records in their order.
struct ActivityCount {
    private let since: String
    private let until: String
    private let account: String?
    private let successors: Successors
    private var tallies: [ActivityTally.Speaker: ActivityTally] = [:]
    /// What open sessions have retrieved so far.
    private var retrieved: [String: Set<MessageKey>] = [:]
    /// The newest alert that two PCs use the device's name.
    private var sharedNames: [DeviceID: Int64] = [:]

    init(since: String, until: String, account: String?, _ successors: Successors) {
        self.since = since
        self.until = until
        self.account = account?.lowercased()
        self.successors = successors
    }

    /// By name; those that nobody knows at the end.
    var activities: [DeviceActivity] {
        let activities = self.tallies.map { speaker, tally in
            var activity = tally.activity
            activity.sharedName = speaker.device.flatMap { self.sharedNames[$0] }
            return activity
        }
        return activities.sorted {
            ($0.device == nil ? 1 : 0, $0.account, $0.name.lowercased(), $0.device?.value ?? 0)
                < ($1.device == nil ? 1 : 0, $1.account, $1.name.lowercased(), $1.device?.value ?? 0)
        }
    }

    mutating func take(_ record: StoredRecord) {
        guard record.time >= self.since, record.time < self.until else { return }
        let account = record.account.lowercased()
        guard self.account.map({ $0 == account }) ?? true else { return }
        let device = record.deviceID.map(self.successors.of)
        if record.action == Attempt.Action.alert.rawValue {
            if let device, record.reason == Attempt.sharedName { self.sharedNames[device] = record.sequence }
            return
        }
        guard !record.session.isEmpty, device != nil || !record.address.isEmpty else { return }
        let speaker = ActivityTally.Speaker(device, account: account, address: record.address)
        // Taken out, so that what it holds is not copied for each record.
        var tally = self.tallies.removeValue(forKey: speaker) ?? ActivityTally(speaker, record)
        tally.count(record, retrieved: self.retrieved[record.session])
        self.tallies[speaker] = tally
        if record.isWholeDelivery, let key = record.key {
            self.retrieved[record.session, default: []].insert(key)
        } else if record.action == Attempt.Action.sessionEnd.rawValue {
            self.retrieved[record.session] = nil
        }
    }

    /// Of what was deleted and not retrieved in the same session: when it had been retrieved before, be it before the period.
    /// `classes` are those of the speakers that were counted; nil: all.
    mutating func takeEarlierRetrievals(of classes: [RecordClass]? = nil, _ database: Database) throws {
        let asking = Set(self.tallies.filter { !$0.value.openDeletions.isEmpty }.keys)
        guard !asking.isEmpty else { return }
        for found in try classes ?? RecordClass.all(upTo: .max, database) where found.isWholeDelivery {
            let device = found.device.map(self.successors.of)
            let mayFit = asking.contains { $0.device == device }
            guard mayFit else { continue }
            let rows = try Row.fetchCursor(
                try database.cachedStatement(
                    sql: """
                        SELECT sequence, time, account, ip, messageKey FROM record INDEXED BY recordClass
                        WHERE class = ? AND messageKey IS NOT NULL ORDER BY sequence
                        """
                ),
                arguments: [found.stored]
            )
            while let row = try rows.next() {
                guard let message = MessageKey(stored: row[4]) else { continue }
                let account = (row[2] as String? ?? "").lowercased()
                let speaker = ActivityTally.Speaker(device, account: account, address: row[3] ?? "")
                self.tallies[speaker]?.wasRetrieved(message, row[0], at: row[1] ?? "")
            }
        }
    }
}
