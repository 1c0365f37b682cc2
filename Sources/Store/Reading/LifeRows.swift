import GRDB
import Gateway

/// The life of one message, read in one snapshot.
struct LifeRows {
    private let key: MessageKey
    private let message: MessageSummary
    private let database: Database

    /// Nil when there is no such message.
    init?(_ key: MessageKey, _ database: Database) throws {
        guard let message = try MessageRows.summary(key, database) else { return nil }
        self.key = key
        self.message = message
        self.database = database
    }

    func read() throws -> MessageLife {
        let records = try self.records()
        let times = try Row.fetchOne(
            self.database,
            sql: "SELECT firstSeen, vanished FROM message WHERE mailbox = ? AND number = ?",
            arguments: [self.key.mailbox.value, Int64(self.key.number)]
        )
        return MessageLife(
            message: self.message,
            firstSeen: times?[0],
            vanished: times?[1],
            records: records,
            standings: try self.standings(records)
        )
    }

    /// Those that speak of it alone, those that name it among others, and the commits of the sessions that marked it. A commit
    /// from before commits named their mailbox is known by what else its session did.
    private func records() throws -> [StoredRecord] {
        let own = try self.fetch("messageKey = ?", [self.key.stored])
        let others = try self.fetch(
            """
            mailbox = ? AND rows IS NOT NULL AND messageKey IS NULL AND action NOT IN ('quit', 'session-end')
            """,
            [self.key.mailbox.value]
        )
        var commits: [StoredRecord] = []
        for session in Set(own.filter(\.isDeletionRequest).map(\.session)) {
            commits += try self.fetch("session = ? AND action IN ('quit', 'session-end')", [session])
                .filter { $0.mailbox == nil || $0.mailbox == self.key.mailbox }
        }
        let known = Set(own.map(\.sequence))
        let named = (others + commits).filter {
            !known.contains($0.sequence) && $0.rows.contains(self.key.number)
        }
        return try MessageRows.withTexts(own + named, self.database).sorted { $0.sequence < $1.sequence }
    }

    /// `condition` is one of ours.
    private func fetch(_ condition: String, _ arguments: StatementArguments) throws -> [StoredRecord] {
        let rows = try Row.fetchCursor(
            self.database,
            sql: "SELECT sequence, body FROM record WHERE \(condition)",
            arguments: arguments
        )
        var records: [StoredRecord] = []
        while let row = try rows.next() { records.append(StoredRecord(sequence: row[0], body: row[1])) }
        return records
    }

    private func standings(_ records: [StoredRecord]) throws -> [MessageLife.Standing] {
        let successors = try Successors(self.database)
        var got: [DeviceID: String] = [:]
        var asked: [DeviceID: String] = [:]
        var hid: [DeviceID: String] = [:]
        for record in records {
            guard let device = record.deviceID.map(successors.of) else { continue }
            if record.isWholeDelivery { got[device] = record.time }
            if record.isDeletionRequest { asked[device] = record.time }
            if record.effect == .hidden { hid[device] = record.time }
        }
        let rows = try Row.fetchAll(
            self.database,
            sql: """
                SELECT id, name FROM device WHERE account = (SELECT account FROM mailbox WHERE id = ?) ORDER BY name
                """,
            arguments: [self.key.mailbox.value]
        )
        return try rows.map { row in
            let device = Device(id: DeviceID(row[0]), name: row[1])
            return MessageLife.Standing(
                device: device,
                got: got[device.id],
                asked: asked[device.id],
                hid: hid[device.id],
                isHidden: try Ranges.hidden(device.id, self.key.mailbox).read(self.database)
                    .contains(self.key.number),
                isSkipped: try Ranges.skipped(device.id, self.key.mailbox).read(self.database)
                    .contains(self.key.number)
            )
        }
    }
}

/// Which device goes on in the place of one that was merged.
struct Successors {
    private let successors: [DeviceID: DeviceID]

    init(_ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT id, successor FROM formerDevice WHERE successor IS NOT NULL"
        )
        self.successors = Dictionary(rows.map { (DeviceID($0[0]), DeviceID($0[1])) }) { first, _ in first }
    }

    func of(_ device: DeviceID) -> DeviceID { self.successors[device] ?? device }

    func predecessors(of device: DeviceID) -> [DeviceID] {
        self.successors.filter { $0.value == device }.map(\.key)
    }
}

extension StoredRecord {
    /// A message was served to its end. TOP does so for some mail programs.
    var isWholeDelivery: Bool { self.outcome == "success" && self.effect == .served && self.done.hasSuffix(", whole") }

    /// Of a notice of our own it is none.
    var isDeletionRequest: Bool {
        self.action == Attempt.Action.dele.rawValue && self.outcome == "success" && self.effect != .other
    }
}
