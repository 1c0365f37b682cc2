import Foundation
import GRDB
import Gateway

/// A text as it is looked for where only hashes of details are kept: it must be the whole subject, the sender's address or
/// the Message-ID, with or without its brackets.
struct HashedText: Sendable {
    private let subject: Data
    private let sender: Data
    private let messageID: Data
    private let bracketed: Data

    /// Nil where there is no key of the hashes, and so there are none.
    init?(_ text: String, _ keeping: DetailKeeping) {
        let address = HeaderAddress.addresses(in: Array(text.utf8)).first ?? text
        guard let subject = keeping.hash(of: text, .subject), let sender = keeping.hash(of: address, .sender),
            let messageID = keeping.hash(of: text, .messageID),
            let bracketed = keeping.hash(of: "<\(text)>", .messageID)
        else { return nil }
        self.subject = Data(subject)
        self.sender = Data(sender)
        self.messageID = Data(messageID)
        self.bracketed = Data(bracketed)
    }

    /// Of a row of `hashedDetail`.
    static let condition = "(subject = ? OR sender = ? OR messageID = ? OR messageID = ?)"

    var arguments: StatementArguments { [self.subject, self.sender, self.messageID, self.bracketed] }

    /// Messages as `messageText.key` has them, the newest of each mailbox first; with `mailbox` those of that one.
    func messages(in mailbox: MailboxID? = nil, limit: Int, _ database: Database) throws -> [Int64] {
        try Int64.fetchAll(
            database,
            sql: """
                SELECT mailbox << 32 | number FROM hashedDetail WHERE \(Self.condition) AND (?5 IS NULL OR mailbox = ?5)
                ORDER BY mailbox DESC, number DESC LIMIT ?6
                """,
            arguments: self.arguments + [mailbox?.value, limit]
        )
    }
}
