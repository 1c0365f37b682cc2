import Gateway
import IMAP
import POP3
import Testing

@Suite("Formats of unique-ids")
struct UniqueIDFormatTests {
    private static func message(_ uid: UInt32, _ serverID: ServerMessageID? = nil) throws -> ListedMessage {
        ListedMessage(uid: try #require(UID(uid)), size: 1, internalDate: nil, serverID: serverID)
    }

    @Test(
        "are what the servers answer (U-01 to U-09)",
        arguments: [
            ("dovecot", "0000001a6b05024b"), ("courier", "1795490379-26"), ("cyrus", "1795490379.26"),
            ("uw", "6b05024b0000001a"), ("gmail", "GmailId18c0ffee"), ("stalwart", "179549037926"), ("uid", "26"),
            ("%08Xu%08Xv", "0000001a6b05024b"), ("%v-%u", "1795490379-26"), ("%UXv/%010u", "6B05024B/0000000026"),
            ("%Xu%%", "1a%"), ("UID%u-%v", "UID26-1795490379"), ("%08UXu", "0000001A"),
        ]
    )
    func formats(text: String, uniqueID: String) throws {
        let format = try #require(UniqueIDFormat(text))
        let validity = try #require(UIDValidity(1_795_490_379))
        let message = try Self.message(26, .gmail(0x18C0_FFEE))
        #expect(format.uniqueID(of: message, validity: validity).text == uniqueID)
        #expect(format.text == text && UniqueIDFormat(format.text) == format)
    }

    @Test("Gmail's is Dovecot's where the mail server gives no X-GM-MSGID")
    func gmailWithoutNumber() throws {
        let validity = try #require(UIDValidity(1_795_490_379))
        for serverID in [nil, ServerMessageID.emailID("M1")] {
            let text = UniqueIDFormat.gmail.uniqueID(of: try Self.message(1, serverID), validity: validity).text
            #expect(text == "000000016b05024b")
        }
    }

    @Test(
        "are refused where messages could get the same, or a text that no client takes",
        arguments: [
            "", "Dovecot", "imported", "%v", "abc", "%", "%u%", "%8u", "%f%u", "%Uu", "%UX", "%u %v", "%u\u{E9}",
            "%u\n",
            "%059u", "%099999999999999999999u", "%u" + String(repeating: "x", count: 49), "%0", "%g", "%-u", "%{uid}",
        ]
    )
    func refused(text: String) { #expect(UniqueIDFormat(text) == nil) }

    @Test("none of them makes two alike in a UIDVALIDITY, or one too long to be made distinct")
    func distinct() throws {
        let texts =
            UniqueIDFormat.names + ["%u%v%Xu", "%Xu%u", "%v%u", "%u" + String(repeating: "x", count: 48), "%058u"]
        for format in try texts.map({ try #require(UniqueIDFormat($0), "\($0)") }) {
            for validity in try [1, 11, UInt32.max].map({ try #require(UIDValidity($0)) }) {
                var seen: Set<String> = []
                let uids: [UInt32] = Array(1...300) + [4_096, 111_111, 0x1600_0000, .max - 1, .max]
                for uid in uids {
                    let text = format.uniqueID(of: try Self.message(uid), validity: validity).text
                    #expect(seen.insert(text).inserted, "\(format.text)")
                    #expect(text.utf8.count <= UniqueIDTemplate.maximumLength, "\(format.text)")
                }
            }
        }
    }
}
