import GRDB
import Gateway

/// One search of the record, in one snapshot of the database.
struct RecordSearch {
    /// From where on something is not rare any more. It changes what a search costs, and never what it finds.
    struct Limits: Sendable {
        /// Records of an address or account that leads.
        var records = 3_000
        /// Messages with a text that leads.
        var messages = 300
        /// Messages with a text that are known by number: beyond, each record's message is looked at.
        var knownMessages = 20_000
        /// Records that are listed before they are read in portions: beyond, the record is read from end to end.
        var listed = 50_000
        var portion = 1_000
    }

    private let filter: RecordFilter
    private let text: TextMatches?
    private let limits: Limits
    private let database: Database

    /// What leads to the records that may fit. What is rare among what is asked comes first: a session, a message, an address
    /// or account with few records, a text that stands in few messages. Where nothing is rare, the classes lead; and where
    /// only a time is asked, or nothing, the record itself.
    private enum Lead {
        case sequence
        /// A column with an index, and its value.
        case column(String, any DatabaseValueConvertible)
        case messages(Set<Int64>)
        case classes
    }

    /// `details` finds texts by their hashes, too.
    init(
        _ filter: RecordFilter,
        limits: Limits = Limits(),
        details: DetailKeeping? = nil,
        _ database: Database
    ) throws {
        let filter = filter.canonical
        let text = try filter.text.map { text in
            let hashed = details.flatMap { HashedText(text, $0) }
            return try TextMatches(text, hashed: hashed, limit: limits.knownMessages, database)
        }
        self.init(filter, text, limits, database)
    }

    private init(_ filter: RecordFilter, _ text: TextMatches?, _ limits: Limits, _ database: Database) {
        self.filter = filter
        self.text = text
        self.limits = limits
        self.database = database
    }

    /// The newest that fit, newest first.
    func newest(_ limit: Int, upTo last: Int64) throws -> [StoredRecord] {
        var found: [StoredRecord] = []
        try self.eachNumber(in: try self.narrowed(RecordStretch(1, last)), limit: limit) { number in
            if let record = try self.fitting(number) { found.append(record) }
            return found.count < limit
        }
        return try MessageRows.withTexts(found, self.database)
    }

    /// How many fit, counted up to `limit`.
    func count(_ limit: Int, upTo last: Int64) throws -> Int {
        let stretch = try self.narrowed(RecordStretch(1, last))
        guard !stretch.isEmpty, limit > 0 else { return 0 }
        switch try self.lead(upTo: stretch.last) {
        // A damaged record has no class, and is one.
        case .sequence where self.filter.since == nil && self.filter.until == nil:
            return try Int.fetchOne(
                self.database,
                sql: "SELECT count(*) FROM (SELECT 1 FROM record WHERE sequence BETWEEN ? AND ? LIMIT ?)",
                arguments: [stretch.first, stretch.last, limit]
            ) ?? 0
        case .sequence, .classes: return try self.classSearch(stretch).count(limit)
        case .column, .messages:
            var count = 0
            try self.eachNumber(in: stretch, limit: limit) { number in
                if try self.fitting(number) != nil { count += 1 }
                return count < limit
            }
            return count
        }
    }

    /// The numbers of those that may fit, newest first, until `body` has enough. It wants to see at most `limit` that fit.
    private func eachNumber(in stretch: RecordStretch, limit: Int, _ body: (Int64) throws -> Bool) throws {
        guard !stretch.isEmpty, limit > 0 else { return }
        let condition: String
        var arguments: StatementArguments = []
        switch try self.lead(upTo: stretch.last) {
        case .sequence: condition = "1"
        case .column(let column, let value):
            condition = "\(column) = ?"
            arguments = [value]
        case .messages(let messages): condition = "messageKey IN (\(messages.map(String.init).joined(separator: ",")))"
        case .classes:
            for number in try self.classSearch(stretch).newest(limit) { guard try body(number) else { return } }
            return
        }
        let numbers = try Int64.fetchCursor(
            self.database,
            sql: "SELECT sequence FROM record WHERE \(condition) AND sequence BETWEEN ? AND ? ORDER BY sequence DESC",
            arguments: arguments + [stretch.first, stretch.last]
        )
        while let number = try numbers.next() { guard try body(number) else { return } }
    }

    private func narrowed(_ stretch: RecordStretch) throws -> RecordStretch {
        try stretch.narrowed(since: self.filter.since, until: self.filter.until, self.database)
    }

    private func classSearch(_ stretch: RecordStretch) throws -> ClassSearch {
        let classes = try RecordClass.all(upTo: stretch.last, self.database).filter(self.filter.takes)
        return ClassSearch(classes, self.filter, self.text, stretch, self.database)
    }

    private func lead(upTo last: Int64) throws -> Lead {
        if let session = self.filter.session { return .column("session", session) }
        if let message = self.filter.message { return .column("messageKey", message.stored) }
        for (column, value) in [("ip", self.filter.address), ("account", self.filter.account)] {
            if let value, try self.isRare(column, value, upTo: last) { return .column(column, value) }
        }
        if let messages = self.text?.messages, messages.count <= self.limits.messages { return .messages(messages) }
        let isOfTime = self.filter.takesEveryClass && self.filter.address == nil && self.filter.account == nil
        return isOfTime && self.text == nil ? .sequence : .classes
    }

    private func isRare(_ column: String, _ value: String, upTo last: Int64) throws -> Bool {
        let count = try Int.fetchOne(
            self.database,
            sql: "SELECT count(*) FROM (SELECT 1 FROM record WHERE \(column) = ? AND sequence <= ? LIMIT ?)",
            arguments: [value, last, self.limits.records + 1]
        )
        return (count ?? 0) <= self.limits.records
    }

    /// The record of this number, if it fits.
    private func fitting(_ number: Int64) throws -> StoredRecord? {
        guard let record = try SQLiteStore.record(number, self.database) else { return nil }
        return try self.fits(record) ? record : nil
    }

    private func fits(_ record: StoredRecord) throws -> Bool {
        guard self.filter.fitsWithoutText(record) else { return false }
        return try self.text?.contains(record.key, self.database) ?? true
    }
}

// All that fits, oldest first and in portions, each in a snapshot of its own.
extension RecordSearch {
    /// How a search goes on from one snapshot to the next.
    struct Course: Sendable {
        fileprivate let filter: RecordFilter
        fileprivate let text: TextMatches?
        fileprivate let limits: Limits
        fileprivate var stretch: RecordStretch
        /// Those that may fit, oldest first; nil when they are too many to list.
        fileprivate var numbers: ArraySlice<Int64>?
        /// Whether a record comes with what the header of its message says.
        let hasTexts: Bool

        var isOver: Bool { self.stretch.isEmpty || self.numbers?.isEmpty == true }
    }

    init(_ course: Course, _ database: Database) { self.init(course.filter, course.text, course.limits, database) }

    func course(in stretch: RecordStretch, withTexts: Bool = true) throws -> Course {
        let stretch = try self.narrowed(stretch)
        var course = Course(
            filter: self.filter,
            text: self.text,
            limits: self.limits,
            stretch: stretch,
            numbers: nil,
            hasTexts: withTexts
        )
        if stretch.isEmpty { return course }
        if case .sequence = try self.lead(upTo: stretch.last) { return course }
        var numbers: [Int64] = []
        try self.eachNumber(in: stretch, limit: self.limits.listed + 1) { number in
            numbers.append(number)
            return numbers.count <= self.limits.listed
        }
        if numbers.count <= self.limits.listed { course.numbers = numbers.reversed()[...] }
        return course
    }

    /// The next that fit; perhaps none.
    func portion(of course: inout Course) throws -> [StoredRecord] {
        if let numbers = course.numbers {
            course.numbers = numbers.dropFirst(self.limits.portion)
            let found = try numbers.prefix(self.limits.portion).compactMap(self.fitting)
            return course.hasTexts ? try MessageRows.withTexts(found, self.database) : found
        }
        let rows = try Row.fetchCursor(
            try self.database.cachedStatement(
                sql: "SELECT sequence, body FROM record WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?"
            ),
            arguments: [course.stretch.first, course.stretch.last, self.limits.portion]
        )
        var count = 0
        var found: [StoredRecord] = []
        while let row = try rows.next() {
            count += 1
            let record = StoredRecord(sequence: row[0], body: row[1])
            if try self.fits(record) { found.append(record) }
            if count == self.limits.portion { course.stretch.first = record.sequence &+ 1 }
        }
        if count < self.limits.portion { course.stretch = RecordStretch(1, 0) }
        return course.hasTexts ? try MessageRows.withTexts(found, self.database) : found
    }
}
