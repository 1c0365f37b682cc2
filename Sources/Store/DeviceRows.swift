import GRDB
import Gateway

/// Devices and what they are known by, as rows.
enum DeviceRows {
    static func find(_ account: AccountID, _ identifier: Identifier, _ database: Database) throws -> Device? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT device.id, device.name FROM identifier JOIN device ON device.id = identifier.device
                WHERE identifier.account = ? AND identifier.kind = ? AND identifier.value = ?
                """,
            arguments: [account.value, identifier.kind.rawValue, identifier.value]
        )
        return row.map { Device(id: DeviceID($0[0]), name: $0[1]) }
    }

    static func make(
        _ name: String,
        _ account: AccountID,
        _ identifiers: [Identifier],
        _ database: Database
    ) throws -> Device {
        let count = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM device WHERE account = ?",
            arguments: [account.value]
        )
        guard (count ?? 0) < SQLiteStore.maximumDevices else { throw StoreFailure.tooManyDevices }
        try database.execute(
            sql: "INSERT INTO device (account, name) VALUES (?, ?)",
            arguments: [account.value, name]
        )
        let device = Device(id: DeviceID(database.lastInsertedRowID), name: name)
        for identifier in identifiers {
            try database.execute(
                sql: "INSERT INTO identifier (account, kind, value, device) VALUES (?, ?, ?, ?)",
                arguments: [account.value, identifier.kind.rawValue, identifier.value, device.id.value]
            )
        }
        return device
    }

    /// A tag names its device; a MAC gives `pc-` and its last half; others what they are. A number is added to a name that
    /// is taken.
    static func freeName(for identifier: Identifier, _ account: AccountID, _ database: Database) throws -> String {
        let wanted: String =
            switch identifier.kind {
            case .tag: identifier.value
            case .neighbour: "pc-" + identifier.value.filter { $0 != ":" }.suffix(6)
            case .credential, .certificate, .name, .address: "\(identifier.kind.rawValue)-\(identifier.value)"
            }
        let base = String(wanted.prefix(28))
        for number in 1...SQLiteStore.maximumDevices + 1 {
            let name = number == 1 ? base : "\(base)-\(number)"
            if try !self.isTaken(name, account, database) { return name }
        }
        throw StoreFailure.tooManyDevices
    }

    static func isTaken(_ name: String, _ account: AccountID, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM device WHERE account = ? AND name = ?)",
            arguments: [account.value, name]
        ) ?? false
    }
}
