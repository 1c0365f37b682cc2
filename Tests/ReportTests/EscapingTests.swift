import Report
import Testing

@Suite("Text from outside")
struct EscapingTests {
    @Test(
        "harms no browser",
        arguments: [
            ("<script>alert(\"1\")</script>", "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"),
            ("a&b'c", "a&amp;b&#39;c"), ("\u{202E}gpj.exe\u{1B}[31m", "\\u{202e}gpj.exe\\u{1b}[31m"), ("会議室", "会議室"),
        ]
    )
    func html(text: String, shown: String) {
        #expect(HTMLText.escaped(text) == shown)
    }

    @Test(
        "is no markup, link or cell in Markdown",
        arguments: [
            ("a|b", "a\\|b"), ("*bold* _x_", "\\*bold\\* \\_x\\_"), ("<b>", "\\<b\\>"),
            ("see https://x", "see https\\://x"),
            ("WWW.x.example", "WWW\\.x.example"), ("- item", "\\- item"), ("# head", "\\# head"),
            ("a\nb", "a\\\\u\\{a\\}b"),
            ("a@b.example", "a\\@b.example"), ("frontdesk-2", "frontdesk-2"),
        ]
    )
    func markdown(text: String, shown: String) {
        // What `printable` made visible is text like any other.
        #expect(MarkdownText.escaped(text) == shown)
    }

    @Test(
        "is no formula in a spreadsheet, and one line",
        arguments: [
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), ("+1", "\"'+1\""),
            ("-1", "\"'-1\""), ("@SUM(A1)", "\"'@SUM(A1)\""), ("\t=1", "\"'\\u{9}=1\""), ("\r=1", "\"'\\u{d}=1\""),
            ("＝1", "\"'＝1\""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""), ("a\r\nb", "a\\u{d}\\u{a}b"),
            ("日本語", "日本語"), ("", ""), ("x\"\u{301},y", "\"x\"\"\u{301},y\""),
        ]
    )
    func csv(text: String, cell: String) {
        #expect(CSV.cell(text) == cell)
    }

    @Test("is separated by commas, and a line ends by CRLF")
    func lines() {
        #expect(CSV.line(["1", "a,b", ""]) == "1,\"a,b\",\r\n")
        #expect(Array(CSV.byteOrderMark.utf8) == [0xEF, 0xBB, 0xBF])
    }
}
