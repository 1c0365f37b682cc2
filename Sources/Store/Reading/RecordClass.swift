import GRDB
import Gateway

/// What many records have in common, as the column `record.class` has it.
struct RecordClass {
    let stored: String
    /// Nil: no device was known.
    let device: DeviceID?
    let name: Substring
    let action: Substring
    let outcome: Substring
    /// As `record.effect` has it.
    let effect: Substring
    let identifiedBy: Substring
    /// Of the device; empty where none was known, whatever account was asked for.
    let account: Substring
    /// The newest record of it that was asked for.
    let newest: Int64

    private static let separator: Character = "\u{1F}"

    private init(_ stored: String, newest: Int64) {
        let parts = stored.split(separator: Self.separator, omittingEmptySubsequences: false)
        // What no record of ours has says nothing.
        func part(_ index: Int) -> Substring { parts.count == 7 ? parts[index] : "" }
        let device = Int64(part(0)) ?? 0
        self.stored = stored
        self.device = device == 0 ? nil : DeviceID(device)
        self.name = part(1)
        self.action = part(2)
        self.outcome = part(3)
        self.effect = part(4)
        self.identifiedBy = part(5)
        self.account = part(6)
        self.newest = newest
    }

    /// A message was served to its end.
    var isWholeDelivery: Bool { self.outcome == "success" && self.effect == RecordedEffect.whole }

    /// Of a notice of our own it is none.
    var isDeletionRequest: Bool {
        self.action == Attempt.Action.dele.rawValue && self.outcome == "success"
            && self.effect != RecordedEffect.other.rawValue
    }

    /// All classes that have records up to `last`; with `device` those of that one. Costs a look for each, however many
    /// records there are.
    static func all(of device: DeviceID? = nil, upTo last: Int64, _ database: Database) throws -> [RecordClass] {
        let begin = device.map { "\($0.value)\(Self.separator)" } ?? ""
        // Behind all that begin so; any text begins with a digit.
        let end = device.map { "\($0.value) " } ?? ":"
        let statement = try database.cachedStatement(
            sql: """
                WITH RECURSIVE found (class) AS (
                  SELECT min(class) FROM record WHERE class >= ?1 AND class < ?2
                  UNION ALL SELECT (SELECT min(class) FROM record WHERE class > found.class AND class < ?2) FROM found
                  WHERE found.class IS NOT NULL)
                SELECT class, (SELECT max(sequence) FROM record WHERE class = found.class AND sequence <= ?3) FROM found
                WHERE class IS NOT NULL
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [begin, end, last])
        var classes: [RecordClass] = []
        while let row = try rows.next() {
            // Nil: all of it is newer.
            guard let newest = row[1] as Int64? else { continue }
            classes.append(RecordClass(row[0], newest: newest))
        }
        return classes
    }
}

extension RecordFilter {
    /// Whether it asks for nothing that a class tells.
    var takesEveryClass: Bool {
        self.device == nil && self.action == nil && self.outcome == nil && self.done == nil
            && self.identifiedBy == nil && !self.leavesOutOwnWork
    }

    func takes(_ recordClass: RecordClass) -> Bool {
        if let device = self.device, device.lowercased() != recordClass.name.lowercased() { return false }
        if let action = self.action, action != recordClass.action { return false }
        if self.leavesOutOwnWork, Self.ownWork.contains(String(recordClass.action)) { return false }
        if let outcome = self.outcome, outcome != recordClass.outcome { return false }
        if let done = self.done, RecordedEffect(stored: recordClass.effect) != done { return false }
        if let account = self.account, recordClass.device != nil,
            account.lowercased() != recordClass.account.lowercased()
        {
            return false
        }
        return self.identifiedBy.map { $0 == recordClass.identifiedBy } ?? true
    }
}
