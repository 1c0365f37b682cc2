import Gateway
package import Store

/// What a period of the record tells: each device with its diagnosis, what was deleted in masses, what went missing, what
/// called for somebody to look. Made in one go, then written in any form.
package struct AuditReport: Sendable {
    package struct DeviceReport: Sendable {
        package let activity: DeviceActivity
        package let diagnoses: [Diagnosis]
        package var verdict: Verdict { Verdict(self.diagnoses) }

        package init(_ activity: DeviceActivity) {
            self.activity = activity
            self.diagnoses = Diagnosis.of(activity)
        }
    }

    /// One session that asked to delete many.
    package struct MassDeletion: Hashable, Sendable {
        package let sequence: Int64
        package let time: String
        package let device: String
        package let account: String
        package let address: String
        package let session: String
        package let count: Int
        /// What its commit says was done.
        package let done: String
    }

    /// UTC, as the record writes it.
    package let since: String
    package let until: String
    package let made: String
    package let account: String?
    package let device: String?
    package let devices: [DeviceReport]
    package let days: [DailyAttempts]
    package let massDeletions: [MassDeletion]
    package let alerts: [StoredRecord]
    package let vanished: [StoredRecord]
    /// How long the record was.
    package let size: Int64
    /// The newest, as a signed note: a copy of the report kept elsewhere proves what the record was.
    package let checkpoint: String

    /// Fewer than this at once a person clears out by hand.
    package static let mass = 20
}

extension AuditReport {
    /// The sums over all devices.
    package struct Totals: Hashable, Sendable {
        package var polls = 0
        package var retrieved = 0
        package var askedToDelete = 0
        package var hidden = 0
        package var refusedLogins = 0
    }

    package var totals: Totals {
        self.devices.reduce(into: Totals()) { totals, device in
            func add(_ sum: inout Int, _ number: Int) {
                let (total, isTooMuch) = sum.addingReportingOverflow(number)
                sum = isTooMuch ? .max : total
            }
            add(&totals.polls, device.activity.polls)
            add(&totals.retrieved, device.activity.retrieved)
            add(&totals.askedToDelete, device.activity.askedToDelete)
            add(&totals.hidden, device.activity.hidden)
            add(&totals.refusedLogins, device.activity.refusedLogins)
        }
    }

    /// Of the period, and of one account or device alone where these are given. `now` is UTC, as the record writes it.
    package static func make(
        from store: SQLiteStore,
        since: String,
        until: String,
        account: String? = nil,
        device: String? = nil,
        now: String
    ) async throws -> AuditReport {
        let size = try await store.recordSize()
        let activities = try await store.activity(since: since, until: until, account: account).filter { activity in
            // Who never tried to log in is no device: a port scan, a probe.
            (activity.polls > 0 || activity.refusedLogins > 0 || activity.device != nil)
                && (device.map { $0.lowercased() == activity.name.lowercased() } ?? true)
        }
        let period = RecordFilter(since: since, until: until, device: device, account: account)
        // The days of one device are counted for it; those of a name that no device has are none.
        let only = device == nil ? nil : activities.first?.device
        let days =
            device != nil && only == nil
            ? [] : try await store.dailyAttempts(since: since, until: until, device: only)
        return AuditReport(
            since: since,
            until: until,
            made: now,
            account: account,
            device: device,
            devices: activities.map(DeviceReport.init),
            days: days,
            massDeletions: try await self.massDeletions(period, store, size),
            alerts: try await self.newest(.alert, period, store, size),
            vanished: try await self.newest(.vanished, period, store, size),
            size: size,
            checkpoint: try await store.checkpoint()
        )
    }

    /// More alerts than this are one alert.
    private static let mostRecords = 200

    private static func newest(
        _ action: Attempt.Action,
        _ period: RecordFilter,
        _ store: SQLiteStore,
        _ size: Int64
    ) async throws -> [StoredRecord] {
        var filter = period
        filter.action = action.rawValue
        // What vanished is nobody's doing.
        if action == .vanished { filter.device = nil }
        return try await store.page(filter, size: size, limit: self.mostRecords).records.reversed()
    }

    private static func massDeletions(
        _ period: RecordFilter,
        _ store: SQLiteStore,
        _ size: Int64
    ) async throws -> [MassDeletion] {
        let found = Found()
        for action in [Attempt.Action.quit, .sessionEnd] {
            var filter = period
            filter.action = action.rawValue
            try await store.forEach(filter, size: size) { records in
                await found.add(records.filter { $0.rows.count >= self.mass }.map(MassDeletion.init))
            }
        }
        return await found.deletions.sorted { $0.sequence < $1.sequence }
    }

    private actor Found {
        private(set) var deletions: [MassDeletion] = []
        func add(_ more: [MassDeletion]) { self.deletions += more }
    }
}

extension AuditReport.MassDeletion {
    fileprivate init(_ record: StoredRecord) {
        self.init(
            sequence: record.sequence,
            time: record.time,
            device: record.device,
            account: record.account,
            address: record.address,
            session: record.session,
            count: record.rows.count,
            done: record.done
        )
    }
}
