import GRDB
import Gateway

/// The messages in whose Subject, From or Message-ID a text stands; where only hashes are kept, those of which one is this
/// text.
struct TextMatches {
    private let text: FoldedText
    /// Nil where none is found by its hash.
    private let hashed: HashedText?
    /// Nil: more than were wanted.
    let messages: Set<Int64>?

    init(_ text: String, hashed: HashedText?, limit: Int, _ database: Database) throws {
        self.text = FoldedText(text)
        let messages = try Self.messages(self.text, limit: limit + 1, database)
        let byHash = try hashed?.messages(limit: limit + 1, database) ?? []
        self.hashed = byHash.isEmpty ? nil : hashed
        self.messages = messages.count + byHash.count > limit ? nil : Set(messages + byHash)
    }

    /// Whether the message of the column `messageKey` is one of them, looked up for each.
    var condition: (sql: String, arguments: StatementArguments) {
        let byText = "EXISTS (SELECT 1 FROM messageText WHERE key = messageKey AND instr(text, ?) > 0)"
        guard let hashed else { return (byText, [self.text.text]) }
        let byHash = """
            EXISTS (SELECT 1 FROM hashedDetail WHERE mailbox = messageKey >> 32 AND number = messageKey & 4294967295
              AND \(HashedText.condition))
            """
        return ("(\(byText) OR \(byHash))", [self.text.text] + hashed.arguments)
    }

    /// The newest of each mailbox first; with `mailbox` of that one. What is searched is never read as a query: each word
    /// stands in quotation marks, and no mark is left in it.
    static func messages(
        _ text: FoldedText,
        in mailbox: MailboxID? = nil,
        limit: Int,
        _ database: Database
    ) throws -> [Int64] {
        let first = mailbox.flatMap { MessageKey($0, 0).stored } ?? 0
        let last = mailbox.flatMap { MessageKey($0, .max).stored } ?? .max
        let words = text.key
        guard !words.isEmpty else {
            return try Int64.fetchAll(
                database,
                sql: "SELECT key FROM messageText WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT ?",
                arguments: [first, last, limit]
            )
        }
        // A letter and a pair are words themselves. Of a longer text the words only say where to look.
        let isWord = words.count == 1
        let join = isWord ? "" : " JOIN messageText ON messageText.key = messageWord.rowid"
        let check = isWord ? "" : " AND instr(messageText.text, ?) > 0"
        var arguments: StatementArguments = [words.map { "\"\($0)\"" }.joined(separator: " AND "), first, last]
        if !isWord { arguments += [text.text] }
        arguments += [limit]
        let indexed = try Int64.fetchAll(
            database,
            sql: """
                SELECT messageWord.rowid FROM messageWord\(join)
                WHERE messageWord MATCH ? AND messageWord.rowid BETWEEN ? AND ?\(check)
                ORDER BY messageWord.rowid DESC LIMIT ?
                """,
            arguments: arguments
        )
        let waiting = try Int64.fetchAll(
            database,
            sql: """
                SELECT key FROM waitingText JOIN messageText USING (key)
                WHERE key BETWEEN ? AND ? AND instr(text, ?) > 0 ORDER BY key DESC LIMIT ?
                """,
            arguments: [first, last, text.text, limit]
        )
        return waiting.isEmpty ? indexed : Array((indexed + waiting).sorted(by: >).prefix(limit))
    }

    func contains(_ key: MessageKey?, _ database: Database) throws -> Bool {
        guard let key = key?.stored else { return false }
        if let messages = self.messages { return messages.contains(key) }
        let (condition, arguments) = self.condition
        let statement = try database.cachedStatement(
            sql: "SELECT \(condition) FROM (SELECT ? AS messageKey)"
        )
        return try Bool.fetchOne(statement, arguments: arguments + [key]) ?? false
    }
}
