import Foundation
import GRDB
package import Gateway
import POP3

/// The notice that a device was made last.
package struct KeptNotice: Hashable, Sendable {
    package let notice: DeviceNotice
    /// Microseconds since 1970, as are all times of notices.
    package let made: Int64
    /// When the device deleted it; nil when it has not.
    package let ended: Int64?
}

extension SQLiteStore {
    package func notice(of device: DeviceID) async throws(StoreFailure) -> KeptNotice? {
        try self.lookUp { try NoticeRows.read(device, $0) }
    }

    /// Keeps a notice in the place of the device's last one, and writes the record of that; unless there is one that was made
    /// at `earliest` or later, by another session of the device: then nothing changes. Gives the one that counts; synced, since
    /// a unique-id that a device has seen must not be lost.
    package func keep(
        _ notice: DeviceNotice,
        for device: DeviceID,
        unlessMadeSince earliest: Int64,
        record: AuditRecord
    ) async throws(StoreError) -> KeptNotice {
        try await self.change { database, page in
            let device = try DeviceRows.current(device, database)
            if let other = try NoticeRows.read(device, database), other.made >= earliest { return other }
            let kept = KeptNotice(notice: notice, made: record.time, ended: nil)
            try NoticeRows.replace(with: kept, of: device, database)
            try page.append(record)
            return kept
        }
    }
}

/// Notices, as rows: one a device.
enum NoticeRows {
    static func read(_ device: DeviceID, _ database: Database) throws -> KeptNotice? {
        let statement = try database.cachedStatement(
            sql: "SELECT uidl, made, ended, body FROM notice WHERE device = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [device.value]), let uniqueID = UniqueID(row[0]) else {
            return nil
        }
        let notice = DeviceNotice(uniqueID: uniqueID, text: [UInt8](row[3] as Data))
        return KeptNotice(notice: notice, made: row[1], ended: row[2])
    }

    static func replace(with kept: KeptNotice, of device: DeviceID, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO notice (device, uidl, made, ended, body) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                device.value, kept.notice.uniqueID.text, kept.made, kept.ended, Data(kept.notice.text),
            ]
        )
    }

    static func end(_ uniqueID: UniqueID, at time: Int64, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE notice SET ended = ? WHERE uidl = ? AND ended IS NULL",
            arguments: [time, uniqueID.text]
        )
    }
}
