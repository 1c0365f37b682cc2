// STAT, LIST and UIDL: what is listed must be whole, or it is nothing (DESIGN promise 2).
extension ClientStateMachine {
    /// What is gathered until it is told.
    struct Listing: Hashable, Sendable {
        var lines = 0
        var sizes: [Int: UInt64] = [:]
        var texts: [ListedUniqueID] = []
        var seen: Set<String> = []
        var unnamed = 0
    }

    /// Headers that are asked for, one after the other.
    struct Headers: Hashable, Sendable {
        private var waiting: ArraySlice<MessageNumber>
        private var sent: ArraySlice<MessageNumber> = []

        init(_ numbers: [MessageNumber]) { self.waiting = numbers[...] }

        var isUnderWay: Bool { !self.sent.isEmpty }
        var isWaiting: Bool { !self.waiting.isEmpty }

        mutating func ask(atMost count: Int) -> [MessageNumber] {
            self.sent = self.waiting.prefix(count)
            self.waiting = self.waiting.dropFirst(count)
            return Array(self.sent)
        }

        mutating func answered() -> MessageNumber? { self.sent.popFirst() }
    }

    /// Kept apart from the state: what grows with each line is not copied with it.
    struct Header: Hashable, Sendable {
        var octets: [UInt8] = []
        var isTooLong = false
    }

    mutating func counted(_ line: [UInt8]) -> [ClientAction] {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.first == "+OK", let count = words.dropFirst().first.flatMap({ Int($0) }), count >= 0 else {
            return self.fail(.misbehaved("STAT did not say a number"))
        }
        guard count <= Self.longestList else { return self.fail(.misbehaved("too many messages")) }
        self.state = .sizesAsked(expected: count)
        return [self.send(.list)]
    }

    mutating func sizeListed(_ line: [UInt8], expected: Int) -> [ClientAction] {
        guard !Self.isEnd(line) else {
            guard self.listing.sizes.count == expected else {
                return self.fail(.misbehaved("LIST has another number of messages than STAT"))
            }
            self.answerEnded()
            self.state = .textsAsked
            return [self.send(.uidl)]
        }
        // Lines, not numbers: one that comes again and again adds none.
        self.listing.lines += 1
        guard self.listing.lines <= expected else {
            return self.fail(.misbehaved("LIST has another number of messages than STAT"))
        }
        guard let (number, rest) = Self.numbered(line), let size = UInt64(rest.prefix { $0 != " " }) else {
            return self.fail(.misbehaved("a line of LIST that is none"))
        }
        self.listing.sizes[number.value] = size
        return []
    }

    mutating func textListed(_ line: [UInt8]) -> [ClientAction] {
        guard !Self.isEnd(line) else { return self.textsEnded() }
        self.listing.lines += 1
        guard self.listing.lines <= Self.longestList else { return self.fail(.misbehaved("a list without end")) }
        guard let (number, text) = Self.numbered(line), let size = self.listing.sizes[number.value] else {
            return self.fail(.misbehaved("a line of UIDL that is none"))
        }
        // RFC 1939 §7 allows 70 octets; longer ones are known from the field, and good for matching (U-16b).
        let isUsable = (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        if isUsable, self.listing.seen.insert(text).inserted {
            self.listing.texts.append(ListedUniqueID(number: number, size: size, text: text))
        }
        return []
    }

    private mutating func textsEnded() -> [ClientAction] {
        let listing = ServiceListing(
            messages: self.listing.texts.sorted { $0.number < $1.number },
            unnamed: max(0, self.listing.sizes.count - self.listing.texts.count),
            capabilities: self.capabilities
        )
        self.listing = Listing()
        self.answerEnded()
        self.state = .idle
        return [.listed(listing)]
    }

    /// `17 rest`; nil when the line does not begin with a message-number that a list can have.
    private static func numbered(_ line: [UInt8]) -> (MessageNumber, String)? {
        guard let blank = line.firstIndex(of: UInt8(ascii: " ")),
            let number = Int(String(decoding: line[..<blank], as: UTF8.self)).flatMap({ MessageNumber($0) }),
            number.value <= Self.longestList
        else { return nil }
        let rest = line[blank...].drop { $0 == UInt8(ascii: " ") }
        let end = rest.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? rest.startIndex
        return (number, String(decoding: rest[rest.startIndex..<max(rest.startIndex, end)], as: UTF8.self))
    }
}
