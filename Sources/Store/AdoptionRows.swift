import GRDB
import Gateway
import POP3

enum AdoptionRows {
    static func set(
        _ state: AdoptionState,
        _ mailbox: MailboxID,
        _ counts: AdoptionCounts,
        time: Int64,
        _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO adoption (mailbox, state, time, matched, unmatched) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (mailbox) DO UPDATE SET state = excluded.state, time = excluded.time,
                  matched = excluded.matched, unmatched = excluded.unmatched
                """,
            arguments: [
                mailbox.value, state.rawValue, Timestamp.text(time), counts.matched,
                counts.unmatchedTheirs + counts.collisions,
            ]
        )
    }
}

/// Gives messages the unique-ids that were learned for them.
struct LearnedRows {
    let mailbox: MailboxID
    let database: Database

    /// A message that gets another text, and the one it had.
    private struct Renaming {
        let row: Int64
        let old: String
        let new: String
    }

    /// Texts that stand for no message any more do not keep their message from a new one; their keys are kept.
    func retire(except paired: Set<String>) throws {
        let texts = try String.fetchAll(
            self.database,
            sql: "SELECT uidl FROM learned WHERE mailbox = ? AND number IS NOT NULL",
            arguments: [self.mailbox.value]
        )
        let update = try self.database.cachedStatement(
            sql: "UPDATE learned SET number = NULL WHERE mailbox = ? AND uidl = ?"
        )
        for text in texts where !paired.contains(text) { try update.execute(arguments: [self.mailbox.value, text]) }
    }

    func apply(replacing: Bool) throws -> AdoptionResult {
        var result = AdoptionResult()
        if replacing { try self.forgetForDevices() }
        let given = try self.given(&result)
        let displaced = try self.displaced(by: given)
        let renamings = given + displaced
        result.changed = given.count
        if !replacing { result.unchangedDevices = try self.keepForDevices(renamings) }
        let update = try self.database.cachedStatement(
            sql: "UPDATE message SET uidl = ? WHERE mailbox = ? AND number = ?"
        )
        // Two may exchange their texts: a blank, which no unique-id has, keeps them apart meanwhile.
        for one in renamings { try update.execute(arguments: [" \(one.row)", self.mailbox.value, one.row]) }
        for one in renamings { try update.execute(arguments: [one.new, self.mailbox.value, one.row]) }
        return result
    }

    /// What is learned, may be served, and is not what the message has already.
    private func given(_ result: inout AdoptionResult) throws -> [Renaming] {
        let rows = try Row.fetchAll(
            self.database,
            sql: """
                SELECT learned.uidl, message.number, message.uidl FROM learned
                JOIN message ON message.mailbox = learned.mailbox AND message.number = learned.number
                WHERE learned.mailbox = ? AND NOT EXISTS (
                  SELECT 1 FROM learned AS present WHERE present.mailbox = message.mailbox
                    AND present.uidl = message.uidl AND present.number = message.number)
                ORDER BY message.number, learned.uidl
                """,
            arguments: [self.mailbox.value]
        )
        // Of two for one message neither is certain.
        let texts = Dictionary(rows.map { ($0[1] as Int64, 1) }, uniquingKeysWith: +)
        var renamings: [Renaming] = []
        for row in rows {
            let (new, number, old): (String, Int64, String) = (row[0], row[1], row[2])
            guard texts[number] == 1, UniqueID(new) != nil, try !self.isKnownByDevices(new, otherThan: number) else {
                result.unusable += 1
                continue
            }
            renamings.append(Renaming(row: number, old: old, new: new))
        }
        return renamings
    }

    /// A device that was given this text for another message, e.g. for one that was restored, would see it twice.
    private func isKnownByDevices(_ text: String, otherThan row: Int64) throws -> Bool {
        let statement = try self.database.cachedStatement(
            sql: "SELECT EXISTS (SELECT 1 FROM deviceUIDL WHERE mailbox = ? AND uidl = ? AND number <> ?)"
        )
        return try Bool.fetchOne(statement, arguments: [self.mailbox.value, text, row]) ?? false
    }

    /// Other messages that have such a text by chance: a learned one wins, theirs gets a suffix (U-15).
    private func displaced(by given: [Renaming]) throws -> [Renaming] {
        let taken = Set(given.map(\.new))
        let rows = Set(given.map(\.row))
        let find = try self.database.cachedStatement(sql: "SELECT number FROM message WHERE mailbox = ? AND uidl = ?")
        var renamings: [Renaming] = []
        for text in given.map(\.new) {
            guard let number = try Int64.fetchOne(find, arguments: [self.mailbox.value, text]), !rows.contains(number)
            else { continue }
            var suffix = 2
            while true {
                let candidate = "\(text.prefix(58))-\(suffix)"
                let isFree = try !ListingRows.isTaken(candidate, self.mailbox, self.database)
                if isFree, !taken.contains(candidate), !renamings.contains(where: { $0.new == candidate }) {
                    renamings.append(Renaming(row: number, old: text, new: candidate))
                    break
                }
                suffix += 1
            }
        }
        return renamings
    }

    /// All that earlier runs kept for devices, also for messages whose text another has now: a device that heard the new
    /// text of one and the kept of the other could hear the same twice.
    private func forgetForDevices() throws {
        try self.database.execute(
            sql: "DELETE FROM deviceUIDL WHERE mailbox = ? AND generation = ?",
            arguments: [self.mailbox.value, UniqueIDGeneration.known]
        )
    }

    /// Devices that were shown the mailbox before go on with the texts they know. Returns how many these are.
    private func keepForDevices(_ renamings: [Renaming]) throws -> Int {
        let devices = try Int64.fetchAll(
            self.database,
            sql: "SELECT device FROM beginning WHERE mailbox = ? UNION SELECT device FROM hidden WHERE mailbox = ?",
            arguments: [self.mailbox.value, self.mailbox.value]
        )
        let insert = try self.database.cachedStatement(
            sql: """
                INSERT INTO deviceUIDL (device, mailbox, number, generation, uidl)
                SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS
                  (SELECT 1 FROM deviceUIDL WHERE device = ? AND mailbox = ? AND number = ?)
                """
        )
        guard !renamings.isEmpty else { return 0 }
        for device in devices {
            for one in renamings {
                try insert.execute(arguments: [
                    device, self.mailbox.value, one.row, UniqueIDGeneration.known, one.old,
                    device, self.mailbox.value, one.row,
                ])
            }
        }
        return devices.count
    }
}
