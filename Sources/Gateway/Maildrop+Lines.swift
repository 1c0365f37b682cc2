package import struct NIOCore.ByteBuffer
import enum POP3.ListWriter
import struct POP3.MessageNumber

// LIST and UIDL write their lines from the columns of the snapshot: a `Message` with a text for each of 200,000 would cost
// ten times as much.
extension Maildrop {
    /// Writes the next lines of a listing, `Listing.linesInPart` at most. True when no message is left behind them. Sizes are
    /// cut to `largest`.
    package func write(_ listing: inout Listing, largest: UInt64, into part: inout ByteBuffer) -> Bool {
        var lines = 0
        while listing.last < self.lastNumber {
            guard let number = MessageNumber(listing.last + 1) else { return true }
            if let position = self.position(ofListed: number) {
                guard lines < Listing.linesInPart else { return false }
                lines += 1
                switch listing.content {
                case .sizes: ListWriter.write(number, octets: min(largest, self.size(at: position)), into: &part)
                case .uniqueIDs: self.writeUniqueID(number, at: position, into: &part)
                }
            } else if case .notice(let notice)? = self[number] {
                guard lines < Listing.linesInPart else { return false }
                lines += 1
                switch listing.content {
                case .sizes: ListWriter.write(number, octets: min(largest, UInt64(notice.size)), into: &part)
                case .uniqueIDs: ListWriter.write(number, notice.uniqueID, into: &part)
                }
            }
            listing.last = number.value
        }
        return true
    }

    /// Where in the snapshot the message of that number stands; nil when there is none, or it is marked.
    private func position(ofListed number: MessageNumber) -> Int? {
        self.marks.contains(number) ? nil : self.visible.position(of: number)
    }

    private func size(at position: Int) -> UInt64 { UInt64(self.snapshot.size(at: position) ?? 0) }

    private func writeUniqueID(_ number: MessageNumber, at position: Int, into part: inout ByteBuffer) {
        if !self.ownUniqueIDs.isEmpty, let own = self.snapshot.number(at: position).flatMap({ self.ownUniqueIDs[$0] }) {
            ListWriter.write(number, own, into: &part)
        } else {
            ListWriter.write(number, uniqueID: self.snapshot.uniqueIDOctets(at: position), into: &part)
        }
    }
}
