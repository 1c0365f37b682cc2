import GRDB
import Gateway

/// Devices and what they are known by, as rows.
enum DeviceRows {
    /// The device that has this identifier.
    static func find(_ account: AccountID, _ identifier: Identifier, _ database: Database) throws -> Device? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT device.id, device.name FROM identifier JOIN device ON device.id = identifier.device
                WHERE identifier.account = ? AND identifier.kind = ? AND identifier.value = ?
                """
        )
        let row = try Row.fetchOne(
            statement,
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
        // A number that was given once stays with its device, also in the record.
        try database.execute(
            sql: """
                INSERT INTO device (id, account, name) SELECT 1 + max(
                  (SELECT coalesce(max(id), 0) FROM device), (SELECT coalesce(max(id), 0) FROM formerDevice)
                ), ?, ?
                """,
            arguments: [account.value, name]
        )
        let device = Device(id: DeviceID(database.lastInsertedRowID), name: name)
        for identifier in identifiers { try self.add(identifier, to: device, account, database) }
        return device
    }

    /// The device that has the same word as a tag where this is a server name, or the other way round: a PC that changes from
    /// one to the other keeps what it has hidden.
    static func findTwin(of identifier: Identifier, _ account: AccountID, _ database: Database) throws -> Device? {
        let other: IdentifierKind
        switch identifier.kind {
        case .tag: other = .name
        case .name: other = .tag
        case .credential, .certificate, .neighbour, .address: return nil
        }
        return try self.find(account, Identifier(kind: other, value: identifier.value), database)
    }

    static func add(
        _ identifier: Identifier,
        to device: Device,
        _ account: AccountID,
        _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO identifier (account, kind, value, device) VALUES (?, ?, ?, ?)",
            arguments: [account.value, identifier.kind.rawValue, identifier.value, device.id.value]
        )
    }

    /// The device itself, or the one it was merged into while a session of it went on. Throws when it was removed.
    static func current(_ device: DeviceID, _ database: Database) throws -> DeviceID {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id FROM device WHERE id = ?
                UNION ALL SELECT successor FROM formerDevice WHERE id = ? AND successor IS NOT NULL
                """
        )
        guard let id = try Int64.fetchOne(statement, arguments: [device.value, device.value]) else {
            throw StoreFailure.broken(reason: "the device was removed")
        }
        return DeviceID(id)
    }

    /// Throws when the device was removed.
    static func account(of device: DeviceID, _ database: Database) throws -> AccountID {
        guard
            let id = try Int64.fetchOne(
                database,
                sql: "SELECT account FROM device WHERE id = ?",
                arguments: [device.value]
            )
        else { throw StoreFailure.broken(reason: "the device was removed") }
        return AccountID(id)
    }

    /// Takes away the device and all that is its own. Sessions of it that go on are `successor`'s.
    static func forget(_ device: DeviceID, successor: DeviceID?, _ database: Database) throws {
        for table in ["identifier", "credential", "hidden", "skipped", "beginning", "deviceUIDL", "notice"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE device = ?", arguments: [device.value])
        }
        try database.execute(
            sql: "UPDATE formerDevice SET successor = ? WHERE successor = ?",
            arguments: [successor?.value, device.value]
        )
        try database.execute(
            sql: "INSERT INTO formerDevice (id, successor) VALUES (?, ?)",
            arguments: [device.value, successor?.value]
        )
        try database.execute(sql: "DELETE FROM device WHERE id = ?", arguments: [device.value])
    }

    /// The mailboxes of the device's account.
    static func mailboxes(of device: DeviceID, _ database: Database) throws -> [MailboxID] {
        try Int64.fetchAll(
            database,
            sql: "SELECT id FROM mailbox WHERE account = (SELECT account FROM device WHERE id = ?) ORDER BY id",
            arguments: [device.value]
        ).map(MailboxID.init)
    }

    /// A tag and a server name name their device; a certificate does by its common name, where that is a device's name and
    /// free, else by `cert-` and the beginning of its digest; a MAC gives `pc-` and its last half; others what they are. A
    /// number is added to a name that is taken.
    static func freeName(for identifier: Identifier, _ account: AccountID, _ database: Database) throws -> String {
        if identifier.kind == .certificate, let label = identifier.label, DeviceName.canonical(label.utf8) != nil,
            try !self.isTaken(label, account, database)
        {
            return label
        }
        let wanted: String =
            switch identifier.kind {
            case .tag, .name: identifier.value
            case .certificate: "cert-" + identifier.value.prefix(8)
            case .neighbour: "pc-" + identifier.value.filter { $0 != ":" }.suffix(6)
            case .credential, .address: "\(identifier.kind.rawValue)-\(identifier.value)"
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
