import Foundation
import Gateway
import Store
import TestSupport
import Testing

@testable import Review

@Suite("What stands in an address")
struct AddressTests {
    @Test("fields come back as they were, whatever is in them", arguments: 0..<20 as Range<UInt64>)
    func fields(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let letters = Array("aZ09-._~ +&=%#?/\"'<>見積\u{202E}\u{1B}\u{0}é\u{1F600}")
        func word() -> String {
            String(
                (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                    letters.randomElement(using: &generator)
                }
            )
        }
        var fields = FormFields()
        for _ in 0..<Int.random(in: 1...8, using: &generator) { fields.add("n" + word(), word()) }
        #expect(FormFields(fields.encoded) == fields)
        #expect(fields.encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
    }

    @Test(
        "reading takes anything",
        arguments: [
            ("a=1&b", ["a": "1", "b": ""]), ("a=%4", ["a": "%4"]), ("a=%zz+", ["a": "%zz "]), ("&&=&", [:]),
            ("a=b=c", ["a": "b=c"]), ("%61=%62", ["a": "b"]), ("a=1&a=2", ["a": "1"]),
        ]
    )
    func anything(text: String, values: [String: String]) {
        let fields = FormFields(text)
        for (name, value) in values { #expect(fields[name] == value) }
        #expect(FormFields(String(repeating: "a=1&", count: 5_000)).fields.count <= 100)
    }

    @Test("a filter comes back from its address")
    func roundTrip() throws {
        let times = PageTimes(zone: try #require(TimeZone(identifier: "Asia/Tokyo")))
        var fields = FormFields()
        let values = [
            "text": "御見積 \"x\"", "since": "2026-11-24T09:30", "until": "2026-11-25", "device": "front desk",
            "account": "info@example.com", "action": "dele", "outcome": "failure", "done": "hidden",
            "address": "2001:db8::1", "session": "abc", "known": "nobody", "message": "3.77",
        ]
        for (name, value) in values { fields.add(name, value) }
        let query = RecordQuery(fields, times)
        #expect(query.misunderstood.isEmpty)
        #expect(query.filter.since == "2026-11-24T00:30:00.000000Z")
        #expect(query.filter.until == "2026-11-24T15:00:00.000000Z")
        #expect(query.filter.text == "御見積 \"x\"")
        #expect(query.filter.done == .hidden)
        #expect(query.filter.message == MessageKey(MailboxID(3), 77))
        #expect(Set(RecordQuery.names) == Set(values.keys))
        let again = RecordQuery(FormFields(query.fields.encoded), times)
        #expect(again == query)
        #expect(RecordQuery(FormFields("size=3&evil=1&text=+"), times).isEmpty)
    }

    @Test(
        "local times are understood, and nothing else",
        arguments: [
            ("2026-11-24", "2026-11-23T15:00:00.000000Z"), ("2026-11-24T09:30", "2026-11-24T00:30:00.000000Z"),
            ("2026-11-24 09:30:15", "2026-11-24T00:30:15.000000Z"), ("2026-02-31", nil), ("2026-13-01", nil),
            ("2026-11-24T24:00", nil), ("2026", nil), ("", nil), ("2026-11-24T09", nil), ("x-y-z", nil),
            ("99999-01-01", nil), ("2026-11-24T09:30:15:16", nil),
        ] as [(String, String?)]
    )
    func times(text: String, recorded: String?) throws {
        let times = PageTimes(zone: try #require(TimeZone(identifier: "Asia/Tokyo")))
        #expect(times.recorded(text) == recorded)
        if let recorded { #expect(times.text(recorded).hasPrefix("2026-11-24")) }
    }

    @Test("times that the record does not have stand as they are")
    func noTime() {
        let times = PageTimes(zone: .gmt)
        #expect(times.text("") == "")
        #expect(times.text("<b>") == "<b>")
    }
}
