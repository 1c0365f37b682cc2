import Foundation
import GRDB
package import Gateway
import LibCrypto
import Synchronization

/// What is kept of the details of messages, and the key of their hashes where no text may be: the one door through which
/// they come into the database.
final class DetailKeeping: Sendable {
    private let policy: Mutex<MessageDetailsPolicy>
    /// Nil where no server has made one yet.
    private let key: HMACKey?

    init(policy: MessageDetailsPolicy, key: HMACKey?) {
        self.policy = Mutex(policy)
        self.key = key
    }

    func take(_ new: MessageDetailsPolicy) { self.policy.withLock { $0 = new } }

    func kept(of mailbox: MailboxID, _ database: Database) throws -> DetailsKept {
        let policy = self.policy.withLock { $0 }
        guard !policy.accounts.isEmpty else { return policy.standard }
        let statement = try database.cachedStatement(
            sql: "SELECT login FROM account WHERE id = (SELECT account FROM mailbox WHERE id = ?)"
        )
        let login = try String.fetchOne(statement, arguments: [mailbox.value])
        return login.map { policy.kept(of: $0) } ?? policy.standard
    }

    /// What stands for a field where no text may be: equal for equal texts as people see them.
    enum Field: String {
        case messageID = "message-id"
        case sender = "from"
        case subject, date
    }

    /// Nil without a key. The sender's is of the address alone, so that one person is one hash.
    func hashed(_ details: MessageDetails) -> MessageDetails? {
        guard let key else { return nil }
        let sender = HeaderAddress.addresses(in: details.from).first ?? HeaderText.decoded(details.from)
        return MessageDetails(
            messageID: Self.code(HeaderText.decoded(details.messageID), .messageID, key),
            from: Self.code(sender, .sender, key),
            subject: Self.code(HeaderText.decoded(details.subject), .subject, key),
            date: Self.code(HeaderText.decoded(details.date), .date, key)
        )
    }

    func hash(of text: String, _ field: Field) -> [UInt8]? { self.key.map { Self.code(text, field, $0) } }

    private static func code(_ text: String, _ field: Field, _ key: HMACKey) -> [UInt8] {
        let text = text.folded.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return key.code(of: Array("\(field.rawValue)\0\(text)".utf8))
    }
}

extension SQLiteStore {
    /// What is kept of headers from now on; what was kept before stays.
    package func keep(of details: MessageDetailsPolicy) { self.journal.details.take(details) }
}

/// The key of the hashes: 32 octets in a file of its own, so that the database alone tells nothing.
enum DetailsKey {
    static let fileName = "details.key"
    private static let length = 32

    /// Made when there is none and it `mayMake` one. Nil when there is none.
    static func load(folder: String, mayMake: Bool) throws(StoreError) -> HMACKey? {
        let path = "\(folder)/\(self.fileName)"
        if !FileManager.default.fileExists(atPath: path) {
            guard mayMake else { return nil }
            do { try StateFile.keep(Data(Random.octets(self.length)), at: path) } catch { throw StoreError(error) }
        }
        guard let octets = FileManager.default.contents(atPath: path), octets.count == self.length else {
            throw .unusable(path: path, reason: "it is no key of \(self.length) octets")
        }
        return HMACKey([UInt8](octets))
    }
}
