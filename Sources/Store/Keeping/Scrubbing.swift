import GRDB

/// Takes what was deleted out of the pages of a table too. SQLite overwrites deleted rows (`secure_delete`), but where rows
/// once moved from one page to another it leaves their old octets in the gap of a page. Such a page is given up whole, and
/// then it is overwritten.
enum Scrubbing {
    /// Where text of headers stands.
    private static let tables = ["detail", "hashedDetail", "messageText"]
    private static let scratch = "scrubbing"

    static func run(_ database: Database) throws {
        try MessageTexts.indexWaiting(database)
        for table in self.tables { try self.rewrite(table, database) }
        // The index of words only knows that some are no longer meant; this makes it forget them.
        try database.execute(sql: "INSERT INTO messageWord (messageWord) VALUES ('optimize')")
    }

    /// Writes all rows of a table anew.
    private static func rewrite(_ table: String, _ database: Database) throws {
        // Triggers tell others that rows come and go, and none does. Without them all pages are given up at once.
        let triggers = try Row.fetchAll(
            database,
            sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
            arguments: [table]
        )
        for trigger in triggers {
            try database.execute(sql: "DROP TRIGGER \((trigger[0] as String).quotedDatabaseIdentifier)")
        }
        try database.execute(
            sql: """
                CREATE TABLE \(self.scratch) AS SELECT * FROM \(table);
                DELETE FROM \(table);
                INSERT INTO \(table) SELECT * FROM \(self.scratch) ORDER BY 1, 2;
                DROP TABLE \(self.scratch);
                """
        )
        for trigger in triggers { try database.execute(sql: trigger[1]) }
    }
}
