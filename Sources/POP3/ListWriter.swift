package import struct NIOCore.ByteBuffer

/// Writes the lines of LIST and UIDL, many to a buffer: a maildrop of 200,000 messages goes out in parts of about a
/// thousand lines.
package enum ListWriter {
    /// The longest line: a number of 20 digits, a space, 70 octets and CRLF.
    package static let longestLine = 93

    /// `number size CRLF` (RFC 1939 §5): nothing follows the size.
    package static func write(_ number: MessageNumber, octets: UInt64, into buffer: inout ByteBuffer) {
        buffer.writeWithOutputRawSpan(minimumWritableBytes: self.longestLine) { line in
            self.append(UInt64(number.value), to: &line)
            line.append(UInt8(ascii: " "))
            self.append(octets, to: &line)
            self.appendLineEnd(to: &line)
        }
    }

    /// `number unique-id CRLF` (RFC 1939 §7).
    package static func write(_ number: MessageNumber, _ uniqueID: UniqueID, into buffer: inout ByteBuffer) {
        self.write(number, uniqueID: Array(uniqueID.text.utf8)[...], into: &buffer)
    }

    /// The same, of the octets of a unique-id; at most 70 are written.
    package static func write(_ number: MessageNumber, uniqueID: ArraySlice<UInt8>, into buffer: inout ByteBuffer) {
        buffer.writeWithOutputRawSpan(minimumWritableBytes: self.longestLine) { line in
            self.append(UInt64(number.value), to: &line)
            line.append(UInt8(ascii: " "))
            for octet in uniqueID.prefix(70) { line.append(octet) }
            self.appendLineEnd(to: &line)
        }
    }

    private static func append(_ value: UInt64, to line: inout OutputRawSpan) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }

    private static func appendLineEnd(to line: inout OutputRawSpan) {
        line.append(UInt8(ascii: "\r"))
        line.append(UInt8(ascii: "\n"))
    }
}
