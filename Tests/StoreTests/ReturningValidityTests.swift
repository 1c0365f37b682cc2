import Gateway
import IMAP
import POP3
import Store
import TestSupport
import Testing

@Suite("A UIDVALIDITY that comes back")
struct ReturningValidityTests {
    @Test("locks no device out that has unique-ids of its own")
    func ownFormat() async throws {
        let world = try StoreWorld()
        let mailbox = try await world.mailbox(2).mailbox
        let account = try await world.store.account(upstream: "main", login: "info@example.com")
        let tag = Identifier(kind: .tag, value: "pc")
        let device = try await world.store.device(account, identifier: tag).id
        let terms = ViewTerms(uniqueIDs: .cyrus)
        _ = try await world.store.view(device, of: mailbox, terms)
        // Number 3 comes when the device does not look, and is not found again: then its UID is another message's.
        _ = try await world.store.update(mailbox, with: try StoreWorld.update([30]))
        let away = Renumbering(
            from: try #require(UIDValidity(7)),
            listing: try StoreWorld.update([1, 2], present: [1...2], validity: 8),
            pairs: [],
            keys: [:]
        )
        guard case .done = try await world.store.renumber(mailbox, away) else {
            Issue.record("it was refused")
            return
        }
        let other = ListedMessage(uid: try #require(UID(30)), size: 999, internalDate: 1)
        let back = Renumbering(
            from: try #require(UIDValidity(8)),
            listing: ListingUpdate(
                validity: try #require(UIDValidity(7)),
                exists: 1,
                uidNext: nil,
                added: [other],
                present: [30...30]
            ),
            pairs: [],
            keys: [:]
        )
        guard case .done(let listing) = try await world.store.renumber(mailbox, back) else {
            Issue.record("it was refused")
            return
        }
        #expect(listing.snapshot.count == 1 && listing.snapshot[0]?.number == 6)
        let own = try await world.store.view(device, of: mailbox, terms).ownUniqueIDs
        #expect(own[3] == nil && own[4]?.text == "8.1" && own[6]?.text == "7.30")
    }

    @Test("an operator may write the login that waits as people write it")
    func accepted() async throws {
        let world = try StoreWorld()
        let login = LoginName(Array("Jürgen@Example.COM".utf8)).normalised
        let mailbox = try await world.mailbox(3, login: login).mailbox
        #expect(try await !world.store.awaitsOperator(mailbox))
        let empty = Renumbering(
            from: try #require(UIDValidity(7)),
            listing: try StoreWorld.update([], present: [], validity: 8),
            pairs: [],
            keys: [:]
        )
        guard case .doubtful = try await world.store.renumber(mailbox, empty) else {
            Issue.record("it was made")
            return
        }
        #expect(try await world.store.awaitsOperator(mailbox))
        #expect(
            try await world.store.acceptRenumbering(of: " JÜrgen@example.com".replacing("Ü", with: "ü"), by: "op") == 1
        )
        #expect(try await !world.store.awaitsOperator(mailbox))
    }
}
