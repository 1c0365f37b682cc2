import Foundation
import Gateway
import Report
import Store
import Testing

@testable import Review

@Suite("The record on the page")
struct RecordListTests {
    private static let frontdesk = Device(id: DeviceID(1), name: "frontdesk")

    /// Six records, each the only one for some filter.
    private static func fill(_ world: ReviewWorld) async throws {
        let mailbox = try await SampleMailbox.make(in: world.store, subjects: ["御見積書の件", "Invoice 42"])
        var samples = [
            Sample(session: "a1", device: self.frontdesk, time: 0, message: try mailbox.reference(0)),
            Sample(session: "a2", account: "sales@example.com", time: 3_600),
            Sample(session: "a3", address: "192.0.2.77", time: 7_200, action: .retr, asked: "RETR 2"),
            Sample(session: "a4", time: 10_800, outcome: .failure, done: "nothing", message: try mailbox.reference(1)),
            Sample(session: "a5", device: Device(id: DeviceID(2), name: "pc2"), time: 14_400, action: .login),
            Sample(
                session: "a6",
                device: Device(id: DeviceID(3), name: "pc3"),
                time: 86_400,
                action: .quit,
                done: "hidden"
            ),
        ]
        samples[4].identifier = Identifier(kind: .neighbour, value: "02:00:00:00:00:01")
        samples[2].done = "served 1,204 octets, whole"
        samples[5].done = "hidden from pc3: 3 messages"
        try await world.put(try samples.map { try $0.record })
    }

    @Test("ten filters, alone and together, find what they should, in both directions of the address")
    func filters() async throws {
        try await ReviewWorld.run { world in
            try await Self.fill(world)
            let client = try await world.client()
            func sessions(_ query: String) async throws -> Set<String> {
                let text = try await client.get("/record?\(query)").text
                let rows = text.components(separatedBy: "<tbody>").dropFirst().first ?? ""
                return Set(["a1", "a2", "a3", "a4", "a5", "a6"].filter { rows.contains("data-session=\"\($0)\"") })
            }
            // The zone is nine hours ahead.
            #expect(try await sessions("since=2026-11-24T12:00&until=2026-11-24T13:00") == ["a4"])
            #expect(try await sessions("since=2026-11-25") == ["a6"])
            #expect(try await sessions("device=FRONTDESK") == ["a1"])
            #expect(try await sessions("account=sales%40example.com") == ["a2"])
            #expect(try await sessions("action=login") == ["a5"])
            #expect(try await sessions("outcome=failure") == ["a4"])
            #expect(try await sessions("done=hidden") == ["a6"])
            #expect(try await sessions("done=served") == ["a3"])
            #expect(try await sessions("text=%E8%A6%8B%E7%A9%8D") == ["a1"])
            #expect(try await sessions("text=invoice") == ["a4"])
            #expect(try await sessions("address=192.0.2.77") == ["a3"])
            #expect(try await sessions("session=a5") == ["a5"])
            #expect(try await sessions("known=neighbour") == ["a5"])
            #expect(try await sessions("known=nobody") == ["a2", "a3", "a4"])
            #expect(try await sessions("known=nobody&action=dele") == ["a2", "a4"])
            #expect(try await sessions("known=nobody&action=dele&outcome=failure&address=192.0.2.1&text=Inv") == ["a4"])
            #expect(try await sessions("known=nobody&action=dele&text=Inv&outcome=success").isEmpty)
            let filled = try await client.get("/record?device=frontdesk&since=2026-11-24T09:00&action=dele&text=a%22b")
                .text
            #expect(filled.contains("name=\"device\" list=\"devices\" maxlength=\"64\" value=\"frontdesk\""))
            #expect(filled.contains("value=\"2026-11-24T09:00\""))
            #expect(filled.contains("<option value=\"dele\" selected>"))
            #expect(filled.contains("value=\"a&quot;b\""))
        }
    }

    @Test(
        "leaves out what the gateway noted of its own work, and the beginning of what ended, unless they are asked for"
    )
    func ownWork() async throws {
        try await ReviewWorld.run { world in
            let mailbox = try await SampleMailbox.make(in: world.store, subjects: ["one"])
            let message = try mailbox.reference(0)
            func sample(_ done: String) throws -> AuditRecord {
                try Sample(session: "w1", action: .retr, asked: "RETR 1", done: done, message: message).record
            }
            try await world.put([try sample("begun"), try sample("served 12 octets, whole")])
            let client = try await world.client()
            func rows(_ query: String) async throws -> String {
                let text = try await client.get("/record?\(query)").text
                return text.components(separatedBy: "<tbody>").dropFirst().first ?? ""
            }
            let kept = "details kept"
            let all = try await rows("")
            #expect(all.contains("served 12 octets, whole") && !all.contains("begun") && !all.contains(kept))
            #expect(try await rows("action=details").contains(kept))
            #expect(try await rows("done=unfinished").contains("begun"))
        }
    }

    @Test("what is not understood is said, and asks for nothing")
    func misunderstood() async throws {
        try await ReviewWorld.run { world in
            try await Self.fill(world)
            let client = try await world.client()
            let answer = try await client.get("/record?since=yesterday&done=everything&session=a1")
            #expect(answer.status == 200)
            let texts = Texts.of(.english)
            let names = "\(texts("page.filter.since")), \(texts("page.filter.done"))"
            #expect(answer.text.contains(texts("page.record.misunderstood", ["fields": names])))
            #expect(answer.text.contains("data-session=\"a1\""))
        }
    }

    @Test("pages are pinned: what comes meanwhile moves nothing, and each record stands on one of them")
    func pages() async throws {
        try await ReviewWorld.run { world in
            try await world.put(try (0..<120).map { try Sample(session: "p", time: $0, asked: "DELE \($0)").record })
            let client = try await world.client()
            var seen: [String] = []
            var address: String? = "/record?session=p"
            var addresses: [String] = []
            while let here = address {
                addresses.append(here)
                let text = try await client.get(here).text
                seen += Self.asked(text)
                try await world.put([try Sample(session: "p", time: 500, asked: "DELE 999").record])
                address = Self.link("next", text)
            }
            #expect(seen == (0..<120).reversed().map { "DELE \($0)" })
            #expect(addresses.count == 3)
            var back: [String] = []
            address = addresses.last
            while let here = address {
                let text = try await client.get(here).text
                back = Self.asked(text) + back
                address = Self.link("prev", text)
            }
            #expect(back == seen)
        }
    }

    private static func asked(_ text: String) -> [String] {
        text.components(separatedBy: "code hint\">DELE ").dropFirst().map { "DELE \($0.prefix { $0.isNumber })" }
    }

    private static func link(_ relation: String, _ text: String) -> String? {
        guard let start = text.range(of: "rel=\"\(relation)\" href=\"")?.upperBound else { return nil }
        return String(text[start...].prefix { $0 != "\"" }).replacingOccurrences(of: "&amp;", with: "&")
    }

    @Test("says how many there are, up to ten thousand")
    func count() async throws {
        try await ReviewWorld.run { world in
            let client = try await world.client()
            let texts = Texts.of(.english)
            #expect(try await client.get("/record?session=c").text.contains(texts("page.record.foundNone")))
            try await world.put([try Sample(session: "c").record])
            let one = texts("page.record.found", ["count": texts.counted("record", 1)])
            #expect(try await client.get("/record?session=c").text.contains(one))
            for _ in 0..<10 { try await world.put(try (0..<1_000).map { _ in try Sample(session: "c").record }) }
            let more = texts("page.record.foundMore", ["count": "10,000"])
            #expect(try await client.get("/record?session=c").text.contains(more))
        }
    }

    @Test("a filter is kept under a name, for whoever kept it, and taken away")
    func kept() async throws {
        try await ReviewWorld.run { world in
            let (anna, otto) = (try await world.client("anna"), try await world.client("otto"))
            let query = "text=%E8%A6%8B%E7%A9%8D&device=frontdesk"
            let answer = try await anna.submit(
                "/record/filters",
                ["name": " 見積 ", "query": query + "&size=5&evil=1"],
                from: "/record?\(query)"
            )
            #expect(answer.header("location") == "/record?\(query)")
            let link = "<a href=\"/record?text=%E8%A6%8B%E7%A9%8D&amp;device=frontdesk\"><bdi>見積</bdi></a>"
            #expect(try await anna.get("/record").text.contains(link))
            #expect(try await !otto.get("/record").text.contains(link))
            _ = try await anna.submit("/record/filters/remove", ["name": "見積", "query": ""], from: "/record")
            #expect(try await !anna.get("/record").text.contains(link))
            #expect(
                try await anna.submit("/record/filters", ["name": " ", "query": ""], from: "/record").status == 400
            )
        }
    }

    @Test("a page of the longest records that can be is no more than 100 kB")
    func size() async throws {
        try await ReviewWorld.run { world in
            let long = String(repeating: "\u{202E}<\"", count: 170)
            let mailbox = try await SampleMailbox.make(in: world.store, subjects: [long], from: long)
            var sample = Sample(session: "long", account: long, device: Device(id: DeviceID(4), name: long))
            (sample.asked, sample.answered, sample.done, sample.reason) = (long, long, long, long)
            sample.message = try mailbox.reference(0)
            sample.upstream = Array(repeating: long, count: 500)
            let record = try sample.record
            try await world.put(Array(repeating: record, count: 60))
            let client = try await world.client()
            for address in ["/record", "/record/\(try await world.store.recordSize() - 3)", "/sessions/long"] {
                let answer = try await client.get(address)
                #expect(answer.status == 200)
                #expect(answer.body.count <= 100_000, "\(address): \(answer.body.count)")
            }
        }
    }

    @Test("a record's page has every field, and the lines that were sent for it; a session's page its story")
    func one() async throws {
        try await ReviewWorld.run { world in
            let mailbox = try await SampleMailbox.make(in: world.store, subjects: ["御見積書の件"])
            var sample = Sample(session: "one1", device: Self.frontdesk, message: try mailbox.reference(0))
            sample.upstream = ["a1 EXAMINE INBOX", "a2 UID FETCH 10 (BODY.PEEK[])"]
            sample.serverName = "frontdesk.pop.office.example"
            try await world.put([try sample.record])
            let number = try await world.store.recordSize()
            let client = try await world.client()
            let text = try await client.get("/record/\(number)").text
            for field in [
                "frontdesk", "info@example.com", "192.0.2.1", "DELE 1", "+OK message 1 deleted", "御見積書の件",
                "a@example.com", "&lt;1@example.com&gt;", "u1", "TLSv1.3", "pops", "frontdesk.pop.office.example",
                "a1 EXAMINE INBOX", "a2 UID FETCH 10 (BODY.PEEK[])", "2026-11-24 09:00:00", "/sessions/one1",
                "/messages/\(mailbox.mailbox.value)/1",
            ] {
                #expect(text.contains(field), "\(field)")
            }
            let json = try await client.get("/record/\(number)/json")
            #expect(json.header("content-disposition") == "attachment; filename=\"leavecopy-record-\(number).json\"")
            let record = try #require(try await world.store.record(number))
            #expect(json.body == record.json)
            #expect(try await client.get("/record/\(number)/proof").status == 200)
            let session = try await client.get("/sessions/one1").text
            #expect(session.contains("DELE 1") && session.contains("御見積書の件"))
            #expect(try await client.get("/sessions/none").status == 404)
        }
    }

    @Test("a session of thousands of records shows its beginning and its end")
    func longSession() async throws {
        try await ReviewWorld.run { world in
            var records = [try Sample(session: "big", action: .login, asked: "PASS").record]
            records += try (1...3_000).map { try Sample(session: "big", time: Int64($0), asked: "DELE \($0)").record }
            records.append(try Sample(session: "big", time: 4_000, action: .quit, asked: "QUIT").record)
            try await world.put(records)
            let client = try await world.client()
            let text = try await client.get("/sessions/big").text
            #expect(text.contains("PASS") && text.contains("DELE 1<") && text.contains("QUIT"))
            #expect(!text.contains("DELE 2000<"))
            let texts = Texts.of(.english)
            let rest = texts("page.session.rest", ["count": texts.counted("record", 3_002 - 41)])
            #expect(text.contains(rest))
        }
    }
}
