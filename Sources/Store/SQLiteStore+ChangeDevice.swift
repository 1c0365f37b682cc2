import GRDB
package import Gateway

// What an operator changes about a device. Each is synced, with a record of its own; the server sees it at the next login.
extension SQLiteStore {
    /// Makes a device before it is first seen, known by `identifiers`; and its account, where that is new.
    package func addDevice(
        _ name: String,
        account: CredentialAccount,
        identifiers: [Identifier],
        by user: String
    ) async throws(StoreError) -> DeviceEntry {
        guard DeviceName.canonical(name.utf8) != nil else { throw .badName(name) }
        return try await self.change { database, page in
            let id = try AccountRows.makeUnlessKnown(account.upstream, account.login, database)
            guard try !DeviceRows.isTaken(name, id, database) else { throw StoreError.nameTaken(name) }
            try Self.requireFree(identifiers, id, database)
            let device = try DeviceRows.make(name, id, identifiers, database)
            try page.append(
                Self.record(
                    .deviceAdd,
                    "device add \(name)",
                    done: "made \(name) of \(account.login), known by \(Self.list(identifiers))",
                    by: user,
                    page
                )
            )
            return DeviceEntry(
                device: device,
                account: account.login,
                identifiers: identifiers.map(Self.text),
                hidden: 0,
                lastSeen: ""
            )
        }
    }

    /// Another name. The record keeps the name of the time, and a tag is what it was.
    package func rename(_ entry: DeviceEntry, to name: String, by user: String) async throws(StoreError) {
        guard DeviceName.canonical(name.utf8) != nil else { throw .badName(name) }
        let old = entry.device.name
        try await self.change { database, page in
            let account = try DeviceRows.account(of: entry.device.id, database)
            // Another case of the same name is no other device's.
            let isFree = try name.lowercased() == old.lowercased() || !DeviceRows.isTaken(name, account, database)
            guard isFree else { throw StoreError.nameTaken(name) }
            try database.execute(
                sql: "UPDATE device SET name = ? WHERE id = ?",
                arguments: [name, entry.device.id.value]
            )
            try page.append(
                Self.record(
                    .deviceRename,
                    "device rename \(old) \(name)",
                    done: "\(old) of \(entry.account) is called \(name)",
                    by: user,
                    page
                )
            )
        }
    }

    /// Makes a device known by more, or by less. Throws, and changes nothing, where another device has one of `added`, or
    /// this one has not all of `removed`.
    package func identify(
        _ entry: DeviceEntry,
        adding added: [Identifier],
        removing removed: [Identifier],
        by user: String
    ) async throws(StoreError) {
        let device = entry.device
        try await self.change { database, page in
            let account = try DeviceRows.account(of: device.id, database)
            try Self.requireFree(added, account, database)
            for identifier in added { try DeviceRows.add(identifier, to: device, account, database) }
            for identifier in removed {
                guard try DeviceRows.find(account, identifier, database)?.id == device.id else {
                    throw StoreError.unknownIdentifier(Self.text(identifier))
                }
                try database.execute(
                    sql: "DELETE FROM identifier WHERE account = ? AND kind = ? AND value = ?",
                    arguments: [account.value, identifier.kind.rawValue, identifier.value]
                )
                guard identifier.kind == .credential else { continue }
                try database.execute(sql: "DELETE FROM credential WHERE device = ?", arguments: [device.id.value])
            }
            let changes = [("also known by", added), ("no longer known by", removed)].filter { !$0.1.isEmpty }
                .map { "\($0) \(Self.list($1))" }
            try page.append(
                Self.record(
                    .deviceIdentify,
                    "device identify \(device.name)",
                    done: "\(device.name) of \(entry.account) is \(changes.joined(separator: ", and "))",
                    by: user,
                    page
                )
            )
        }
    }

    /// Forgets a device: what it is known by, what it has hidden, and its own unique-ids. What stands on record stays.
    package func remove(_ entry: DeviceEntry, by user: String) async throws(StoreError) {
        let device = entry.device
        try await self.change { database, page in
            _ = try DeviceRows.account(of: device.id, database)
            try DeviceRows.forget(device.id, successor: nil, database)
            try page.append(
                Self.record(
                    .deviceRemove,
                    "device remove \(device.name)",
                    done: "forgot \(device.name) of \(entry.account), and \(entry.hidden) messages hidden from it",
                    by: user,
                    page
                )
            )
        }
    }

    static func record(
        _ action: Attempt.Action,
        _ asked: String,
        done: String,
        by user: String,
        _ page: Journal.Page
    ) -> AuditRecord {
        let attempt = Attempt(action: action, outcome: .success, asked: asked, answered: "", done: done)
        return AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt)
    }

    private static func requireFree(
        _ identifiers: [Identifier],
        _ account: AccountID,
        _ database: Database
    ) throws {
        for identifier in identifiers {
            guard let other = try DeviceRows.find(account, identifier, database) else { continue }
            throw StoreError.identifierTaken(self.text(identifier), device: other.name)
        }
    }

    static func text(_ identifier: Identifier) -> String { "\(identifier.kind.rawValue) \(identifier.value)" }

    private static func list(_ identifiers: [Identifier]) -> String {
        identifiers.isEmpty ? "nothing" : identifiers.map(self.text).joined(separator: ", ")
    }
}
