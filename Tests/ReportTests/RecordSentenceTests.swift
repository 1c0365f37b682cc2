import Foundation
import Gateway
import Report
import Store
import Testing

@Suite("The sentence of a record")
struct RecordSentenceTests {
    private static let deletion = Sample.record(286)
    private static let commit = Sample.record(
        290,
        action: "quit",
        asked: "QUIT",
        answered: "+OK bye",
        done: "hidden from frontdesk: 1 message",
        row: nil,
        rows: "2"
    )

    private static func say(
        _ record: StoredRecord,
        _ life: MessageLife? = nil,
        _ language: Language = .english
    ) -> String {
        RecordSentence(record, life: life, in: .of(language), zone: Sample.tokyo).text
    }

    @Test("says which PC asked to delete it, what it was told, that nothing was deleted, and that it is still there")
    func deletion() {
        let life = Sample.life([Self.deletion, Self.commit])
        #expect(
            Self.say(Self.deletion, life) == """
                7 Nov 2026 09:12, PC frontdesk (known by its tag) asked to delete this mail. It was told yes (+OK message 2 \
                deleted). Nothing was deleted: it is hidden from frontdesk alone. It is still on the server.
                """
        )
        #expect(
            Self.say(Self.deletion, life, .japanese) == """
                2026年11月7日 09:12、端末 frontdesk (ユーザー名のタグで識別) がこのメールの削除を要求しました。\
                応答は「はい」(+OK message 2 deleted) でした。メールは削除されていません。\
                端末 frontdesk にだけ表示されなくなりました。今もサーバーにあります。
                """
        )
        #expect(life.headline(in: .of(.english), zone: Sample.tokyo) == Self.say(Self.deletion, life))
    }

    @Test("says of a notice of our own that it is one, and never that a mail was asked for or deleted")
    func notice() {
        let done = "a notice of Leavecopy's own: marked, gone at QUIT"
        #expect(
            Self.say(Sample.record(done: done, row: nil)) == """
                7 Nov 2026 09:12, PC frontdesk (known by its tag) asked to delete a notice of Leavecopy's own. It was told \
                yes (+OK message 2 deleted). What was done: \(done).
                """
        )
        let served = "a notice of Leavecopy's own: served 9 octets, whole"
        for (action, asked) in [("retr", "RETR 2"), ("top", "TOP 2 99999999")] {
            let record = Sample.record(action: action, asked: asked, done: served, row: nil)
            #expect(Self.say(record).contains(" asked for a notice of Leavecopy's own."))
            #expect(Self.say(record).hasSuffix("What was done: \(served)."))
            let begun = Sample.record(
                285,
                action: action,
                outcome: "unknown",
                asked: asked,
                done: "a notice of Leavecopy's own: begun",
                row: nil
            )
            #expect(RecordTable.forPeople([begun, record]) == [record])
        }
        let made = Sample.record(
            action: "device-notice",
            asked: "",
            answered: "",
            done: "made a notice for frontdesk alone: it asked to delete 12 messages",
            row: nil
        )
        #expect(
            Self.say(made).hasPrefix("7 Nov 2026 09:12, Leavecopy made a notice for a PC that is set wrong. What was")
        )
        #expect(Self.say(made, nil, .japanese).contains("Leavecopy が設定に問題のある PC へのお知らせを作成しました。"))
    }

    @Test("says what holds now: shown again, never hidden, gone from the server")
    func now() {
        let shown = Self.say(Self.deletion, Sample.life([Self.deletion, Self.commit], isHidden: false))
        #expect(
            shown.hasSuffix("it was hidden from frontdesk alone, and is shown to it again. It is still on the server.")
        )
        let lost = Self.say(Self.deletion, Sample.life([Self.deletion], isHidden: false))
        #expect(lost.contains("Nothing was deleted, and nothing is hidden: the session did not end by QUIT"))
        let gone = Sample.life([Self.deletion, Self.commit], isGone: true, vanished: "2026-11-09T00:00:00.000000Z")
        #expect(
            Self.say(Self.deletion, gone).hasSuffix(
                "It is no longer on the server, found missing on 9 Nov 2026 09:00. None of our devices was able to remove it."
            )
        )
    }

    @Test("says of a PC without a name that nobody knows it")
    func unknown() {
        let record = Sample.record(device: nil, done: "nothing", more: ["unidentified": "once"])
        #expect(
            Self.say(record, Sample.life([record], isHidden: false)) == """
                7 Nov 2026 09:12, a PC that nobody knows, at 192.0.2.44, asked to delete this mail. It was told yes (+OK \
                message 2 deleted). Nothing was deleted, and nothing is hidden, since nobody knows which PC it is. It is \
                still on the server.
                """
        )
    }

    @Test("says of a DELE alone what will be")
    func alone() {
        #expect(Self.say(Self.deletion).hasSuffix("it is hidden from frontdesk alone, once its session ends by QUIT."))
        #expect(Self.say(Self.commit).contains("in which it had asked to delete 1 message. It was told yes (+OK bye)."))
        #expect(
            Self.say(Self.commit).hasSuffix("Nothing was deleted: 1 message are hidden from frontdesk alone.") == false
        )
    }

    @Test("tells a refusal as a no, and why")
    func refusal() {
        let record = Sample.record(
            action: "refusal",
            outcome: "failure",
            device: nil,
            asked: "PASS",
            answered: "-ERR [AUTH] authentication failed",
            done: "nothing",
            row: nil,
            more: ["reason": "wrong credentials, known from before"]
        )
        #expect(
            Self.say(record) == """
                7 Nov 2026 09:12, a PC that nobody knows, at 192.0.2.44, tried to log in to info@example.com. It was told no \
                (-ERR [AUTH] authentication failed). What was done: nothing (wrong credentials, known from before).
                """
        )
        #expect(Self.say(record, nil, .japanese).hasSuffix("実際の処理: 何もしていません (ユーザー名かパスワードの誤り (前回と同じ))。"))
    }

    @Test("is there for each kind of record, with every value filled in", arguments: Attempt.Action.allCases)
    func everyKind(action: Attempt.Action) {
        for outcome in ["success", "failure"] {
            for device in ["frontdesk", nil] {
                let record = Sample.record(action: action.rawValue, outcome: outcome, device: device, done: "nothing")
                for language in Language.allCases {
                    let sentence = Self.say(record, nil, language)
                    #expect(!sentence.contains("{") && !sentence.contains("did."), "\(sentence)")
                    #expect(!sentence.contains("fate.") && !sentence.contains(" did: "), "\(sentence)")
                    #expect(
                        RecordWords.action(action.rawValue, in: .of(language)) != action.rawValue || action == .alert
                    )
                }
            }
        }
    }

    @Test("says nothing false of a record that is damaged")
    func damaged() {
        let record = Sample.record(
            action: "",
            outcome: "",
            time: "",
            device: nil,
            session: nil,
            asked: "",
            answered: "",
            done: ""
        )
        #expect(!Self.say(record).contains("deleted"))
    }

    @Test("of a life without a deletion says that nobody asked for one")
    func neverAsked() {
        let life = Sample.life([Sample.record(action: "retr", done: "served 1204 octets, whole")], isHidden: false)
        #expect(life.headline(in: .of(.english)) == "Nobody has asked to delete this mail. It is still on the server.")
        #expect(life.standings.map(\.state) == [.askedToDelete, .neverAsked])
    }
}
