package import struct POP3.UniqueID

/// How one device sees a mailbox: what it does not see, and the unique-ids that are its own, by a format of its own or
/// since a restore (a restored message under its old unique-id would be skipped or deleted again at once by clients that
/// remember it).
package struct DeviceView: Hashable, Sendable {
    /// What it deleted, what it began without, and what lies before its window.
    package let hidden: NumberRanges
    /// By row number.
    package let ownUniqueIDs: [UInt32: UniqueID]

    package init(hidden: NumberRanges, ownUniqueIDs: [UInt32: UniqueID]) {
        self.hidden = hidden
        self.ownUniqueIDs = ownUniqueIDs
    }

    /// The view of a session of which no device is known: nothing is hidden (promise 4).
    package static let everything = DeviceView(hidden: NumberRanges(), ownUniqueIDs: [:])

    /// The own unique-ids, none of them twice and none that another message of `snapshot` has: a duplicate in UIDL makes
    /// getmail6 refuse the mailbox and others download for ever. The newer row of two gets a suffix (`-2`, U-15).
    func distinctUniqueIDs(in snapshot: MailboxSnapshot) -> [UInt32: UniqueID] {
        guard !self.ownUniqueIDs.isEmpty, self.mayHaveDuplicates(in: snapshot) else { return self.ownUniqueIDs }
        var taken: Set<String> = []
        for position in 0..<snapshot.count {
            guard let message = snapshot[position], self.ownUniqueIDs[message.number] == nil else { continue }
            taken.insert(message.uniqueID.text)
        }
        var distinct: [UInt32: UniqueID] = [:]
        for (row, own) in self.ownUniqueIDs.sorted(by: { $0.key < $1.key }) {
            var candidate = own
            var copy = 2
            while !taken.insert(candidate.text).inserted {
                let suffix = "-\(copy)"
                candidate = UniqueID(own.text.prefix(70 - suffix.utf8.count) + suffix) ?? candidate
                copy += 1
            }
            distinct[row] = candidate
        }
        return distinct
    }

    /// False when the own unique-ids are distinct and no other message has one of them. A look at the octets tells it, which
    /// costs a small part of what texts would; where two sums agree by chance it is true.
    private func mayHaveDuplicates(in snapshot: MailboxSnapshot) -> Bool {
        let sums = Set(self.ownUniqueIDs.values.map { Self.sum(of: Array($0.text.utf8)[...]) })
        guard sums.count == self.ownUniqueIDs.count else { return true }
        for position in 0..<snapshot.count where sums.contains(Self.sum(of: snapshot.uniqueIDOctets(at: position))) {
            guard let row = snapshot.number(at: position), self.ownUniqueIDs[row] != nil else { return true }
        }
        return false
    }

    /// FNV-1a: texts that differ seldom agree in it.
    private static func sum(of octets: ArraySlice<UInt8>) -> UInt64 {
        octets.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
