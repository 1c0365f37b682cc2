package import struct POP3.UniqueID

/// How one device sees a mailbox: what it has hidden, and the unique-ids that are its own since a restore (a restored
/// message under its old unique-id would be skipped or deleted again at once by clients that remember it).
package struct DeviceView: Hashable, Sendable {
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
        guard !self.ownUniqueIDs.isEmpty else { return [:] }
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
}
