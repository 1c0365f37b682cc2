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
}
