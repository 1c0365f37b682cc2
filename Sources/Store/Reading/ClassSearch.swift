import GRDB

/// A search that classes lead: the index has each class's records in order, with time, account, address and message beside
/// them, and what fits of all of them is put in order here.
struct ClassSearch {
    private let classes: [RecordClass]
    private let filter: RecordFilter
    private let text: TextMatches?
    private let stretch: RecordStretch
    private let database: Database

    /// Those of `classes`; what the filter asks of a class is looked at no more.
    init(
        _ classes: [RecordClass],
        _ filter: RecordFilter,
        _ text: TextMatches?,
        _ stretch: RecordStretch,
        _ database: Database
    ) {
        self.classes = classes.filter { $0.newest >= stretch.first }
        self.filter = filter
        self.text = text
        self.stretch = stretch
        self.database = database
    }

    /// The numbers of the newest `limit` that fit, newest first. The classes are read in order of their newest record, until
    /// none of the next can have a newer one than those that were found.
    func newest(_ limit: Int) throws -> [Int64] {
        var found: [Int64] = []
        for recordClass in self.classes.sorted(by: { $0.newest > $1.newest }) {
            let oldest = found.count >= limit ? found[limit - 1] : self.stretch.first
            guard recordClass.newest >= oldest else { break }
            found += try self.numbers(of: recordClass, from: oldest, limit: limit)
            found.sort(by: >)
            if found.count > limit { found.removeLast(found.count - limit) }
        }
        return found
    }

    func count(_ limit: Int) throws -> Int {
        var count = 0
        for recordClass in self.classes where count < limit {
            count += try self.count(of: recordClass, limit: limit - count)
        }
        return count
    }

    /// The newest that fit of one class.
    private func numbers(of recordClass: RecordClass, from first: Int64, limit: Int) throws -> [Int64] {
        let (conditions, arguments) = self.conditions(of: recordClass, from: first)
        guard let messages = self.text?.messages else {
            return try Int64.fetchAll(
                try self.statement("sequence", conditions, limit: " LIMIT ?"),
                arguments: arguments + [limit]
            )
        }
        let rows = try Row.fetchCursor(try self.statement("messageKey, sequence", conditions), arguments: arguments)
        var numbers: [Int64] = []
        while numbers.count < limit, let row = try rows.next() {
            if messages.contains(row[0]) { numbers.append(row[1]) }
        }
        return numbers
    }

    private func count(of recordClass: RecordClass, limit: Int) throws -> Int {
        let (conditions, arguments) = self.conditions(of: recordClass, from: self.stretch.first)
        guard let messages = self.text?.messages else {
            let found = try self.statement("1", conditions, limit: " LIMIT ?", isCount: true)
            return try Int.fetchOne(found, arguments: arguments + [limit]) ?? 0
        }
        let keys = try Int64.fetchCursor(try self.statement("messageKey", conditions), arguments: arguments)
        var count = 0
        while count < limit, let key = try keys.next() { if messages.contains(key) { count += 1 } }
        return count
    }

    /// What rows of a class must fit, but for messages that are known by their keys.
    private func conditions(of recordClass: RecordClass, from first: Int64) -> ([String], StatementArguments) {
        var conditions = ["class = ?", "sequence BETWEEN ? AND ?"]
        var arguments: StatementArguments = [recordClass.stored, first, self.stretch.last]
        func ask(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        ask("time >= ?", self.filter.since)
        ask("time < ?", self.filter.until)
        // A class of a device has one account.
        let isOfAccount = recordClass.device != nil && self.filter.account.map { $0 == recordClass.account } == true
        if !isOfAccount { ask("account = ?", self.filter.account) }
        ask("ip = ?", self.filter.address)
        if let text = self.text {
            if text.messages != nil {
                conditions.append("messageKey IS NOT NULL")
            } else {
                // A text that stands in many messages is looked for in those of the records.
                let (condition, values) = text.condition
                conditions.append(condition)
                arguments += values
            }
        }
        return (conditions, arguments)
    }

    /// `columns` and `conditions` are ours.
    private func statement(
        _ columns: String,
        _ conditions: [String],
        limit: String = "",
        isCount: Bool = false
    ) throws -> Statement {
        let found = """
            SELECT \(columns) FROM record INDEXED BY recordClass WHERE \(conditions.joined(separator: " AND "))
            ORDER BY sequence DESC\(limit)
            """
        return try self.database.cachedStatement(sql: isCount ? "SELECT count(*) FROM (\(found))" : found)
    }
}
