import Report
import Store
import Testing

@Suite("What a diagnosis says")
struct DiagnosisTextsTests {
    private static let deletion = DeviceActivity.Deletion(
        session: "s1",
        count: 1_812,
        unread: 1_790,
        begins: "2026-11-07T12:12:00.000000Z",
        ends: "2026-11-07T12:16:05.000000Z"
    )

    private static let samples: [Diagnosis] = [
        .hasNoNameAndDeletes(deleted: 3, withheld: 1), .hasNoNameAndDeletes(deleted: 3, withheld: 0),
        .wasSwitchedOver(deletion), .leavesNoCopy(deleted: 40, retrieved: 41), .deletesAfter(days: 14, deleted: 5),
        .twoOnOneName(alert: 88), .stalePassword(refused: 288, secondsBetween: 299),
        .oldTLS(version: "TLSv1", sessions: 1), .oldTLS(version: "none", sessions: 1),
    ]

    @Test("is there for each kind, in each language, with every value filled in", arguments: samples)
    func complete(diagnosis: Diagnosis) {
        #expect(Diagnosis.keys.contains(diagnosis.key))
        for texts in Texts.all {
            var said = [diagnosis.title(in: texts), diagnosis.sentence(in: texts)]
            for (program, steps) in diagnosis.steps(in: texts) {
                #expect(!steps.isEmpty, "\(texts.code) \(program)")
                said += [program] + steps
            }
            for text in said {
                #expect(!text.isEmpty)
                #expect(!text.contains("{") && !text.contains("\n"), "\(texts.code): \(text)")
                #expect(!text.hasPrefix("steps.") && !text.hasPrefix("diagnosis.") && !text.hasPrefix("program."))
            }
        }
    }

    @Test("names the evidence as people say it")
    func evidence() {
        let english = Diagnosis.wasSwitchedOver(Self.deletion).sentence(in: .of(.english))
        #expect(english.hasPrefix("It asked to delete 1,812 messages in 4 minutes on 7 Nov 2026 "))
        #expect(english.hasSuffix("; 1,790 of them it had never retrieved."))
        let japanese = Diagnosis.wasSwitchedOver(Self.deletion).sentence(in: .of(.japanese))
        #expect(japanese.hasPrefix("2026年11月7日 "))
        #expect(japanese.contains("4 分の間に 1,812 通の削除を要求しました。そのうち 1,790 通は"))
        let stale = Diagnosis.stalePassword(refused: 288, secondsBetween: 299)
        #expect(
            stale.sentence(in: .of(.english)).hasPrefix("Its login was refused 288 times, one about every 5 minutes")
        )
    }

    @Test("names each program's own menus, and another setting where days are the trouble")
    func menus() throws {
        let leave = Diagnosis.leavesNoCopy(deleted: 4, retrieved: 4).steps(in: .of(.english))
        let outlook = try #require(leave.first { $0.program == "Outlook (classic)" })
        #expect(outlook.steps.last?.contains("Leave a copy of messages on the server") == true)
        #expect(leave.map(\.program).contains("getmail"))
        let days = Diagnosis.deletesAfter(days: 14, deleted: 4).steps(in: .of(.japanese))
        let thunderbird = try #require(days.first { $0.program == "Thunderbird" })
        #expect(thunderbird.steps.last?.contains("日以上経過したメッセージは削除する") == true)
        #expect(Diagnosis.twoOnOneName(alert: 1).steps(in: .of(.english)).count == 1)
    }
}
