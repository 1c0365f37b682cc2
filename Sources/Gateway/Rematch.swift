package import struct IMAP.ListedMessage
package import enum IMAP.ServerMessageID
package import struct IMAP.UID

/// A stored message that is to be found again among others with new UIDs.
package struct RememberedMessage: Hashable, Sendable {
    package let number: UInt32
    package let uid: UID
    /// As the mail server listed it.
    package let size: UInt32?
    package let internalDate: Int64?
    package let serverID: ServerMessageID?
    /// 16 octets (`HeaderKey`); nil where the header was never seen, or says nothing.
    package let headerKey: [UInt8]?

    package init(
        number: UInt32,
        uid: UID,
        size: UInt32?,
        internalDate: Int64?,
        serverID: ServerMessageID?,
        headerKey: [UInt8]?
    ) {
        self.number = number
        self.uid = uid
        self.size = size
        self.internalDate = internalDate
        self.serverID = serverID
        self.headerKey = headerKey
    }
}

/// Finds stored messages again after UIDVALIDITY has changed, so that each keeps its number, unique-id and what is hidden
/// (RFC 3501 §2.3.1.1 gives the UIDs no meaning across that change). What is not certain is not matched: a message that is
/// shown twice is a nuisance, one that takes another's place is lost. Of equal messages that are not as many as they
/// were, nobody can say which ones are left: none of them is matched.
///
/// `withoutHeaders` first; where it leaves something, `withHeaders` with the header keys of `wanted`.
package struct Rematch: Sendable {
    package enum Means: String, Hashable, Sendable, CaseIterable {
        case serverID = "server-id"
        /// No other message on either side has both.
        case sizeAndDate = "size-date"
        /// Several have both, as many on one side as on the other, and all others stand in the order they had.
        case order = "size-date-order"
        case headerAndSize = "header-size"
        case header
    }

    package struct Pair: Hashable, Sendable {
        package let number: UInt32
        package let uid: UID
        package let means: Means
    }

    package private(set) var pairs: [Pair] = []
    /// Neither is matched yet; both in order of UID.
    private var remembered: [RememberedMessage]
    private var listed: [ListedMessage]

    /// So many messages must have kept their order before order is believed in.
    static let believedOrder = 8

    package init(remembered: [RememberedMessage], listed: [ListedMessage]) {
        self.remembered = remembered.sorted { $0.uid < $1.uid }
        self.listed = listed.sorted { $0.uid < $1.uid }
    }

    /// By what the listing says.
    package mutating func withoutHeaders() {
        self.matchServerIDs()
        let matched = self.matchSizesAndDates()
        if matched.count >= Self.believedOrder, matched.isRising { self.matchInOrder() }
    }

    /// The messages whose header keys may still match something, in order of UID; none where no stored key is left.
    package var wanted: [UID] {
        self.remembered.contains { $0.headerKey != nil } ? self.listed.map(\.uid) : []
    }

    /// By the keys of those that were `wanted`, as far as their headers could be had. Messages of equal header and size go
    /// in order of UID; one whose size is not what it was counts only where no other on either side has its header.
    package mutating func withHeaders(_ keys: [UID: [UInt8]]) {
        let headers = Groups(self.remembered, self.listed) {
            $0.headerKey
        } listed: {
            keys[$0.uid]
        }
        let single = headers.all.filter { old, new in old.count == 1 && Self.isEven(old, new) }
        let sizes = Groups(self.remembered, self.listed) { message in
            message.headerKey.flatMap { key in message.size.map { SizedKey(key: key, size: $0) } }
        } listed: { message in
            keys[message.uid].flatMap { key in message.size.map { SizedKey(key: key, size: $0) } }
        }
        self.take(sizes.all.filter { Self.isEven($0, $1) }.flatMap { zip($0, $1) }, .headerAndSize)
        let left = Set(self.remembered.map(\.number))
        self.take(single.flatMap { zip($0, $1) }.filter { left.contains($0.0.number) }, .header)
    }

    /// As many on one side as on the other, and no pair in order of UID whose ids differ.
    private static func isEven(_ old: [RememberedMessage], _ new: [ListedMessage]) -> Bool {
        old.count == new.count && !zip(old, new).contains { $0.contradicts($1) }
    }

    package func count(_ means: Means) -> Int { self.pairs.count { $0.means == means } }

    private struct SizedKey: Hashable {
        let key: [UInt8]
        let size: UInt32
    }

    private struct SizeAndDate: Hashable {
        let size: UInt32
        let date: Int64

        init?(_ size: UInt32?, _ date: Int64?) {
            guard let size, let date else { return nil }
            self.size = size
            self.date = date
        }
    }

    /// A copy has the id of its original (RFC 8474 §5.1), and another server may give the same ids to other messages: they
    /// count only where sizes agree, and not at all where most do not.
    private mutating func matchServerIDs() {
        let groups = Groups(self.remembered, self.listed) {
            $0.serverID
        } listed: {
            $0.serverID
        }
        var found: [(RememberedMessage, ListedMessage)] = []
        var contradictions = 0
        for (old, new) in groups.all where old.count == new.count {
            for (first, second) in zip(old, new) {
                if let size = first.size, let other = second.size, size != other {
                    contradictions += 1
                } else {
                    found.append((first, second))
                }
            }
        }
        guard contradictions < found.count else { return }
        self.take(found, .serverID)
    }

    /// Pairs that nothing resembles, and whose ids do not differ.
    private mutating func matchSizesAndDates() -> [(RememberedMessage, ListedMessage)] {
        let found = self.sizesAndDates.all.compactMap { old, new -> (RememberedMessage, ListedMessage)? in
            guard old.count == 1, new.count == 1, let first = old.first, let second = new.first,
                !first.contradicts(second)
            else { return nil }
            return (first, second)
        }
        self.take(found, .sizeAndDate)
        return found
    }

    private mutating func matchInOrder() {
        self.take(self.sizesAndDates.all.filter { Self.isEven($0, $1) }.flatMap { zip($0, $1) }, .order)
    }

    private var sizesAndDates: Groups<SizeAndDate> {
        Groups(self.remembered, self.listed) {
            SizeAndDate($0.size, $0.internalDate)
        } listed: {
            SizeAndDate($0.size, $0.internalDate)
        }
    }

    private mutating func take(_ found: [(RememberedMessage, ListedMessage)], _ means: Means) {
        guard !found.isEmpty else { return }
        self.pairs += found.map { Pair(number: $0.number, uid: $1.uid, means: means) }
        let numbers = Set(found.map(\.0.number))
        let uids = Set(found.map(\.1.uid))
        self.remembered.removeAll { numbers.contains($0.number) }
        self.listed.removeAll { uids.contains($0.uid) }
    }
}

extension RememberedMessage {
    /// Both have an id of one kind from the mail server, and not the same.
    fileprivate func contradicts(_ message: ListedMessage) -> Bool {
        switch (self.serverID, message.serverID) {
        case (.emailID(let id), .emailID(let other)): id != other
        case (.gmail(let number), .gmail(let other)): number != other
        case (_, _): false
        }
    }
}

/// Messages of both sides by what they have in common, each group in order of UID.
private struct Groups<Key: Hashable> {
    let all: [([RememberedMessage], [ListedMessage])]

    init(
        _ remembered: [RememberedMessage],
        _ listed: [ListedMessage],
        _ key: (RememberedMessage) -> Key?,
        listed listedKey: (ListedMessage) -> Key?
    ) {
        var old: [Key: [RememberedMessage]] = [:]
        var new: [Key: [ListedMessage]] = [:]
        for message in remembered { if let key = key(message) { old[key, default: []].append(message) } }
        for message in listed { if let key = listedKey(message) { new[key, default: []].append(message) } }
        self.all = old.compactMap { key, messages in new[key].map { (messages, $0) } }
    }
}

extension [(RememberedMessage, ListedMessage)] {
    /// Whether the messages stand in the order that they had.
    fileprivate var isRising: Bool {
        let uids = self.sorted { $0.0.uid < $1.0.uid }.map(\.1.uid)
        return zip(uids, uids.dropFirst()).allSatisfy { $0 < $1 }
    }
}
