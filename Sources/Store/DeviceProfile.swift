import GRDB
import Gateway

/// What there is to know of one device.
package struct DeviceProfile: Sendable {
    package let entry: DeviceEntry
    package let mailboxes: [Mailbox]
    /// Its last logins, the newest first.
    package let logins: [StoredRecord]
    /// What an operator should look at, the newest first.
    package let alerts: [StoredRecord]

    /// How the device stands with a mailbox.
    package struct Mailbox: Sendable {
        package let name: String
        package let messages: Int
        /// Whether it has seen the mailbox yet.
        package let hasBegun: Bool
        /// What it deleted.
        package let hidden: Int
        /// What was there before it, and it does not see.
        package let skipped: Int
        /// Messages that it knows by unique-ids of its own.
        package let ownUniqueIDs: Int
    }

    /// Logins and alerts that are told.
    package static let recordLimit = 10
}

extension SQLiteStore {
    package func profile(of entry: DeviceEntry) async throws(StoreError) -> DeviceProfile {
        try await self.ask { database in
            DeviceProfile(
                entry: entry,
                mailboxes: try Self.standings(of: entry.device.id, database),
                logins: try Self.newest(.login, of: entry.device.id, database),
                alerts: try Self.newest(.alert, of: entry.device.id, database)
            )
        }
    }

    private static func standings(
        of device: DeviceID,
        _ database: Database
    ) throws -> [DeviceProfile.Mailbox] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT name, messages,
                  EXISTS (SELECT 1 FROM beginning WHERE beginning.device = :device AND beginning.mailbox = mailbox.id),
                  (SELECT coalesce(sum(last - first + 1), 0) FROM hidden
                    WHERE hidden.device = :device AND hidden.mailbox = mailbox.id),
                  (SELECT coalesce(sum(last - first + 1), 0) FROM skipped
                    WHERE skipped.device = :device AND skipped.mailbox = mailbox.id),
                  (SELECT count(DISTINCT number) FROM deviceUIDL
                    WHERE deviceUIDL.device = :device AND deviceUIDL.mailbox = mailbox.id)
                FROM mailbox WHERE account = (SELECT account FROM device WHERE id = :device) ORDER BY name
                """,
            arguments: ["device": device.value]
        )
        return rows.map { row in
            DeviceProfile.Mailbox(
                name: row[0],
                messages: row[1],
                hasBegun: row[2],
                hidden: row[3],
                skipped: row[4],
                ownUniqueIDs: row[5]
            )
        }
    }

    /// Of the device, and of those that were merged into it.
    private static func newest(
        _ action: Attempt.Action,
        of device: DeviceID,
        _ database: Database
    ) throws -> [StoredRecord] {
        let devices = [device] + (try Successors(database).predecessors(of: device))
        let classes = try devices.flatMap { try RecordClass.all(of: $0, upTo: .max, database) }
            .filter { $0.action == action.rawValue }
        let all = RecordStretch(1, .max)
        return try ClassSearch(classes, RecordFilter(), nil, all, database).newest(DeviceProfile.recordLimit)
            .compactMap { try SQLiteStore.record($0, database) }
    }
}
