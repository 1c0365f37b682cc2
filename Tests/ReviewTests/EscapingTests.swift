import Gateway
import Mustache
import Report
import Store
import Testing

@testable import Review

@Suite("What comes from outside harms no page")
struct EscapingTests {
    /// Markup, both quotes, a quote with an accent on it, text turned around, a terminal's escape, a formula.
    private static let hostile =
        "<script>alert(1)</script>\"'\"\u{301} onfocus=alert(2) x=\u{202E}gpj\u{1B}[31m=HYPERLINK(\"x\")&amp;\u{7F}\u{2028}"
    /// None of these may stand in a page.
    private static let harmful = [
        "<script>alert", "\"\u{301}", "\"'", "\u{202E}", "\u{1B}", "\u{7F}", "\u{2028}", "HYPERLINK(\"",
    ]

    private static func check(_ text: String, _ place: String) {
        let octets = Array(text.utf8)
        for harm in self.harmful {
            #expect(octets.firstRange(of: Array(harm.utf8)) == nil, "\(place): \(harm.debugDescription)")
        }
        #expect(text.contains("&lt;script&gt;alert(1)"), "\(place) shows what it was given")
        #expect(text.contains("\\u{202e}"), "\(place) makes the turn visible")
    }

    @Test("each field of a record, on each page that shows it")
    func fields() async throws {
        try await ReviewWorld.run { world in
            let mailbox = try await SampleMailbox.make(in: world.store, subjects: [Self.hostile], from: Self.hostile)
            var samples: [(String, Sample)] = []
            func add(_ name: String, _ change: (inout Sample) throws -> Void) rethrows {
                var sample = Sample(session: "s\(samples.count)")
                try change(&sample)
                samples.append((name, sample))
            }
            add("account") { $0.account = Self.hostile }
            add("device") { $0.device = Device(id: DeviceID(9), name: Self.hostile) }
            add("identifier") {
                $0.device = Device(id: DeviceID(9), name: "frontdesk")
                $0.identifier = Identifier(kind: .certificate, value: Self.hostile, label: Self.hostile)
            }
            add("asked") { $0.asked = Self.hostile }
            add("answered") { $0.answered = Self.hostile }
            add("done") { $0.done = Self.hostile }
            add("reason") { $0.reason = Self.hostile }
            add("upstream") { $0.upstream = [Self.hostile] }
            add("server name") { $0.serverName = Self.hostile }
            try add("message") { $0.message = try mailbox.reference(0) }
            try await world.put(try samples.map { try $0.1.record })
            let client = try await world.client()
            for (name, sample) in samples {
                let list = try await client.get("/record?session=\(sample.session)").text
                let session = try await client.get("/sessions/\(sample.session)").text
                let number = try #require(
                    try await world.store.page(RecordFilter(session: sample.session), limit: 1).records.first
                ).sequence
                let one = try await client.get("/record/\(number)").text
                Self.check(one, "\(name), the record's page")
                if !["identifier", "upstream", "server name"].contains(name) { Self.check(list, "\(name), the list") }
                if !["identifier", "upstream", "server name"].contains(name) {
                    Self.check(session, "\(name), the session")
                }
            }
        }
    }

    @Test("what somebody searches for, wherever it stands on the page again")
    func searched() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let text = PageClient.encoded(Self.hostile)
            for name in ["text", "device", "account", "address", "session", "message", "since", "action", "known"] {
                Self.check(try await client.get("/record?\(name)=\(text)").text, name)
                Self.check(try await client.get("/record/export?\(name)=\(text)").text, "export \(name)")
            }
            _ = try await client.submit(
                "/record/filters",
                ["name": Self.hostile, "query": "text=\(text)"],
                from: "/record"
            )
            Self.check(try await client.get("/record").text, "a saved filter")
            Self.check(try await client.get("/login?next=/\(text)").text + Self.visible, "next")
        }
    }

    /// What `next` would be refused for stands nowhere: only the harm is looked for.
    private static let visible = "&lt;script&gt;alert(1)\\u{202e}"

    @Test("the library alone would let a quote with an accent through: our escaping stands in every template")
    func accent() throws {
        struct Value { let value = "\"\u{301}" }
        let library = try MustacheTemplate(string: "{{value}}").render(Value())
        #expect(Array(library.utf8).contains(UInt8(ascii: "\"")), "the library has changed: look again")
        let ours = PageEscaping().escapeText("\"\u{301}<\u{301}'\u{301}&\u{301}>\u{301}")
        #expect(ours == "&quot;\u{301}&lt;\u{301}&#39;\u{301}&amp;\u{301}&gt;\u{301}")
    }
}
