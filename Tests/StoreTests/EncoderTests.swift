import Foundation
import Gateway
import LibCrypto
import Testing

@testable import Store

@Suite("The bytes of a record")
struct EncoderTests {
    private func text(_ record: AuditRecord) -> String {
        String(decoding: RecordEncoder.encode(record, sequence: 286, node: "gw"), as: UTF8.self)
    }

    @Test("stay as they are: what is hashed must not change")
    func pinned() {
        let device = Device(id: DeviceID(7), name: "frontdesk")
        let start =
            #"{"@timestamp":"2023-11-14T22:13:20.000000Z","#
            + #""event":{"sequence":286,"action":"dele","outcome":"success"},"#
        let end = #""asked":"DELE 1","answered":"+OK","done":"marked","upstream":[]}}"#
        #expect(self.text(Samples.record()) == start + #""host":{"name":"gw"},"leavecopy":{"# + end)
        #expect(
            self.text(Samples.record(origin: .operatorCommand(user: "anna")))
                == start + #""host":{"name":"gw"},"leavecopy":{"operator":"anna","# + end
        )
        let session =
            #""host":{"name":"gw"},"client":{"ip":"192.0.2.7","port":50123},"user":{"name":"info@example.com"},"#
            + #""tls":{"version":"TLSv1.2","cipher":"ECDHE-RSA-AES128-GCM-SHA256"},"#
            + #""leavecopy":{"session":"k3v9x0q2m7ab","listener":"pop3s","#
        let by = #""device":{"id":7,"name":"frontdesk","identified_by":{"kind":"tag","value":"frontdesk"}},"#
        #expect(self.text(Samples.session(device)) == start + session + by + end)
        let afterwards = AuditRecord.Origin.upstream(account: "info@example.com", session: SessionID("k3v9x0q2m7ab"))
        #expect(
            self.text(Samples.record(origin: afterwards))
                == start + #""host":{"name":"gw"},"user":{"name":"info@example.com"},"#
                + #""leavecopy":{"session":"k3v9x0q2m7ab","# + end
        )
        #expect(
            self.text(Samples.record(origin: Samples.origin(.unidentified(.once))))
                == start + session + #""unidentified":"once","# + end
        )
    }

    @Test("say by what a device was known, and what its certificate says also where that did not decide")
    func certificate() throws {
        let device = Device(id: DeviceID(7), name: "frontdesk")
        var origin = Samples.origin(
            .device(device, by: Identifier(kind: .certificate, value: "ab12", label: "Front desk"))
        )
        guard case .session(var session) = origin else {
            Issue.record("no session")
            return
        }
        session.arrival.tls = TLSDescription(
            version: "TLSv1.3",
            cipher: "x",
            serverName: "pop.office.example",
            clientCertificate: ClientCertificate(keyDigest: "ab12", commonName: "Front desk")
        )
        origin = .session(session)
        let text = self.text(Samples.record(origin: origin))
        #expect(text.contains(#""identified_by":{"kind":"certificate","value":"ab12","label":"Front desk"}"#))
        #expect(
            text.contains(
                #""client":{"server_name":"pop.office.example","x509":{"public_key_hash":{"sha256":"ab12"},"#
                    + #""subject":{"common_name":"Front desk"}}}"#
            )
        )
    }

    @Test("of an alert say whom it is about, as far as that is known")
    func alert() {
        let subject = AlertSubject(
            device: Device(id: DeviceID(7), name: "frontdesk"),
            account: "info@example.com",
            address: .v4(0xC000_0207),
            session: SessionID("k3v9x0q2m7ab")
        )
        let text = self.text(.alert(.massDeletion, about: subject, sentence: "s", counts: ["deletions": 7], at: 0))
        #expect(
            text.hasSuffix(
                #""client":{"ip":"192.0.2.7"},"user":{"name":"info@example.com"},"#
                    + #""leavecopy":{"session":"k3v9x0q2m7ab","device":{"id":7,"name":"frontdesk"},"#
                    + #""asked":"","answered":"","done":"s","reason":"mass deletion","upstream":[],"#
                    + #""counts":{"deletions":7}}}"#
            )
        )
        let bare = self.text(.alert(.diskFull, about: AlertSubject(), sentence: "s", at: 0))
        #expect(bare.contains(#""host":{"name":"gw"},"leavecopy":{"asked":"""#))
    }

    @Test("of a start and of a new configuration say which program and which file, by digest")
    func configuration() {
        var attempt = Attempt(action: .serverStart, outcome: .success, asked: "", answered: "", done: "d")
        attempt.version = "1"
        attempt.configuration = ConfigurationDigests(inForce: "ab", read: "cd")
        let text = self.text(AuditRecord(time: 0, origin: .server, attempt: attempt))
        #expect(text.contains(#""service":{"name":"leavecopy","version":"1"},"leavecopy":{"#))
        #expect(text.contains(#""configuration":{"sha256":"ab","read":{"sha256":"cd"}},"#))
    }

    @Test(
        "are printable ASCII that reads back equal, whatever a text holds",
        arguments: [
            "a\u{1B}]0;pwn\u{07}", "\u{202E}gnp.exe", "\"\\\"}{", "line\r\nline\u{2028}", "\u{0}\u{7F}\u{80}", "😀 Zoë",
            "=HYPERLINK(\"http://x\")", "<script>", "",
        ]
    )
    func hostile(text: String) throws {
        let octets = RecordEncoder.encode(Samples.record(text), sequence: 1, node: text)
        #expect(octets.allSatisfy { (0x20...0x7E).contains($0) })
        let root = try #require(try JSONSerialization.jsonObject(with: Data(octets)) as? [String: Any])
        #expect((root["leavecopy"] as? [String: Any])?["asked"] as? String == text)
        #expect((root["host"] as? [String: Any])?["name"] as? String == text)
    }

    @Test(
        "tell the time",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"), (951_868_800_000_001, "2000-03-01T00:00:00.000001Z"),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
            (1_709_164_800_000_000, "2024-02-29T00:00:00.000000Z"),
            (-2_208_988_800_000_000, "1900-01-01T00:00:00.000000Z"),
        ] as [(Int64, String)]
    )
    func times(microseconds: Int64, text: String) {
        #expect(Timestamp.text(microseconds) == text)
        #expect(Timestamp.microseconds(text) == microseconds)
    }

    @Test(
        "tell no time that there is not",
        arguments: [
            "", "2026-11-24T20:14:37Z", "2026-11-24 20:14:37.000001Z",
            "2026-00-10T00:00:00.000000Z", "2026-99-99T99:99:99.999999Z", "2026-11-24T20:14:3é.00000Z",
        ]
    )
    func noTimes(text: String) {
        #expect(Timestamp.microseconds(text) == nil)
    }

    @Test("tell any time without harm", arguments: [Int64.min, .max])
    func extremes(microseconds: Int64) {
        #expect(Timestamp.text(microseconds).hasSuffix("Z"))
    }

    @Test("of a checkpoint are a signed note, and damaged ones are none")
    func notes() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let verifying = try key.verifyingKey()
        let checkpoint = Checkpoint(origin: "leavecopy", size: 3, root: SHA256.digest(of: []))
        let note = try checkpoint.signed(by: key)
        let read = try #require(Checkpoint.read(note, key: verifying))
        #expect(read.checkpoint == checkpoint && read.isSigned)
        let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "leavecopy" && lines[1] == "3" && lines[3].isEmpty)
        let signature = try #require(Base64.decode(String(lines[4].dropFirst("— leavecopy ".count))))
        // C2SP's key hash, by hand.
        let keyHash = SHA256.digest(of: Array("leavecopy\n".utf8) + [1] + verifying.octets).prefix(4)
        #expect(Array(signature.prefix(4)) == Array(keyHash))
        #expect(
            verifying.verify(Array(signature.dropFirst(4)), of: Array(lines[0...2].joined(separator: "\n").utf8) + [10])
        )
        let characters = Array(note.unicodeScalars)
        for index in characters.indices {
            for replacement in ["\u{0}", "A", "\n", "é"] as [Unicode.Scalar] where characters[index] != replacement {
                var damaged = characters
                damaged[index] = replacement
                var text = String.UnicodeScalarView()
                text.append(contentsOf: damaged)
                #expect(Checkpoint.read(String(text), key: verifying)?.isSigned != true)
            }
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: characters.prefix(index))
            #expect(Checkpoint.read(String(cut), key: verifying)?.isSigned != true)
        }
    }
}
