import Gateway
import IMAP
import Store
import TestSupport
import Testing

@Suite("Header keys in the store")
struct StoredKeyTests {
    @Test("are asked for newest first, and not again where there is none or an id; they follow a change of UIDVALIDITY")
    func headerKeys() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(5).mailbox
        let (seven, eight) = (try #require(UIDValidity(7)), try #require(UIDValidity(8)))
        let uid = try [10, 20, 30, 40, 50, 60, 99].map { try #require(UID($0)) }
        let (one, two) = (Array(repeating: UInt8(1), count: 16), Array(repeating: UInt8(2), count: 16))
        let named = ListedMessage(uid: uid[5], size: 60, internalDate: 60, serverID: .emailID("M1"))
        let update = ListingUpdate(validity: seven, exists: 5, uidNext: nil, added: [named], present: [20...60])
        _ = try await world.store.update(mailbox, with: update)
        #expect(try await world.store.withoutKey(mailbox, seven, limit: 3) == [uid[4], uid[3], uid[2]])
        #expect(try await world.store.withoutKey(mailbox, eight, limit: 3).isEmpty)
        try await world.store.keep([uid[4]: one, uid[3]: nil, uid[6]: two], seven, in: mailbox)
        try await world.store.keep([uid[2]: two], eight, in: mailbox)
        #expect(try await world.store.withoutKey(mailbox, seven, limit: 9) == [uid[2], uid[1]])
        let remembered = try await world.store.remembered(mailbox)
        #expect(remembered.map(\.uid) == Array(uid[1...5]))
        #expect(remembered.map(\.headerKey) == [nil, nil, nil, one, nil])
        #expect(remembered.map(\.serverID) == [nil, nil, nil, nil, .emailID("M1")])
        #expect(remembered.map(\.size) == [20, 30, 40, 50, 60])

        let change = try Renumbering.sample(
            [(1, 51), (2, 20), (3, 7)],
            pairs: [5: 1, 2: 2],
            keys: [1: two, 2: two, 3: one]
        )
        _ = try await world.store.renumber(mailbox, change)
        let after = try await world.store.remembered(mailbox)
        #expect(after.map(\.number) == [5, 2, 7])
        #expect(after.map(\.headerKey) == [one, two, one])
        #expect(after.map(\.size) == [51, 20, 7])
        #expect(try await world.store.withoutKey(mailbox, eight, limit: 9).isEmpty)
    }
}
