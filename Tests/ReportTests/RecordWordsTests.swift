import Gateway
import Report
import Testing

@Suite("What the record says was done")
struct RecordWordsTests {
    private static let device = Device(id: DeviceID(7), name: "frontdesk")

    /// As the gateway writes them, by its own code where that says them.
    private static let sentences: [String] =
        [
            "nothing", "begun", "served 1204 octets", "served 1204 octets, whole", "cut after 12 octets, no final dot",
            "opened read-only, 40 messages shown", "opened read-only, listing under way", "1 mark taken away",
            "2 marks taken away", "shown again to frontdesk: 40 messages",
            "frontdesk is used from 192.0.2.4 and from 192.0.2.5 at once", "serving on 127.0.0.1:1110, [::1]:1995",
            "frontdesk of info@example.com is also known by tag a, and no longer known by tag b",
            "hidden from pc1: 812 messages that session 4f2a asked to delete",
            "opened read-only, 40 messages shown, and a notice of Leavecopy's own",
            "a notice of Leavecopy's own: begun", "a notice of Leavecopy's own: marked, gone at QUIT",
            "a notice of Leavecopy's own: served 3102 octets, whole", "took away the notice of Leavecopy's own",
            "made a notice for frontdesk alone: it asked to delete 12 messages",
        ]
        + [DeletionPolicy.hide(device), .keep].flatMap { policy in
            [
                policy.doneAtDELE(isConfirmed: true), policy.doneAtDELE(isConfirmed: false), policy.doneAtQUIT(0),
                policy.doneAtQUIT(1), policy.doneAtQUIT(812), policy.doneWhenLost(0, dropped: 1),
                policy.doneWhenLost(0, dropped: 3), policy.doneWhenLost(0, dropped: 0),
            ] + [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)].map { policy.doneWhenLost($0.0, dropped: $0.1) }
        }

    @Test("is said in Japanese, too", arguments: sentences)
    func japanese(sentence: String) {
        let said = RecordWords.done(sentence, in: .of(.japanese))
        #expect(said != sentence && !said.contains("{"), "\(said)")
        #expect(RecordWords.done(sentence, in: .of(.english)) == sentence)
    }

    @Test(
        "keeps its values",
        arguments: [
            ("hidden from frontdesk: 20000 messages", "端末 frontdesk に非表示: 20,000 通"),
            (
                "hidden from pc1: 812 messages that session 4f2a asked to delete",
                "端末 pc1 に非表示: セッション 4f2a が削除を要求した 812 通"
            ),
            (
                "hidden from pc1: 3 messages; took away the notice of Leavecopy's own",
                "端末 pc1 に非表示: 3 通。Leavecopy からのお知らせを消しました"
            ),
            (
                "a notice of Leavecopy's own: served 3102 octets, whole",
                "Leavecopy からのお知らせ: " + RecordWords.done("served 3102 octets, whole", in: .of(.japanese))
            ),
            (
                "line lost: hidden from pc1: 1 message that it had whole; 2 marks dropped",
                "回線切断: 全体を渡した 1 通を端末 pc1 に非表示、2 通の印は取り消し"
            ),
        ]
    )
    func values(sentence: String, said: String) {
        #expect(RecordWords.done(sentence, in: .of(.japanese)) == said)
    }

    @Test("calls a TOP of the whole message what it is")
    func wholeByTop() {
        let top = { (done: String) in Sample.record(action: "top", asked: "TOP 2 99999999", done: done) }
        #expect(RecordWords.action(of: top("served 1204 octets, whole"), in: .of(.english)) == "retrieved, by TOP")
        #expect(RecordWords.action(of: top("served 120 octets"), in: .of(.english)) == "looked at the top")
        #expect(RecordWords.action(of: Sample.record(), in: .of(.english)) == "asked to delete")
    }

    @Test(
        "stays as it is where nobody has put it into words",
        arguments: [
            "", "served many octets", "hidden from : 3 messages", "something new", "served 12 octets, whole and more",
        ]
    )
    func unknown(sentence: String) {
        #expect(RecordWords.done(sentence, in: .of(.japanese)) == sentence)
        #expect(RecordWords.reason(sentence, in: .of(.japanese)) == sentence)
    }

    @Test(
        "has a reason in words",
        arguments: [
            Failure.upstream(.credentials(answeredLocally: false)), .upstream(.unavailable(reason: "timeout")),
            .upstream(.tooManyConnections), .upstream(.misconfigured(reason: "x")), .upstream(.uidValidityChanged),
            .upstream(.preparing), .upstream(.messageGone), .upstream(.messageTooLarge), .upstream(.messageUnavailable),
            .store(.busy), .store(.full), .store(.tooManyDevices), .store(.broken(reason: "x")), .noDeviceName,
            .unknownDevice, .unknownAccount, .deviceInUse, .noSecret, .malformedLogin, .loginTimeout,
        ]
    )
    func reasons(failure: Failure) {
        #expect(RecordWords.reason(failure.reason, in: .of(.japanese)) != failure.reason)
    }
}
