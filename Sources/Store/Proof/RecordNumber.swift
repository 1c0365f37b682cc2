/// What a record says of itself at its beginning, read from its bytes without decoding them: a million are read in a
/// verification. Records of other programs, or with a time of another length, say nothing.
struct RecordNumber: Hashable {
    let number: Int64
    /// Whether it is a record of records that were dropped.
    let isOfDropping: Bool

    /// As `RecordEncoder` begins a record.
    private static let start = Array("{\"@timestamp\":\"".utf8)
    private static let middle = Array("\",\"event\":{\"sequence\":".utf8)
    private static let dropping = Array(",\"action\":\"records-dropped\"".utf8)
    private static let timeLength = 27

    init?(_ body: Span<UInt8>) {
        var place = Self.start.count + Self.timeLength
        guard Self.holds(body, Self.middle, at: place) else { return nil }
        place += Self.middle.count
        var number: Int64 = 0
        let digits = place
        while place < body.count, (0x30...0x39).contains(body[place]), place - digits < 18 {
            number = number * 10 + Int64(body[place] & 15)
            place += 1
        }
        guard number > 0 else { return nil }
        self.number = number
        self.isOfDropping = Self.holds(body, Self.dropping, at: place)
    }

    private static func holds(_ body: Span<UInt8>, _ octets: [UInt8], at place: Int) -> Bool {
        guard body.count - place >= octets.count else { return false }
        for index in octets.indices where body[place + index] != octets[index] { return false }
        return true
    }
}
