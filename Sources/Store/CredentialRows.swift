import Foundation
import GRDB
import Gateway

/// Credentials, as rows: one beside its device, and one among what the device is known by.
enum CredentialRows {
    /// Whether the name is another device's, or that of an account, whose own logins it would catch.
    static func isTaken(_ user: String, _ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (SELECT 1 FROM credential WHERE name = ?)
                  OR EXISTS (SELECT 1 FROM account WHERE login = ?)
                """,
            arguments: [user, user]
        ) ?? false
    }

    static func device(_ name: String, _ account: AccountID, _ database: Database) throws -> Device? {
        try Row.fetchOne(
            database,
            sql: "SELECT id, name FROM device WHERE account = ? AND name = ?",
            arguments: [account.value, name]
        ).map { Device(id: DeviceID($0[0]), name: $0[1]) }
    }

    static func user(of device: Device, _ database: Database) throws -> String? {
        try String.fetchOne(
            database,
            sql: "SELECT name FROM credential WHERE device = ?",
            arguments: [device.id.value]
        )
    }

    static func add(
        _ user: String,
        _ password: GeneratedPassword,
        to device: Device,
        _ account: AccountID,
        _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO credential (name, device, salt, hash) VALUES (?, ?, ?, ?)",
            arguments: [user, device.id.value, Data(password.salt), Data(password.hash)]
        )
        try database.execute(
            sql: "INSERT INTO identifier (account, kind, value, device) VALUES (?, ?, ?, ?)",
            arguments: [account.value, IdentifierKind.credential.rawValue, user, device.id.value]
        )
    }

    static func replace(with password: GeneratedPassword, of device: Device, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE credential SET salt = ?, hash = ? WHERE device = ?",
            arguments: [Data(password.salt), Data(password.hash), device.id.value]
        )
    }
}
