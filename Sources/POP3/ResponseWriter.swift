package import struct NIOCore.ByteBuffer

extension Response {
    /// The longest line of ours, CRLF included (RFC 1939 §3, RFC 2449 §4).
    package static let longestLine = 512

    /// Writes the reply with its CRLF. Texts are ours, but this holds whatever they say: a line is cut to its limit,
    /// an octet outside printable ASCII becomes `?`, and free text never begins with `[`, which would be taken for a
    /// response code (RFC 2449 §8).
    package func write(into buffer: inout ByteBuffer) {
        switch self {
        case .ok(let text): Self.writeLine("+OK", Self.freeText(text), into: &buffer)
        case .err(nil, let text): Self.writeLine("-ERR", Self.freeText(text), into: &buffer)
        case .err(.some(let code), let text): Self.writeLine("-ERR [\(code.rawValue)]", text, into: &buffer)
        case .challenge(let base64):
            Self.writeCut("+ ".utf8 + Array(base64.utf8), into: &buffer)
        case .lines(let first, let lines):
            Self.writeLine("+OK", Self.freeText(first), into: &buffer)
            for line in lines {
                let stuffing: [UInt8] = line.utf8.first == UInt8(ascii: ".") ? [UInt8(ascii: ".")] : []
                Self.writeCut(stuffing + Array(line.utf8), into: &buffer)
            }
            buffer.writeImmutableBuffer(Self.finalDot)
        }
    }

    /// The line that ends a multi-line reply.
    package static let finalDot = ByteBuffer(string: ".\r\n")

    private static func freeText(_ text: String) -> String {
        text.utf8.first == UInt8(ascii: "[") ? "(" + text.dropFirst() : text
    }

    private static func writeLine(_ status: String, _ text: String, into buffer: inout ByteBuffer) {
        self.writeCut(text.isEmpty ? Array(status.utf8) : Array("\(status) \(text)".utf8), into: &buffer)
    }

    private static func writeCut(_ line: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeBytes(line.prefix(self.longestLine - 2).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") })
        buffer.writeString("\r\n")
    }
}

extension SyntaxError {
    /// What the device hears: fixed text.
    package var reply: Response {
        switch self {
        case .unknownCommand: .err(nil, "unknown command")
        case .badArgument: .err(nil, "invalid arguments")
        case .badMessageNumber: .err(nil, "no such message")
        case .lineTooLong: .err(nil, "line too long")
        case .emptyLine: .err(nil, "empty command")
        case .foreignProtocol: .err(nil, "this is a POP3 server")
        }
    }
}
