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
            switch String(decoding: name, as: UTF8.self) {
            case "message-id": self = .messageID
            case "from": self = .from
            case "subject": self = .subject
            case "date": self = .date
            default: return nil
            }
        }
    }

    private enum State: Hashable {
        /// The first octet of a line decides: a blank continues the field, a line end is the end of the header.
        case lineStart
        case name([UInt8])
        case value
        /// The rest of a line nobody asked for.
        case skipping
        case ended
    }

    private var state = State.lineStart
    private var seen = 0
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

    package mutating func collect(_ piece: ByteBuffer) {
        guard !self.hasEnded else { return }
        for octet in piece.readableBytesView {
            self.collect(octet)
            if self.hasEnded { return }
        }
    }

    private mutating func collect(_ octet: UInt8) {
        self.seen += 1
        guard self.seen <= Self.maximumHeader else {
            self.state = .ended
            return
        }
        // Lone CR, CR CR LF and NUL occur in real headers: LF alone ends a line, CR is never kept.
        if octet == UInt8(ascii: "\r") { return }
        switch self.state {
        case .lineStart: self.beginLine(octet)
        case .name(let name): self.continueName(name, octet)
        case .value: self.continueValue(octet)
        case .skipping: if octet == UInt8(ascii: "\n") { self.state = .lineStart }
        case .ended: break
        }
    }

    private mutating func beginLine(_ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\n"): self.state = .ended
        case UInt8(ascii: " "), UInt8(ascii: "\t"):
            self.state = self.field == nil ? .skipping : .value
            if self.field != nil { self.append(octet) }
        default:
            self.field = nil
            self.continueName([], octet)
        }
    }

    private mutating func continueName(_ name: [UInt8], _ octet: UInt8) {
        switch octet {
        case UInt8(ascii: "\n"): self.state = .lineStart
        case UInt8(ascii: ":"):
            self.field = Field(name: name).flatMap { self.values[$0.rawValue] == nil ? $0 : nil }
            if let field = self.field { self.values[field.rawValue] = [] }
            self.state = self.field == nil ? .skipping : .value
        // No name of ours is longer than 10; a blank may stand before the colon in old mail.
        case UInt8(ascii: " "), UInt8(ascii: "\t"): self.state = .name(name)
        default: self.state = name.count > 10 ? .skipping : .name(name + [Self.lowercased(octet)])
        }
    }

    private mutating func continueValue(_ octet: UInt8) {
        if octet == UInt8(ascii: "\n") { self.state = .lineStart } else { self.append(octet) }
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
