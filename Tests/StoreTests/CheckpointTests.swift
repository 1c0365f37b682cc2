import Foundation
import Gateway
import LibCrypto
import Testing

@testable import Store

@Suite("A checkpoint to be kept elsewhere")
struct CheckpointTests {
    @Test("is of the record as it is now, made where records came since the last, and otherwise the same again")
    func newest() async throws {
        let world = try StoreWorld()
        let key = world.store.journal.key.verifying
        let empty = try #require(Checkpoint.read(try await world.store.checkpoint(), key: key))
        #expect(empty.isSigned && empty.checkpoint.size == 0)
        for count in 1...5 {
            try await world.write(RecordEntry(records: [try .dele(count)]))
            let note = try await world.store.checkpoint()
            let read = try #require(Checkpoint.read(note, key: key))
            #expect(read.isSigned && read.checkpoint.size == UInt64(count))
            #expect(try await world.store.checkpoint() == note)
        }
        let verification = try await world.store.verify(everySignature: true)
        #expect(verification.isClean && verification.records == 5)
        #expect(try await world.store.checkpoint() == verification.newestCheckpoint)
    }

    @Test("names the log as those before it do, whoever opens the store")
    func origin() async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: [try .dele(1)]), .synced)
        let command = try SQLiteStore.open(folder: world.folder, role: .command, node: "node") { 1_764_000_000_000_000 }
        #expect(try await command.checkpoint().hasPrefix("test\n1\n"))
    }

    @Test("and a manifest are signed by the same key, and never taken one for the other")
    func manifest() throws {
        let world = try StoreWorld()
        let key = world.store.journal.key.verifying
        let text = try world.store.sign(manifest: ["rows 3", "filter 領収書 \n\u{1B}[31m\u{85}", "", "2"])
        let note = try #require(SignedNote(text))
        #expect(note.text == "test manifest\nrows 3\nfilter 領収書 \\u000a\\u001b[31m\\u0085\n\n2\n")
        #expect(note.isSigned(by: key, name: "test"))
        #expect(Checkpoint(note) == nil)
        let forged = try #require(SignedNote(text.replacing("rows 3", with: "rows 4")))
        #expect(!forged.isSigned(by: key, name: "test"))
    }
}
