import Foundation
import GRDB
import Gateway

/// The text by which a message is found, made from its detail: Subject, From and Message-ID, decoded and folded. It is
/// personal like the detail, and goes with it: a trigger sees to that, whoever deletes the detail.
///
/// A commit that touches the index of words costs several times what the words do. So a new text waits in `waitingText`, where
/// a search looks through it, until so many wait that they go into the index together.
enum MessageTexts {
    private static let mostWaiting = 64

    /// Makes the texts of details from before there were any.
    static func fill(_ database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT mailbox, number, messageID, sender, subject FROM detail")
        while let row = try rows.next() {
            guard let number = UInt32(exactly: row[1] as Int64) else { continue }
            guard let key = MessageKey(MailboxID(row[0]), number).stored else { continue }
            let text = try self.add(messageID: row[2], from: row[3], subject: row[4], key, database)
            try self.index(text, key, database)
        }
    }

    static func add(_ details: MessageDetails, _ key: MessageKey, _ database: Database) throws {
        guard let key = key.stored else { return }
        _ = try self.add(
            messageID: Data(details.messageID),
            from: Data(details.from),
            subject: Data(details.subject),
            key,
            database
        )
        try database.cachedStatement(sql: "INSERT INTO waitingText (key) VALUES (?)").execute(arguments: [key])
        let count = try Int.fetchOne(database.cachedStatement(sql: "SELECT count(*) FROM waitingText")) ?? 0
        if count >= self.mostWaiting { try self.indexWaiting(database) }
    }

    /// Puts the words of all texts that wait into the index.
    static func indexWaiting(_ database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT key, text FROM waitingText JOIN messageText USING (key) ORDER BY key"
        )
        for row in rows { try self.index(FoldedText(folded: row[1]), row[0], database) }
        try database.execute(sql: "DELETE FROM waitingText")
    }

    private static func index(_ text: FoldedText, _ key: Int64, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO messageWord (rowid, words) VALUES (?, ?)")
            .execute(arguments: [key, text.words])
    }

    private static func add(
        messageID: Data,
        from: Data,
        subject: Data,
        _ key: Int64,
        _ database: Database
    ) throws -> FoldedText {
        let fields = [subject, from, messageID].map { HeaderText.decoded([UInt8]($0)) }
        let text = FoldedText.joined(fields)
        try database.cachedStatement(sql: "INSERT INTO messageText (key, text) VALUES (?, ?)")
            .execute(arguments: [key, text.text])
        return text
    }
}

extension MessageKey {
    private static let rowBits: Int64 = 32

    /// As one number, as the columns `record.messageKey` and `messageText.key` have it; nil for a mailbox that no database
    /// of ours has.
    var stored: Int64? {
        guard (1...Int64(Int32.max)).contains(self.mailbox.value) else { return nil }
        return self.mailbox.value << Self.rowBits | Int64(self.number)
    }

    init?(stored: Int64) {
        guard stored > 0, let number = UInt32(exactly: stored & 0xFFFF_FFFF) else { return nil }
        self.init(MailboxID(stored >> Self.rowBits), number)
    }
}
