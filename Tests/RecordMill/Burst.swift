import Foundation
import Gateway
import IMAP
import Store
import TestSupport

/// A mail program that was switched over: it marks 20,000 messages in one go, then says QUIT.
enum Burst {
    private static let count = 20_000

    static func run(folder: String) async throws {
        let store = try SQLiteStore.open(folder: folder, role: .server, node: "mill") {
            Int64(Date().timeIntervalSince1970 * 1_000_000)
        }
        let account = try await store.account(upstream: "main", login: "info@example.com")
        let mailbox = try await store.listing(account, mailbox: "INBOX").mailbox
        guard let validity = UIDValidity(7) else { return }
        let update = ListingUpdate(
            validity: validity,
            exists: UInt32(self.count),
            uidNext: nil,
            added: (1...UInt32(self.count)).compactMap { UID($0) }.map {
                ListedMessage(uid: $0, size: 1_000, internalDate: nil)
            },
            present: nil
        )
        let listing = try await store.update(mailbox, with: update)
        let identifier = Identifier(kind: .tag, value: "pc")
        let device = try await store.device(account, identifier: identifier)
        var shared = SharedMailbox(
            login: "info@example.com",
            account: account,
            mailbox: mailbox,
            validity: 7,
            snapshot: listing.snapshot
        )
        shared.detailed = 0
        let machine = Machine(
            mailbox: 0,
            speaker: .device(device, by: identifier),
            address: .v4(0xC0A8_0105),
            habit: .leavesCopy,
            weight: 1,
            tls: TLSDescription(version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", serverName: nil),
            neighbour: nil
        )
        var writer = SessionWriter(
            machine,
            account: shared.login,
            at: 1_795_000_000_000_000,
            from: machine.address,
            SeededGenerator(seed: 1)
        )
        for row in 0..<Self.count {
            guard let message = shared.snapshot[row] else { continue }
            writer.delete(MessageReference(messageNumber: row + 1, mailbox: mailbox, message: message, validity: 7))
        }
        writer.quit(mailbox)
        let begin = ContinuousClock.now
        for record in writer.entry.records.dropLast(2) {
            store.write(RecordEntry(records: [record]), .written) { _ in }
        }
        let last = RecordEntry(records: writer.entry.records.suffix(2), changes: writer.entry.changes)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            store.write(last, .synced) { done.resume(with: $0.mapError { $0 }) }
        }
        print("\(Self.count) DELE and QUIT written in \(ContinuousClock.now - begin)")
    }
}
