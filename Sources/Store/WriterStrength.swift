import GRDB
import Gateway
import Synchronization

/// How strongly the one connection that writes keeps its next transaction. The library sets NORMAL on it when it turns WAL on,
/// so promise 3 is set here, and read back; and only where it is not so already, since most transactions are alike.
final class WriterStrength: Sendable {
    private let present = Mutex<Durability?>(nil)

    /// Called on the thread that writes, outside a transaction.
    func set(_ durability: Durability, on database: Database) throws {
        guard self.present.withLock({ $0 != durability }) else { return }
        self.present.withLock { $0 = nil }
        let wanted = durability == .synced ? 2 : 1
        try database.execute(sql: "PRAGMA synchronous = \(wanted)")
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == wanted else {
            throw StoreError.settingRefused("synchronous = \(wanted)")
        }
        self.present.withLock { $0 = durability }
    }
}
