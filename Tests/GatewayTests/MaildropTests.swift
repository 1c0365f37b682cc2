import Gateway
import NIOCore
import POP3
import TestSupport
import Testing

@Suite("A maildrop")
struct MaildropTests {
    @Test("numbers what is visible from 1 on, and marks change no number (RFC 1939 §5)") func numbers() throws {
        var maildrop = try Samples.maildrop([3, 7, 9, 12], hiding: [7])
        #expect(maildrop.listed.map { $0.entry.message?.number } == [3, 9, 12])
        #expect(maildrop.listed.map { $0.number.value } == [1, 2, 3])
        let two = try #require(MessageNumber(2))
        #expect(maildrop.mark(two)?.message?.number == 9)
        #expect(maildrop.mark(two) == nil)
        #expect(maildrop[two] == nil)
        #expect(maildrop.count == 2)
        #expect(maildrop.octets == 20)
        #expect(maildrop.listed.map { $0.number.value } == [1, 3])
        #expect(maildrop.marked == NumberRanges(numbers: [9]))
        #expect(maildrop.unmarkAll() == 1)
        #expect(maildrop.count == 3)
        #expect(maildrop[two]?.message?.number == 9)
    }

    @Test("agrees with a plain filter, whatever is hidden", arguments: 0..<200 as Range<UInt64>)
    func filter(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        // Rows with gaps, in order and, as they stand after a change of UIDVALIDITY, out of it.
        let all = Array(1...UInt32.random(in: 1...40, using: &generator)).shuffled(using: &generator)
        let some = Array(all.prefix(Int.random(in: 1...all.count, using: &generator)))
        let rows = seed.isMultiple(of: 2) ? some.sorted() : some
        let hidden = rows.filter { _ in Bool.random(using: &generator) }
        var maildrop = try Samples.maildrop(rows, hiding: hidden)
        let visible = rows.filter { !hidden.contains($0) }
        #expect(maildrop.listed.map { $0.entry.message?.number } == visible)
        var marked: [UInt32] = []
        for (index, row) in visible.enumerated() where Bool.random(using: &generator) {
            let number = try #require(MessageNumber(index + 1))
            #expect(maildrop.mark(number)?.message?.number == row)
            marked.append(row)
        }
        #expect(maildrop.marked == NumberRanges(numbers: marked))
        #expect(maildrop.count == visible.count - marked.count)
        #expect(maildrop.octets == UInt64(10 * (visible.count - marked.count)))
        let beyond = try #require(MessageNumber(visible.count + 1))
        #expect(maildrop[beyond] == nil)
    }

    @Test("finds nothing at numbers that are none") func absent() throws {
        let maildrop = try Samples.maildrop([])
        #expect(maildrop.count == 0)
        let largest = try #require(MessageNumber(Int.max))
        #expect(maildrop[largest] == nil)
        #expect(Array(maildrop.listed).isEmpty)
        #expect(Array(maildrop.listed(after: Int.max)).isEmpty)
    }

    @Test("never lists a unique-id twice, even if a restored message was given another's") func duplicates() throws {
        let taken = try Samples.message(3, uid: 1).uniqueID
        let maildrop = try Samples.maildrop([3, 7, 9], own: [7: taken, 9: taken])
        let texts = maildrop.listed.map(\.entry.uniqueID.text)
        #expect(texts == [taken.text, taken.text + "-2", taken.text + "-3"])
    }

    @Test("keeps a unique-id of 70 octets within 70 when it needs a suffix") func longDuplicates() throws {
        let long = try #require(UniqueID(String(repeating: "x", count: 70)))
        let maildrop = try Samples.maildrop([3, 7], own: [3: long, 7: long])
        let texts = maildrop.listed.map(\.entry.uniqueID.text)
        #expect(Set(texts).count == 2)
        #expect(texts.allSatisfy { $0.utf8.count <= 70 })
    }

    @Test(
        "has a notice of our own at its end, that is in none of the lists of rows",
        arguments: [[], [7], [7, 9]] as [[UInt32]]
    )
    func notice(rows: [UInt32]) throws {
        let notice = try Samples.notice()
        var maildrop = try Samples.maildrop([3] + rows, hiding: [3], notice: notice)
        let last = try #require(MessageNumber(rows.count + 1))
        let octets = UInt64(10 * rows.count)
        #expect(maildrop.lastNumber == last.value && maildrop.count == last.value)
        #expect(maildrop.octets == octets + UInt64(notice.text.count))
        #expect(maildrop.listed.map(\.number.value) == Array(1...last.value))
        #expect(maildrop.listed.compactMap(\.entry.message?.number) == rows)
        #expect(maildrop[last] == .notice(notice) && maildrop.markedNotice == nil)
        #expect(maildrop[last]?.uniqueID == notice.uniqueID && maildrop[last]?.size == UInt32(notice.text.count))
        #expect(maildrop.mark(last) == .notice(notice))
        #expect(maildrop.mark(last) == nil)
        #expect(maildrop[last] == nil)
        #expect(maildrop.count == rows.count && maildrop.octets == octets)
        #expect(maildrop.marked.isEmpty && maildrop.markedCount == 1 && maildrop.markedNotice == notice)
        #expect(maildrop.lastNumber == last.value)
        if let one = MessageNumber(1), !rows.isEmpty {
            #expect(maildrop.mark(one)?.message?.number == rows.first)
            #expect(maildrop.marked == NumberRanges(numbers: Array(rows.prefix(1))))
        }
        _ = maildrop.unmarkAll()
        #expect(maildrop.markedNotice == nil && maildrop[last] == .notice(notice))
    }

    @Test("takes a burst of 20,000 DELEs in order, and answers each") func burst() throws {
        var session = Samples.machine()
        _ = session.connected()
        _ = session.commandReceived(.success(.user(name: Array("a".utf8))))
        _ = session.commandReceived(.success(.pass(Samples.secret)))
        let speaker = Speaker.device(Samples.frontdesk, by: Samples.tag)
        _ = session.loginAnswered(.success(Admission(account: "a", speaker: speaker, transcript: [])))
        let maildrop = try Samples.maildrop(Array(1...20_000))
        _ = session.maildropAnswered(.success(OpenedMaildrop(maildrop: maildrop, transcript: [])))
        _ = session.recorded(.success(()))
        var sent = 0
        var answered = 0
        while answered < 20_000 {
            while sent < 20_000, let number = MessageNumber(sent + 1), session.takes(.success(.dele(number))) {
                _ = session.commandReceived(.success(.dele(number)))
                sent += 1
            }
            answered += 1
            #expect(session.recorded(.success(())) == [.reply(.ok("message \(answered) deleted"))])
        }
        guard case .record(_, let changes, .synced)? = session.commandReceived(.success(.quit)).last else {
            Issue.record("QUIT keeps nothing")
            return
        }
        #expect(changes == [.hide(DeviceID(1), MailboxID(1), NumberRanges([1...20_000]))])
    }

    @Test("UIDL has a line for each message that is listed, with the unique-id that is the device's own")
    func uniqueIDs() throws {
        var session = try ExploredSession(speaker: .unidentified(.keep), commandsLeft: 0).machine
        let own = try #require(UniqueID("own.7"))
        let maildrop = try Samples.maildrop(Array(1...1_200), hiding: Array(3...5) + [9], own: [7: own])
        _ = session.maildropAnswered(.success(OpenedMaildrop(maildrop: maildrop, transcript: [])))
        _ = session.recorded(.success(()))
        var text = ""
        var actions = session.commandReceived(.success(.uidl(nil)))
        while true {
            for case .piece(let piece) in actions { text += String(decoding: piece.readableBytesView, as: UTF8.self) }
            guard actions.last == .awaitWritable else { break }
            actions = session.writable()
        }
        let lines = maildrop.listed.map { "\($0.number.value) \($0.entry.uniqueID.text)\r\n" }
        #expect(lines.count == 1_196 && lines[3] == "4 own.7\r\n")
        #expect(text == lines.joined() + ".\r\n")
    }

    @Test("goes out in parts when it is long") func longList() throws {
        var session = try ExploredSession(speaker: .unidentified(.keep), commandsLeft: 0).machine
        let maildrop = try Samples.maildrop(Array(1...2_500))
        _ = session.maildropAnswered(.success(OpenedMaildrop(maildrop: maildrop, transcript: [])))
        _ = session.recorded(.success(()))
        var text = ""
        var actions = session.commandReceived(.success(.list(nil)))
        var parts = 0
        while true {
            for case .piece(let piece) in actions { text += String(decoding: piece.readableBytesView, as: UTF8.self) }
            parts += 1
            guard actions.last == .awaitWritable else { break }
            #expect(!session.takes(.success(.stat)))
            actions = session.writable()
        }
        #expect(parts == 3)
        #expect(text == (1...2_500).map { "\($0) 10\r\n" }.joined() + ".\r\n")
        #expect(session.takes(.success(.stat)))
    }
}
