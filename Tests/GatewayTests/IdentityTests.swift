import Gateway
import IMAP
import POP3
import Testing

@Suite("Who is speaking")
struct IdentityTests {
    @Test(
        "is told by a tag at the last #, when it is one",
        arguments: [
            ("info@example.com#frontdesk", "info@example.com", "frontdesk"),
            ("info@example.com#FrontDesk", "info@example.com", "frontdesk"),
            ("in#fo#pc-1", "in#fo", "pc-1"), ("info#a.b_c-9  ", "info", "a.b_c-9"),
            ("info#" + String(repeating: "x", count: 32), "info", String(repeating: "x", count: 32)),
            ("info#" + String(repeating: "x", count: 33), "info#" + String(repeating: "x", count: 33), nil),
            ("info#", "info#", nil), ("#pc1", "#pc1", nil), ("info#pc 1", "info#pc 1", nil),
            ("info#pc/1", "info#pc/1", nil),
            ("info", "info", nil), ("", "", nil), ("#", "#", nil), ("info#é", "info#é", nil),
        ] as [(String, String, String?)]
    )
    func tag(login: String, name: String, tag: String?) {
        let resolution = IdentityChain().resolve(login: Array(login.utf8), arrival: Samples.arrival())
        #expect(resolution.name == LoginName(Array(name.utf8)))
        #expect(resolution.identifiers == (tag.map { [Identifier(kind: .tag, value: $0)] } ?? []))
    }

    @Test("is told by tag before neighbour before address, for the kinds that are on") func strength() throws {
        var arrival = Samples.arrival()
        arrival.neighbour = HardwareAddress([0x02, 0, 0, 0, 0, 0x1F])
        let login = Array("info#pc1".utf8)
        let all = IdentityChain(kinds: Set(IdentifierKind.allCases)).resolve(login: login, arrival: arrival)
        #expect(all.identifiers.map(\.kind) == [.tag, .neighbour, .address])
        #expect(all.identifiers.map(\.value) == ["pc1", "02:00:00:00:00:1f", "192.0.2.7"])
        let usual = IdentityChain().resolve(login: login, arrival: arrival)
        #expect(usual.identifiers.map(\.kind) == [.tag, .neighbour])
        let untagged = IdentityChain(kinds: [.neighbour]).resolve(login: login, arrival: arrival)
        #expect(untagged.name == LoginName(login))
        #expect(untagged.identifiers.map(\.kind) == [.neighbour])
        #expect(IdentityChain(kinds: []).resolve(login: login, arrival: arrival).identifiers.isEmpty)
    }

    @Test(
        "has one normalised name for what the mail server takes for one",
        arguments: [
            ([0x20, 0x49, 0x6E, 0x66, 0x6F, 0x09], "info", "Info"), ([0x61, 0x5C, 0x62], "a\\\\b", "a\\\\b"),
            ([0x4A, 0xF6, 0x72, 0x67], "j\\xF6rg", "J\\xF6rg"), ([0x07, 0x61], "\\x07a", "\\x07a"), ([], "", ""),
            ([0x20, 0x20], "", ""), ([0x61, 0x20, 0x62], "a b", "a b"),
        ] as [([UInt8], String, String)]
    )
    func normalised(octets: [UInt8], normalised: String, display: String) {
        #expect(LoginName(octets).normalised == normalised)
        #expect(LoginName(octets).display == display)
    }

    @Test("gets unique-ids as Dovecot makes them, no two alike (U-01)") func uniqueIDs() throws {
        let validity = try #require(UIDValidity(1_795_490_379))
        let first = try #require(UID(1))
        #expect(UniqueIDFormat.dovecot.uniqueID(of: first, validity: validity).text == "000000016b05024b")
        var seen: Set<String> = []
        for uid in [1, 0x16, 0x1600_0000, UInt32.max] as [UInt32] {
            for validity in [1, 0x6000_0000, UInt32.max] as [UInt32] {
                let text = UniqueIDFormat.dovecot.uniqueID(
                    of: try #require(UID(uid)),
                    validity: try #require(UIDValidity(validity))
                ).text
                #expect(seen.insert(text).inserted)
            }
        }
    }

    @Test("decides what QUIT keeps: a device's hides, the withheld of `once`, or nothing") func policy() {
        let rows = NumberRanges(numbers: [7])
        let address = Samples.arrival().source.address
        let mailbox = MailboxID(3)
        func change(_ speaker: Speaker?, hides: Bool = true, rows: NumberRanges = rows) -> Change? {
            DeletionPolicy(speaker: speaker, hidesDeleted: hides).change(rows, of: mailbox, from: address)
        }
        let device = Speaker.device(Samples.frontdesk, by: Samples.tag)
        #expect(change(device) == .hide(DeviceID(1), mailbox, rows))
        #expect(change(.unidentified(.once)) == .withhold(mailbox, address, rows))
        #expect(change(.unidentified(.keep)) == nil)
        #expect(change(.unidentified(.reject)) == nil)
        #expect(change(nil) == nil)
        #expect(change(device, hides: false) == nil)
        #expect(change(.unidentified(.once), hides: false) == nil)
        #expect(change(device, rows: NumberRanges()) == nil)
    }
}
