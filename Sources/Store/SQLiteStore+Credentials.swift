import Foundation
import GRDB
package import Gateway

// Names and passwords that devices have of their own.
extension SQLiteStore {
    package func credential(_ name: String) async throws(StoreFailure) -> DeviceCredential? {
        try self.lookUp { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT device.id, device.name, account.id, account.login, credential.salt, credential.hash
                    FROM credential JOIN device ON device.id = credential.device
                    JOIN account ON account.id = device.account WHERE credential.name = ?
                    """
            )
            return try Row.fetchOne(statement, arguments: [name]).map { row in
                DeviceCredential(
                    device: Device(id: DeviceID(row[0]), name: row[1]),
                    account: AccountID(row[2]),
                    login: row[3],
                    salt: [UInt8](row[4] as Data),
                    hash: [UInt8](row[5] as Data)
                )
            }
        }
    }

    /// The names of the devices that have a password of their own, by the login of their account.
    package func devicesWithCredentials() async throws(StoreError) -> [String: [String]] {
        try await self.ask { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT account.login, device.name FROM credential JOIN device ON device.id = credential.device
                    JOIN account ON account.id = device.account ORDER BY device.name
                    """
            )
            return Dictionary(grouping: rows) { $0[0] as String }.mapValues { $0.map { $0[1] as String } }
        }
    }

    /// Gives the device `name` of the account a user name and a password of its own, and makes account and device where
    /// they are new. Synced, with its record, in which the password does not stand.
    package func addCredential(
        _ name: String,
        user: String,
        account: CredentialAccount,
        by operatorName: String
    ) async throws(StoreError) -> IssuedCredential {
        guard DeviceName.canonical(name.utf8) != nil else { throw .badName(name) }
        let login = LoginName(user).normalised
        guard Self.isUserName(login) else { throw .badUser(user) }
        let made = GeneratedPassword()
        let device = try await self.change { database, page in
            let id = try AccountRows.makeUnlessKnown(account.upstream, account.login, database)
            guard try !CredentialRows.isTaken(login, database) else { throw StoreError.userTaken(login) }
            let device =
                if let known = try CredentialRows.device(name, id, database) {
                    known
                } else {
                    try DeviceRows.make(name, id, [], database)
                }
            guard try CredentialRows.user(of: device, database) == nil else {
                throw StoreError.hasCredential(device.name)
            }
            try CredentialRows.add(login, made, to: device, id, database)
            try page.append(
                Self.record(
                    .deviceAdd,
                    "device add \(device.name) --password",
                    login,
                    account.login,
                    operatorName,
                    page
                )
            )
            return device
        }
        return IssuedCredential(device: device.name, account: account.login, user: login, password: made.text)
    }

    /// Another password for a device that has one; the old one is void at once. Synced, with its record.
    package func rotateCredential(
        of entry: DeviceEntry,
        by operatorName: String
    ) async throws(StoreError) -> IssuedCredential {
        let made = GeneratedPassword()
        let device = entry.device
        let user = try await self.change { database, page in
            guard let user = try CredentialRows.user(of: device, database) else {
                throw StoreError.noCredential(device.name)
            }
            try CredentialRows.replace(with: made, of: device, database)
            try page.append(
                Self.record(.deviceRotate, "device rotate \(device.name)", user, entry.account, operatorName, page)
            )
            return user
        }
        return IssuedCredential(device: device.name, account: entry.account, user: user, password: made.text)
    }

    private static func record(
        _ action: Attempt.Action,
        _ asked: String,
        _ user: String,
        _ account: String,
        _ operatorName: String,
        _ page: Journal.Page
    ) -> AuditRecord {
        let attempt = Attempt(
            action: action,
            outcome: .success,
            asked: asked,
            answered: "",
            done: "the device logs in to \(account) as \(user), with a new password"
        )
        return AuditRecord(time: page.time, origin: .operatorCommand(user: operatorName), attempt: attempt)
    }

    /// What a mail program takes as a user name without asking back; a `#` would make it a login with a tag.
    private static func isUserName(_ user: String) -> Bool {
        (1...64).contains(user.utf8.count)
            && user.utf8.allSatisfy { octet in
                switch octet {
                case 0x30...0x39, 0x61...0x7A: true
                case _: "@._-+".utf8.contains(octet)
                }
            }
    }
}
