import enum Linux.FindLine
package import struct NIOCore.ByteBuffer

/// Picks Message-ID, From, Subject and Date out of a message while it passes: for the record, not for the device. Takes
/// the octets in any cut, keeps at most 512 octets of a field, looks no further than 64 KiB, and never fails: a header
/// that is none has no details.
package struct HeaderDetails: Hashable, Sendable {
    package static let maximumField = 512
    package static let maximumHeader = 65_536

    private enum Field: Int, CaseIterable {
        case messageID, from, subject, date

        init?(name: [UInt8]) {
            switch name {
            case Self.messageIDName: self = .messageID
            case Self.fromName: self = .from
            case Self.subjectName: self = .subject
            case Self.dateName: self = .date
            default: return nil
            }
        }

        private static let messageIDName = Array("message-id".utf8)
        private static let fromName = Array("from".utf8)
        private static let subjectName = Array("subject".utf8)
        private static let dateName = Array("date".utf8)
    }

    private enum State: Hashable {
        /// The first octet of a line decides: a blank continues the field, a line end is the end of the header.
        case lineStart
        case name
        case value
        /// The rest of a line nobody asked for.
        case skipping
        case ended
    }

    private var state = State.lineStart
    private var seen = 0
    /// What has come of a field's name, in lower case.
    private var name: [UInt8] = []
    /// The field whose value is read; also after its line, since the next may continue it (RFC 5322 §2.2.3).
    private var field: Field?
    private var values: [[UInt8]?] = [nil, nil, nil, nil]

    package init() {}

    /// Whether more octets would change nothing.
    package var hasEnded: Bool { self.state == .ended }

    /// Nil when none of the fields was there.
    package var details: MessageDetails? {
        guard self.values.contains(where: { $0 != nil }) else { return nil }
        return MessageDetails(
            messageID: self.value(of: .messageID),
            from: self.value(of: .from),
            subject: self.value(of: .subject),
            date: self.value(of: .date)
        )
    }

    package mutating func collect(_ piece: ByteBuffer) { self.collect(piece.readableBytesUInt8Span) }

    /// Lines that nobody asked for are passed over by their ends alone.
    package mutating func collect(_ octets: Span<UInt8>) {
        guard !self.hasEnded else { return }
        let end = min(octets.count, Self.maximumHeader - self.seen)
        var position = 0
        while position < end, !self.hasEnded {
            switch self.state {
            case .lineStart:
                self.beginLine(octets[position])
                position += 1
            case .name:
                self.continueName(octets[position])
                position += 1
            case .value, .skipping:
                let lineFeed = FindLine.lineFeed(in: octets.bytes, from: position) ?? end
                if self.state == .value { self.append(octets, position..<min(lineFeed, end)) }
                if lineFeed < end { self.state = .lineStart }
                position = min(lineFeed + 1, end)
            case .ended: return
            }
        }
        self.seen += position
        if end < octets.count { self.state = .ended }
    }

    // Lone CR, CR CR LF and NUL occur in real headers: LF alone ends a line, CR is never kept.

    private mutating func beginLine(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\r"): break
        case UInt8(ascii: "\n"): self.state = .ended
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            self.state = self.field == nil ? .skipping : .value
            if self.field != nil { self.append(octet) }
        default:
            self.field = nil
            self.name.removeAll(keepingCapacity: true)
            self.state = .name
            self.continueName(octet)
        }
    }

    private mutating func continueName(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\r"): break
        case UInt8(ascii: "\n"): self.state = .lineStart
        case UInt8(ascii: ":"):
            self.field = Field(name: self.name).flatMap { self.values[$0.rawValue] == nil ? $0 : nil }
            if let field = self.field { self.values[field.rawValue] = [] }
            self.state = self.field == nil ? .skipping : .value
        // No name of ours is longer than 10; a blank may stand before the colon in old mail.
        case UInt8(ascii: " "), UInt8(ascii: "\t"): break
        default:
            if self.name.count > 10 { self.state = .skipping } else { self.name.append(Self.lowercased(octet)) }
        }
    }

    private mutating func append(_ octets: Span<UInt8>, _ range: Range<Int>) {
        for position in range {
            guard let index = self.field?.rawValue, (self.values[index]?.count ?? 0) < Self.maximumField else { return }
            if octets[position] != UInt8(ascii: "\r") { self.append(octets[position]) }
        }
    }

    private mutating func append(_ octet: UInt8) {
        guard let index = self.field?.rawValue, let count = self.values[index]?.count, count < Self.maximumField else {
            return
        }
        let isBlank = octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t")
        if count > 0 || !isBlank { self.values[index]?.append(octet) }
    }

    private func value(of field: Field) -> [UInt8] {
        var value = self.values[field.rawValue] ?? []
        while let last = value.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { value.removeLast() }
        return value
    }

    private static func lowercased(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}
