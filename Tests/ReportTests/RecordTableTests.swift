import Foundation
import Gateway
import Report
import Store
import Testing

@Suite("Records on a terminal")
struct RecordTableTests {
    private static let records = [
        Sample.record(
            1,
            action: "login",
            asked: "PASS",
            answered: "+OK Logged in",
            done: "opened read-only, 40 messages shown"
        ),
        Sample.record(2, action: "retr", asked: "RETR 2", answered: "+OK 1204 octets", done: "begun"),
        Sample.record(
            3,
            action: "retr",
            asked: "RETR 2",
            answered: "+OK 1204 octets",
            done: "served 1204 octets, whole"
        ),
        Sample.record(4, action: "details", session: nil, asked: "", answered: "", done: "kept what"),
        Sample.record(5, asked: "DELE \u{1B}[31m\u{202E}2", message: Sample.text),
    ]

    @Test("fit any width, and let nothing drive the terminal", arguments: [40, 80, 100, 120, 200, nil])
    func widths(width: Int?) {
        for language in Language.allCases {
            for isColoured in [false, true] {
                let table = RecordTable(in: .of(language), width: width, isColoured: isColoured)
                let records = RecordTable.forPeople(Self.records)
                for line in table.lines(records) + records.map(table.line) {
                    let bare = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
                    #expect(!bare.contains("\u{1B}") && !bare.contains("\u{202E}"))
                    #expect(isColoured || line == bare)
                    if let width { #expect(Table.width(bare) <= width, "\(bare)") }
                }
            }
        }
    }

    @Test("have asked, answered and done as three columns where there is room")
    func columns() throws {
        let lines = RecordTable(in: .of(.english), width: 200, isColoured: false).lines(Self.records)
        let heading = try #require(lines.first)
        for word in ["Asked", "Answered", "Done"] {
            #expect(heading.contains(word))
        }
        #expect(lines.count == Self.records.count + 1)
    }

    @Test("leave no gap for what was not said")
    func unsaid() {
        let record = Sample.record(action: "session-end", asked: "", answered: "", done: "nothing")
        let table = RecordTable(in: .of(.english), width: 80, isColoured: false)
        #expect(table.lines([record]).last == "    session ended → nothing")
        let live = RecordTable(in: .of(.english), width: nil, isColoured: false).line(record)
        #expect(live.hasSuffix("session ended → nothing"))
    }

    @Test("are shown without beginnings that have an end, and without the proof's own records")
    func people() {
        #expect(RecordTable.forPeople(Self.records).map(\.sequence) == [1, 3, 5])
        #expect(RecordTable.forPeople(Self.records, withDetails: true).map(\.sequence) == [1, 3, 4, 5])
        #expect(RecordTable.forPeople(Array(Self.records.prefix(2))).map(\.sequence) == [1, 2])
    }
}

@Suite("What audit show says")
struct StoryLinesTests {
    private static func story(_ width: Int = 100) -> StoryLines {
        StoryLines(in: .of(.english), width: width, zone: Sample.tokyo)
    }

    @Test("of a session is every command that went upstream for it, whole")
    func session() {
        let long = "A7 UID FETCH 9 (BODY.PEEK[]) " + String(repeating: "x", count: 300)
        let records = [
            Sample.record(
                1,
                action: "login",
                asked: "PASS",
                more: ["upstream": ["A1 LOGIN ••• •••", "A2 EXAMINE INBOX"]]
            ),
            Sample.record(2, action: "retr", asked: "RETR 2", done: "served 1 octets", more: ["upstream": [long]]),
            Sample.record(3),
        ]
        let lines = Self.story().of(session: records)
        for command in ["A1 LOGIN ••• •••", "A2 EXAMINE INBOX", long] { #expect(lines.contains("      \(command)")) }
        #expect(lines.joined(separator: " ").contains("3 commands, which only read."))
        #expect(Self.story().of(session: [Sample.record(3)]).contains("Nothing was sent to the mail server for this."))
        #expect(Self.story().of(session: []).isEmpty)
    }

    @Test("of a message is who has it, and the command that gives it again")
    func life() {
        let deletion = Sample.record(286)
        let lines = Self.story(120).of(Sample.life([deletion]))
        let own = lines.first {
            $0.contains("leavecopy device restore frontdesk --account info@example.com --message 2")
        }
        #expect(own?.contains("asked to delete it, and does not see it") == true)
        #expect(lines.contains { $0.contains("sales") && $0.contains("never asked for it") })
        let gone = Self.story(120).of(Sample.life([deletion], isGone: true))
        #expect(!gone.contains { $0.contains("device restore") }, "what is gone cannot be given")
    }

    @Test("lets nothing from outside drive the terminal")
    func harmless() {
        let hostile = MessageText(
            messageID: "\u{1B}]0;x\u{7}",
            from: "\u{202E}a",
            subject: "s\r\n\u{1B}[2J",
            date: "\u{9B}31m"
        )
        let record = Sample.record(
            device: "\u{1B}[1m",
            done: "\u{1B}[0m",
            more: ["upstream": ["\u{1B}[31m"]],
            message: hostile
        )
        let stories = [
            Self.story().of(record, life: nil), Self.story().of(session: [record]),
            Self.story().of(Sample.life([record])),
        ]
        for line in stories.flatMap(\.self) {
            #expect(
                !line.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{202E}" },
                "\(line)"
            )
        }
    }
}
