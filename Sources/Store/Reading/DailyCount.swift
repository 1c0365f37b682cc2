import GRDB
import Gateway

/// Counts attempts by days, from the index of classes.
struct DailyCount {
    private struct Attempts {
        var retrieved = 0
        var askedToDelete = 0
        var refused = 0
    }

    private let since: String
    private let until: String
    private let stretch: RecordStretch
    private let database: Database
    private var attempts: [String: Attempts] = [:]

    init(since: String, until: String, _ stretch: RecordStretch, _ database: Database) {
        self.since = since
        self.until = until
        self.stretch = stretch
        self.database = database
    }

    var days: [DailyAttempts] {
        self.attempts.map { day, attempts in
            DailyAttempts(
                day: day,
                retrieved: attempts.retrieved,
                askedToDelete: attempts.askedToDelete,
                refused: attempts.refused
            )
        }.sorted { $0.day < $1.day }
    }

    mutating func take(_ recordClass: RecordClass) throws {
        if recordClass.isWholeDelivery {
            try self.count(recordClass) { $0.retrieved += $1 }
        } else if recordClass.isDeletionRequest {
            try self.count(recordClass) { $0.askedToDelete += $1 }
        } else if recordClass.action == Attempt.Action.refusal.rawValue {
            try self.countRefusals(recordClass)
        }
    }

    private mutating func count(_ recordClass: RecordClass, _ add: (inout Attempts, Int) -> Void) throws {
        let rows = try self.rows("substr(time, 1, 10) AS its, count(*)", recordClass, "GROUP BY its")
        while let row = try rows.next() { add(&self.attempts[row[0], default: Attempts()], row[1]) }
    }

    /// A flood of them is one record with a count.
    private mutating func countRefusals(_ recordClass: RecordClass) throws {
        let rows = try self.rows("substr(time, 1, 10), sequence, body", recordClass)
        while let row = try rows.next() {
            let record = StoredRecord(sequence: row[1], body: row[2])
            self.attempts[row[0], default: Attempts()].refused += record.refusedLogins
        }
    }

    /// `columns` and `end` are ours.
    private func rows(_ columns: String, _ recordClass: RecordClass, _ end: String = "") throws -> RowCursor {
        try Row.fetchCursor(
            try self.database.cachedStatement(
                sql: """
                    SELECT \(columns) FROM record INDEXED BY recordClass
                    WHERE class = ? AND sequence BETWEEN ? AND ? AND time >= ? AND time < ? \(end)
                    """
            ),
            arguments: [recordClass.stored, self.stretch.first, self.stretch.last, self.since, self.until]
        )
    }
}
