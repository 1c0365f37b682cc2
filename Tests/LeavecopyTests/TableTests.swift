import Report
import Testing

@testable import leavecopy

@Suite("Tables and times")
struct TableTests {
    @Test("columns stand one below the other, Japanese letters count as two")
    func widths() {
        var table = Table(["件名", "N"], rightAligned: [1])
        table.add(["見積書", "7"])
        table.add(["ab", "12"])
        #expect(table.lines == ["件名     N", "見積書   7", "ab      12"])
        #expect(Table.width("ｶﾅ") == 2 && Table.width("e\u{301}") == 1 && Table.width("①㈱") >= 2)
    }

    @Test(
        "what a terminal would act on is made visible",
        arguments: [
            ("a\u{1B}[31mb", "a\\u{1b}[31mb"), ("x\u{202E}y", "x\\u{202e}y"), ("l\r\nm", "l\\u{d}\\u{a}m"),
            ("n\u{2028}", "n\\u{2028}"),
            ("漢字 é", "漢字 é"),
        ]
    )
    func printable(text: String, shown: String) { #expect(Table.printable(text) == shown) }

    @Test(
        "a moment is understood with a zone and without",
        arguments: [
            "2026-11-24", "2026-11-24 10:30", "2026-11-24 10:30:59", "2026-11-24T10:30", "2026-11-24T10:30:00Z",
            "2026-11-24T10:30:00+09:00", "2026-11-24T10:30:00.123Z",
        ]
    )
    func moments(text: String) { #expect(LocalTime.date(text) != nil) }

    @Test("what is no moment is refused", arguments: ["", "yesterday", "2026-13-01", "24.11.2026", "2026-11-24 25:00"])
    func noMoments(text: String) { #expect(LocalTime.date(text) == nil) }

    @Test("a zone moves the moment, and the record is asked in UTC")
    func zones() throws {
        let moment = try #require(LocalTime.date("2026-11-24T10:30:00+09:00"))
        #expect(LocalTime.recorded(moment) == "2026-11-24T01:30:00.000000Z")
    }
}
