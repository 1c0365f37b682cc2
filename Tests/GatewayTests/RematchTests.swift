import Gateway
import IMAP
import TestSupport
import Testing

@Suite("Messages found again after UIDVALIDITY has changed")
struct RematchTests {
    private static func old(
        _ number: UInt32,
        size: UInt32? = 100,
        date: Int64? = 1,
        id: String? = nil,
        key: UInt8? = nil
    ) throws -> RememberedMessage {
        RememberedMessage(
            number: number,
            uid: try #require(UID(number)),
            size: size,
            internalDate: date,
            serverID: id.map { .emailID($0) },
            headerKey: key.map { Array(repeating: $0, count: 16) }
        )
    }

    private static func new(
        _ uid: UInt32,
        size: UInt32? = 100,
        date: Int64? = 1,
        id: String? = nil
    ) throws -> ListedMessage {
        ListedMessage(
            uid: try #require(UID(uid)),
            size: size,
            internalDate: date,
            serverID: id.map { .emailID($0) }
        )
    }

    private static func text(_ rematch: Rematch) -> [String] {
        rematch.pairs.sorted { $0.number < $1.number }.map { "\($0.number)>\($0.uid.value) \($0.means.rawValue)" }
    }

    private static func keys(_ keys: [UInt32: UInt8]) -> [UID: [UInt8]] {
        keys.reduce(into: [:]) { all, pair in
            if let uid = UID(pair.key) { all[uid] = Array(repeating: pair.value, count: 16) }
        }
    }

    @Test("the server's own id counts, copies in order, but not where most sizes differ")
    func serverIDs() throws {
        var rematch = Rematch(
            remembered: [try Self.old(1, id: "a"), try Self.old(2, id: "a"), try Self.old(3, size: 5, id: "b")],
            listed: [try Self.new(9, id: "a"), try Self.new(8, id: "a"), try Self.new(7, size: 6, id: "b")]
        )
        rematch.withoutHeaders()
        #expect(Self.text(rematch) == ["1>8 server-id", "2>9 server-id"])
        var foreign = Rematch(
            remembered: [try Self.old(1, size: 1, id: "a"), try Self.old(2, size: 2, id: "b")],
            listed: [try Self.new(1, size: 3, id: "a"), try Self.new(2, size: 2, date: 9, id: "b")]
        )
        foreign.withoutHeaders()
        #expect(foreign.pairs.isEmpty)
    }

    @Test("size and date count where nothing else has both, known, and no id differs")
    func sizesAndDates() throws {
        var rematch = Rematch(
            remembered: [
                try Self.old(1, size: 1), try Self.old(2, size: 2), try Self.old(3, size: 2),
                try Self.old(4, size: nil),
                try Self.old(5, size: 5, date: nil), try Self.old(6, size: 6, id: "x"), try Self.old(7, size: 7),
            ],
            listed: [
                try Self.new(11, size: 1), try Self.new(12, size: 2), try Self.new(14, size: nil),
                try Self.new(15, size: 5, date: nil), try Self.new(16, size: 6, id: "y"), try Self.new(17, size: 7),
                try Self.new(18, size: 7),
            ]
        )
        rematch.withoutHeaders()
        #expect(Self.text(rematch) == ["1>11 size-date"])
        #expect(rematch.wanted.isEmpty)
    }

    @Test("order counts where eight others have kept it, and as many are on both sides", arguments: [7, 8] as [UInt32])
    func order(others: UInt32) throws {
        let old = try (1...others).map { try Self.old($0, size: $0) } + (20...22).map { try Self.old($0) }
        let new = try (1...others).map { try Self.new($0 + 50, size: $0) } + (80...82).map { try Self.new($0) }
        var rematch = Rematch(remembered: old, listed: new)
        rematch.withoutHeaders()
        #expect(rematch.count(.order) == (others < 8 ? 0 : 3))
        var shuffled = Rematch(
            remembered: old,
            listed: try new.map { try Self.new(200 - $0.uid.value, size: $0.size) }
        )
        shuffled.withoutHeaders()
        #expect(shuffled.count(.order) == 0 && shuffled.count(.sizeAndDate) == Int(others))
    }

    @Test("then the header with the size, then the header alone, equal ones in order of UID")
    func headers() throws {
        var rematch = Rematch(
            remembered: [
                try Self.old(1, key: 1), try Self.old(2, key: 1), try Self.old(3, size: 7, key: 1),
                try Self.old(4, key: 2),
                try Self.old(5),
            ],
            listed: [
                try Self.new(10, date: 5), try Self.new(11, size: 9, date: 5), try Self.new(12, date: 5),
                try Self.new(13, size: 7, date: 5), try Self.new(14, date: 5),
            ]
        )
        rematch.withoutHeaders()
        #expect(rematch.wanted.map(\.value) == [10, 11, 12, 13, 14])
        rematch.withHeaders(Self.keys([10: 1, 12: 1, 13: 1, 11: 2, 14: 9]))
        #expect(
            Self.text(rematch) == ["1>10 header-size", "2>12 header-size", "3>13 header-size", "4>11 header"]
        )
    }

    @Test("of equal messages that are not as many as they were none is matched: the one left may be any of them")
    func uneven() throws {
        // 1 is hidden and has gone; 2, its equal, is still there as 10, and must not be taken for it.
        var equal = Rematch(
            remembered: [try Self.old(1, key: 1), try Self.old(2, key: 1)],
            listed: [try Self.new(10, date: 5)]
        )
        equal.withoutHeaders()
        equal.withHeaders(Self.keys([10: 1]))
        #expect(equal.pairs.isEmpty)
        var copies = Rematch(
            remembered: [try Self.old(1, id: "a"), try Self.old(2, id: "a"), try Self.old(3, id: "b")],
            listed: [try Self.new(10, id: "a"), try Self.new(11, id: "b")]
        )
        copies.withoutHeaders()
        #expect(Self.text(copies) == ["3>11 server-id"])
        // What the size has left over is not single by its header.
        var resized = Rematch(
            remembered: [try Self.old(1, size: 5, key: 1), try Self.old(2, size: 7, key: 1)],
            listed: [try Self.new(10, size: 7, date: 5), try Self.new(11, size: 9, date: 5)]
        )
        resized.withoutHeaders()
        resized.withHeaders(Self.keys([10: 1, 11: 1]))
        #expect(Self.text(resized) == ["2>10 header-size"])
    }

    /// What a message really is; `copy` tells two equal ones apart.
    private struct Truth: Hashable {
        let content: Int
        let size: UInt32
        let date: Int64
    }

    @Test(
        "no history makes a wrong pair, and what has a key and is there as often as it was is found",
        arguments: 0..<200 as Range<UInt64>
    )
    func histories(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let hasIDs = Bool.random(using: &generator)
        let hasKeys = Bool.random(using: &generator)
        let truths = (0..<Int.random(in: 1...60, using: &generator)).map { content in
            // Few sizes and dates, so that many messages share both.
            Truth(
                content: content / Int.random(in: 1...2, using: &generator),
                size: .random(in: 1...9, using: &generator),
                date: .random(in: 1...5, using: &generator)
            )
        }
        let old = try truths.enumerated().map { index, truth in
            RememberedMessage(
                number: UInt32(index + 1),
                uid: try #require(UID(UInt32(index * 3 + 1))),
                size: truth.size,
                internalDate: truth.date,
                serverID: hasIDs ? .emailID("c\(truth.content)") : nil,
                headerKey: hasKeys ? Self.key(truth.content) : nil
            )
        }
        // Mail arrives after the last listing, so none of it has the date of an older one.
        let isDatedAnew = Bool.random(using: &generator)
        var there = truths.filter { _ in Int.random(in: 0..<5, using: &generator) > 0 }
        if isDatedAnew { there = there.map { Truth(content: $0.content, size: $0.size, date: $0.date + 100) } }
        there += (0..<Int.random(in: 0...9, using: &generator)).map { index in
            Truth(content: 1_000 + index, size: .random(in: 1...9, using: &generator), date: 50)
        }
        if Bool.random(using: &generator) { there.shuffle(using: &generator) }
        let new = try there.enumerated().map { index, truth in
            ListedMessage(
                uid: try #require(UID(UInt32(index + 1))),
                size: truth.size,
                internalDate: truth.date,
                serverID: hasIDs ? .emailID("c\(truth.content)") : nil
            )
        }
        var rematch = Rematch(remembered: old, listed: new)
        rematch.withoutHeaders()
        var keys: [UID: [UInt8]] = [:]
        for uid in rematch.wanted { keys[uid] = Self.key(there[Int(uid.value) - 1].content) }
        rematch.withHeaders(keys)
        #expect(Set(rematch.pairs.map(\.number)).count == rematch.pairs.count)
        #expect(Set(rematch.pairs.map(\.uid)).count == rematch.pairs.count)
        let partners = Dictionary(rematch.pairs.map { ($0.number, $0.uid) }) { first, _ in first }
        for pair in rematch.pairs {
            let (was, now) = (truths[Int(pair.number) - 1], there[Int(pair.uid.value) - 1])
            let looksAlike = was.size == now.size && was.date == now.date && !hasKeys && !hasIDs
            #expect(was.content == now.content || looksAlike, "\(pair) pairs \(was) with \(now)")
        }
        guard hasKeys || hasIDs else { return }
        for truth in truths {
            let isEqual = { (other: Truth) in other.content == truth.content && other.size == truth.size }
            let before = truths.indices.filter { isEqual(truths[$0]) }
            let found = before.count { partners[UInt32($0 + 1)] != nil }
            let left = there.count(where: isEqual)
            #expect(found <= left)
            if left == before.count, hasKeys { #expect(found == left, "\(truth)") }
        }
    }

    private static func key(_ content: Int) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: content >> ($0 % 2 * 8)) }
    }
}
