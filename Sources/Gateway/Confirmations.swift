/// What a device certainly has of what it marked (`commit-on-disconnect: confirmed`), by row.
///
/// A message that was delivered whole is *sent* when its final dot is said, and has *arrived* once the device's commands
/// were read at a time when its TCP had acknowledged all that was written. A mark made by what was read then, or later, is
/// *confirmed*: the device asked for it when it had the message. A DELE that was already in flight is not: a client that
/// sends RETR and DELE in one go says nothing about what has reached it.
struct Confirmations: Hashable, Sendable {
    private var sent = NumberRanges()
    private var arrived = NumberRanges()
    /// The rows of confirmed marks.
    private(set) var marked = NumberRanges()

    /// The final dot of a whole message was said.
    mutating func delivered(_ row: UInt32) { self.sent.insert(row) }

    /// All that was said before the present commands has arrived.
    mutating func acknowledged() {
        guard !self.sent.isEmpty else { return }
        self.arrived = self.arrived.union(self.sent)
        self.sent = NumberRanges()
    }

    /// Whether the mark is confirmed.
    mutating func mark(_ row: UInt32) -> Bool {
        guard self.arrived.contains(row) else { return false }
        self.marked.insert(row)
        return true
    }

    /// RSET: what has arrived stays so.
    mutating func unmarkAll() { self.marked = NumberRanges() }
}
