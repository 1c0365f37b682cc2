import GRDB
import LibCrypto

/// One digest over all that a table holds, in an order that does not depend on how it lies in the file: equal digests mean
/// equal tables.
struct TableDigest {
    let rows: Int
    let digest: [UInt8]

    /// Tables of this database, without those of SQLite itself; what a virtual table keeps stands in real ones.
    static func tables(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                  AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name
                """
        )
    }

    init(of table: String, _ database: Database) throws {
        let columns = try Row.fetchAll(
            database,
            sql: "SELECT name, pk, hidden FROM pragma_table_xinfo(?)",
            arguments: [table]
        )
        let keys = columns.filter { ($0[1] as Int) > 0 }.sorted { ($0[1] as Int) < ($1[1] as Int) }
        // Columns that are made from others (hidden 2 and 3) say nothing of their own.
        let stored = columns.filter { ($0[2] as Int) == 0 }
        func list(_ columns: [Row]) -> String {
            columns.map { ($0[0] as String).quotedDatabaseIdentifier }.joined(separator: ", ")
        }
        let order = keys.isEmpty ? "rowid" : list(keys)
        let cursor = try Row.fetchCursor(
            database,
            sql: "SELECT \(list(stored)) FROM \(table.quotedDatabaseIdentifier) ORDER BY \(order)"
        )
        let hasher = SHA256()
        hasher.update(Array(list(stored).utf8))
        var rows = 0
        while let row = try cursor.next() {
            rows += 1
            for index in 0..<row.count { Self.add(row, index, to: hasher) }
        }
        self.rows = rows
        self.digest = hasher.finalize()
    }

    /// Each value behind its kind and length, so that none can pass for the end of another.
    private static func add(_ row: Row, _ index: Int, to hasher: SHA256) {
        let value: DatabaseValue = row[index]
        switch value.storage {
        case .null: hasher.update([0])
        case .int64(let number): hasher.update([1] + self.octets(UInt64(bitPattern: number)))
        case .double(let number): hasher.update([2] + self.octets(number.bitPattern))
        case .string(let text):
            let octets = Array(text.utf8)
            hasher.update([3] + self.octets(UInt64(octets.count)))
            hasher.update(octets)
        case .blob(let data):
            hasher.update([4] + self.octets(UInt64(data.count)))
            hasher.update([UInt8](data))
        }
    }

    private static func octets(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}
