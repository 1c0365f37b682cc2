import GRDB

/// A part of the record, from one number to another, outside of which nothing fits.
struct RecordStretch {
    var first: Int64
    var last: Int64

    var isEmpty: Bool { self.first > self.last }

    init(_ first: Int64, _ last: Int64) {
        self.first = first
        self.last = last
    }

    /// Where the records of a period lie. Clocks are set back: so among them may be some of another time, but none of them
    /// lies elsewhere.
    func narrowed(since: String?, until: String?, _ database: Database) throws -> RecordStretch {
        guard since != nil || until != nil else { return self }
        let statement = try database.cachedStatement(
            sql: """
                WITH RECURSIVE found (day) AS (
                  SELECT min(day) FROM record WHERE day >= ?1 AND day <= ?2
                  UNION ALL SELECT (SELECT min(day) FROM record WHERE day > found.day AND day <= ?2) FROM found
                  WHERE found.day IS NOT NULL)
                SELECT (SELECT min(sequence) FROM record WHERE day = found.day),
                  (SELECT max(sequence) FROM record WHERE day = found.day)
                FROM found WHERE day IS NOT NULL
                """
        )
        // The period's days: a time begins with its day, so a longer text is never before its own beginning.
        let days: StatementArguments = [
            since.map { String($0.prefix(10)) } ?? "", until.map { String($0.prefix(10)) } ?? "~",
        ]
        let rows = try Row.fetchCursor(statement, arguments: days)
        var narrowed = RecordStretch(.max, .min)
        while let row = try rows.next() {
            narrowed.first = min(narrowed.first, row[0])
            narrowed.last = max(narrowed.last, row[1])
        }
        return RecordStretch(max(self.first, narrowed.first), min(self.last, narrowed.last))
    }
}
