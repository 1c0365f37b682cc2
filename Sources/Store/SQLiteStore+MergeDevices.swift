import GRDB
import Gateway

extension SQLiteStore {
    /// Makes two devices one: `into` is known by what either was, does not see what either deleted or what neither saw, and
    /// keeps the unique-ids it has; of `from`, which is gone, it takes those of messages that it has not seen itself. A
    /// session of `from` that goes on hides for `into`. Synced, with its record.
    package func merge(
        _ from: DeviceEntry,
        into: DeviceEntry,
        by user: String
    ) async throws(StoreError) -> DeviceEntry {
        let (source, target) = (from.device.id, into.device.id)
        guard source != target else { throw .sameDevice(into.device.name) }
        try await self.change { database, page in
            guard try DeviceRows.account(of: source, database) == DeviceRows.account(of: target, database) else {
                throw StoreError.otherAccounts(from.device.name, into.device.name)
            }
            try Self.moveCredential(from: source, to: target, into.device.name, database)
            try database.execute(
                sql: "UPDATE identifier SET device = ? WHERE device = ?",
                arguments: [target.value, source.value]
            )
            var hidden = 0
            for mailbox in try DeviceRows.mailboxes(of: target, database) {
                try Self.mergeViews(from: source, to: target, mailbox, database)
                hidden += try Ranges.hidden(target, mailbox).read(database).count
            }
            try DeviceRows.forget(source, successor: target, database)
            try page.append(
                Self.record(
                    .deviceMerge,
                    "device merge \(from.device.name) \(into.device.name)",
                    done: "\(from.device.name) of \(from.account) is \(into.device.name) now: "
                        + "\(hidden) messages are hidden from it",
                    by: user,
                    page
                )
            )
        }
        return try await self.device(named: into.device.name, account: into.account)
    }

    private static func moveCredential(
        from source: DeviceID,
        to target: DeviceID,
        _ name: String,
        _ database: Database
    ) throws {
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM credential WHERE device IN (?, ?)",
            arguments: [source.value, target.value]
        )
        guard (count ?? 0) < 2 else { throw StoreError.bothHaveCredentials(name) }
        try database.execute(
            sql: "UPDATE credential SET device = ? WHERE device = ?",
            arguments: [target.value, source.value]
        )
    }

    private static func mergeViews(
        from source: DeviceID,
        to target: DeviceID,
        _ mailbox: MailboxID,
        _ database: Database
    ) throws {
        try Ranges.hidden(target, mailbox).add(try Ranges.hidden(source, mailbox).read(database), database)
        guard try ViewRows.hasBegun(source, mailbox, database) else { return }
        let skipped = try Ranges.skipped(source, mailbox).read(database)
        guard try ViewRows.hasBegun(target, mailbox, database) else {
            // It has seen nothing here yet: it goes on where the other was.
            try database.execute(
                sql: "UPDATE beginning SET device = ? WHERE device = ? AND mailbox = ?",
                arguments: [target.value, source.value, mailbox.value]
            )
            try Ranges.skipped(target, mailbox).replace(with: skipped, database)
            return try OwnUniqueIDs.move(from: source, to: target, mailbox, rows: nil, database)
        }
        let own = Ranges.skipped(target, mailbox)
        let before = try own.read(database)
        // What one of the two has seen is seen.
        let shown = before.subtracting(skipped)
        try own.replace(with: before.subtracting(shown), database)
        try OwnUniqueIDs.move(from: source, to: target, mailbox, rows: shown, database)
    }
}
