import Foundation
import GRDB
import Gateway

/// Messages and what is known of them, as rows.
enum MessageRows {
    private static let columns = """
        message.mailbox, message.number, account.login, message.uid, message.uidValidity, message.uidl, message.size,
        message.internalDate, message.gone, detail.messageID, detail.sender, detail.subject, detail.date
        """

    private static let tables = """
        message JOIN mailbox ON mailbox.id = message.mailbox JOIN account ON account.id = mailbox.account
        LEFT JOIN detail ON detail.mailbox = message.mailbox AND detail.number = message.number
        """

    /// `condition` is one of ours.
    static func summaries(
        where condition: String,
        _ arguments: StatementArguments,
        _ database: Database
    ) throws -> [MessageSummary] {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT \(self.columns) FROM \(self.tables) WHERE \(condition)",
            arguments: arguments
        )
        var summaries: [MessageSummary] = []
        while let row = try rows.next() {
            summaries.append(
                MessageSummary(
                    key: MessageKey(MailboxID(row[0]), UInt32(clamping: row[1] as Int64)),
                    account: row[2],
                    uid: UInt32(clamping: row[3] as Int64),
                    validity: UInt32(clamping: row[4] as Int64),
                    uniqueID: row[5],
                    size: (row[6] as Int64?).map { UInt32(clamping: $0) },
                    internalDate: row[7],
                    isGone: (row[8] as Int64) != 0,
                    text: (row[9] as Data?).map { Self.text($0, row[10], row[11], row[12]) }
                )
            )
        }
        return summaries
    }

    static func summary(_ key: MessageKey, _ database: Database) throws -> MessageSummary? {
        try self.summaries(
            where: "message.mailbox = ? AND message.number = ?",
            [key.mailbox.value, Int64(key.number)],
            database
        ).first
    }

    /// Of keys as the database has them; those of which there is no message are left out.
    static func summaries(_ stored: [Int64], _ database: Database) throws -> [MessageSummary] {
        try stored.compactMap { try MessageKey(stored: $0).flatMap { try self.summary($0, database) } }
    }

    /// The records with what the headers of their messages say.
    static func withTexts(_ records: [StoredRecord], _ database: Database) throws -> [StoredRecord] {
        var texts: [MessageKey: MessageText?] = [:]
        return try records.map { record in
            guard let key = record.key else { return record }
            let text: MessageText?
            if let known = texts[key] { text = known } else { text = try self.text(of: key, database) }
            texts[key] = .some(text)
            var record = record
            record.message = text
            return record
        }
    }

    private static func text(of key: MessageKey, _ database: Database) throws -> MessageText? {
        let statement = try database.cachedStatement(
            sql: "SELECT messageID, sender, subject, date FROM detail WHERE mailbox = ? AND number = ?"
        )
        let row = try Row.fetchOne(statement, arguments: [key.mailbox.value, Int64(key.number)])
        return row.map { Self.text($0[0], $0[1], $0[2], $0[3]) }
    }

    private static func text(_ messageID: Data, _ from: Data, _ subject: Data, _ date: Data) -> MessageText {
        MessageText(
            messageID: HeaderText.decoded([UInt8](messageID)),
            from: HeaderText.decoded([UInt8](from)),
            subject: HeaderText.decoded([UInt8](subject)),
            date: HeaderText.decoded([UInt8](date))
        )
    }
}
