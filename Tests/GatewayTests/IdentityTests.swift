import Gateway
import IMAP
import POP3
import Testing

@Suite("Who is speaking")
struct IdentityTests {
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
