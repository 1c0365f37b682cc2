import GRDB
import Gateway

extension SQLiteStore {
    /// Makes a device of a session that had no name: the device is known by the tag `name`, and by the session's MAC where
    /// it had one; and what that session asked to delete is hidden from it, so that nothing comes twice. `session` may be
    /// the beginning of an id. Synced, with its record.
    package func addDevice(
        _ name: String,
        fromSession session: String,
        by user: String
    ) async throws(StoreError) -> DeviceEntry {
        guard DeviceName.canonical(name.utf8) != nil else { throw .badName(name) }
        let (device, account, identifiers, hidden) = try await self.change { database, page in
            let past = try PastSession(session, database)
            guard try !DeviceRows.isTaken(name, past.account, database) else { throw StoreError.nameTaken(name) }
            var identifiers = [Identifier(kind: .tag, value: name.lowercased())]
            if let neighbour = past.neighbour { identifiers.append(Identifier(kind: .neighbour, value: neighbour)) }
            for identifier in identifiers where try DeviceRows.find(past.account, identifier, database) != nil {
                throw StoreError.nameTaken(identifier.value)
            }
            let device = try DeviceRows.make(name, past.account, identifiers, database)
            // It has seen everything: nothing of it may vanish, whatever a new device is to see.
            for mailbox in try DeviceRows.mailboxes(of: device.id, database) {
                try ViewRows.begin(device.id, mailbox, database)
            }
            if let mailbox = past.mailbox { try Ranges.hidden(device.id, mailbox).add(past.deleted, database) }
            let attempt = Attempt(
                action: .deviceAdd,
                outcome: .success,
                asked: "device add \(name) --from-session \(past.id)",
                answered: "",
                done: "hidden from \(name): \(past.deleted.count) messages that session \(past.id) asked to delete",
                numbers: past.deleted.isEmpty ? nil : past.deleted,
                mailbox: past.deleted.isEmpty ? nil : past.mailbox
            )
            try page.append(AuditRecord(time: page.time, origin: .operatorCommand(user: user), attempt: attempt))
            return (device, past.login, identifiers, past.deleted.count)
        }
        return DeviceEntry(
            device: device,
            account: account,
            identifiers: identifiers.map { "\($0.kind.rawValue) \($0.value)" },
            hidden: hidden,
            lastSeen: ""
        )
    }
}

/// What the record tells of a session that has ended.
private struct PastSession {
    let id: String
    let account: AccountID
    let login: String
    let mailbox: MailboxID?
    /// What its QUIT committed.
    let deleted: NumberRanges
    let neighbour: String?

    init(_ prefix: String, _ database: Database) throws {
        guard !prefix.isEmpty else { throw StoreError.unknownSession(prefix) }
        let ids = try String.fetchAll(
            database,
            sql: "SELECT DISTINCT session FROM record WHERE session >= ? AND session < ? LIMIT 2",
            arguments: [prefix, prefix + "\u{7F}"]
        )
        guard let id = ids.first else { throw StoreError.unknownSession(prefix) }
        guard ids.count == 1 || ids.contains(prefix) else { throw StoreError.ambiguousSession(prefix) }
        self.id = ids.contains(prefix) ? prefix : id
        let newestFirst = try RecordSearch(RecordFilter(session: self.id), database).newest(.max, upTo: .max)
        let records: [StoredRecord] = newestFirst.reversed()
        guard try Self.hasEnded(records, database) else { throw StoreError.sessionStillOpen(self.id) }
        guard
            let login = records.first(where: { $0.action == Attempt.Action.login.rawValue && $0.outcome == "success" })
        else {
            throw StoreError.sessionWithoutAccount(self.id)
        }
        self.mailbox = records.lazy.compactMap(\.mailbox).first
        let quit = records.last { $0.action == Attempt.Action.quit.rawValue && $0.outcome == "success" }
        self.deleted = quit?.rows ?? NumberRanges()
        let row: Row? =
            if let mailbox = self.mailbox {
                try Row.fetchOne(
                    database,
                    sql: "SELECT id, login FROM account WHERE id = (SELECT account FROM mailbox WHERE id = ?)",
                    arguments: [mailbox.value]
                )
            } else {
                try Row.fetchOne(
                    database,
                    sql: "SELECT id, login FROM account WHERE login = ?",
                    arguments: [login.account.lowercased()]
                )
            }
        guard let row else { throw StoreError.sessionWithoutAccount(self.id) }
        self.account = AccountID(row[0])
        self.login = row[1]
        self.neighbour = login.neighbour.isEmpty ? nil : login.neighbour
    }

    /// Its end is on record; or the server was killed under it, and has started since.
    private static func hasEnded(_ records: [StoredRecord], _ database: Database) throws -> Bool {
        if records.contains(where: { $0.action == Attempt.Action.sessionEnd.rawValue }) { return true }
        return try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM record WHERE action = ? AND sequence > ?)",
            arguments: [Attempt.Action.serverStart.rawValue, records.last?.sequence ?? 0]
        ) ?? false
    }
}
