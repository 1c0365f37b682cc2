import Foundation
import GRDB
package import Gateway
import POP3

/// A device as an operator sees it.
package struct DeviceEntry: Sendable {
    package let device: Device
    package let account: String
    /// `tag frontdesk`, `neighbour 02:00:00:aa:bb:cc`.
    package let identifiers: [String]
    /// Messages hidden from it.
    package let hidden: Int
    /// UTC; empty when it was not on record yet.
    package let lastSeen: String
}

/// A message that is hidden from a device, with what is known of it.
package struct HiddenMessage: Sendable {
    package let mailbox: MailboxID
    package let row: UInt32
    package let uniqueID: String
    package let size: UInt32?
    /// Seconds since 1970 of INTERNALDATE.
    package let internalDate: Int64?
    /// Header fields as they stand in the message; empty when it was never retrieved.
    package let subject: [UInt8]
    package let from: [UInt8]
    package let isGone: Bool

    package var key: MessageKey { MessageKey(self.mailbox, self.row) }
}

extension SQLiteStore {
    package func devices() async throws(StoreError) -> [DeviceEntry] {
        try await self.ask { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT device.id, device.name, account.login,
                      (SELECT coalesce(sum(last - first + 1), 0) FROM hidden WHERE hidden.device = device.id)
                    FROM device JOIN account ON account.id = device.account ORDER BY account.login, device.name
                    """
            )
            var newest: [DeviceID: Int64] = [:]
            for found in try RecordClass.all(upTo: .max, database) {
                guard let device = found.device else { continue }
                newest[device] = max(newest[device] ?? 0, found.newest)
            }
            return try rows.map { row in
                let identifiers = try Row.fetchAll(
                    database,
                    sql: "SELECT kind, value FROM identifier WHERE device = ? ORDER BY kind, value",
                    arguments: [row[0] as Int64]
                )
                return DeviceEntry(
                    device: Device(id: DeviceID(row[0]), name: row[1]),
                    account: row[2],
                    identifiers: identifiers.map { "\($0[0] as String) \($0[1] as String)" },
                    hidden: row[3],
                    lastSeen: try newest[DeviceID(row[0])].flatMap { try Self.record($0, database) }?.time ?? ""
                )
            }
        }
    }

    /// The device of that name; with `account` only in that one. Throws when there is none, or more than one.
    package func device(named name: String, account: String?) async throws(StoreError) -> DeviceEntry {
        let found = try await self.devices().filter {
            $0.device.name.lowercased() == name.lowercased() && (account == nil || $0.account == account?.lowercased())
        }
        guard let entry = found.first, found.count == 1 else {
            throw found.isEmpty ? .unknownDevice(name) : .ambiguousDevice(name)
        }
        return entry
    }

    /// What the device deleted; or, `earlier`, what it began without. With a limit the newest of it.
    package func hidden(
        from device: DeviceID,
        earlier: Bool = false,
        newest limit: Int? = nil
    ) async throws(StoreError) -> [HiddenMessage] {
        let table = earlier ? "skipped" : "hidden"
        let order = limit == nil ? "" : "DESC"
        return try await self.ask { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT message.number, message.uidl, message.size, message.internalDate, detail.subject, detail.sender,
                      message.gone, message.mailbox
                    FROM \(table) AS unseen JOIN message ON message.mailbox = unseen.mailbox
                      AND message.number BETWEEN unseen.first AND unseen.last
                    LEFT JOIN detail ON detail.mailbox = message.mailbox AND detail.number = message.number
                    WHERE unseen.device = ? ORDER BY message.mailbox \(order), message.number \(order) LIMIT ?
                    """,
                arguments: [device.value, limit ?? -1]
            )
            return rows.map { row in
                HiddenMessage(
                    mailbox: MailboxID(row[7]),
                    row: UInt32(clamping: row[0] as Int64),
                    uniqueID: row[1],
                    size: (row[2] as Int64?).map { UInt32(clamping: $0) },
                    internalDate: row[3],
                    subject: [UInt8](row[4] as Data? ?? Data()),
                    from: [UInt8](row[5] as Data? ?? Data()),
                    isGone: (row[6] as Int64) != 0
                )
            }
        }
    }
}
