package import class Linux.Secret

/// Writes a command as the octets that leave, cut where the server must first say `+` (RFC 3501 §7.5).
package struct CommandEncoder: Hashable, Sendable {
    /// Which literals need no `+` from the server (RFC 7888 §4, §5).
    package enum LiteralSupport: Hashable, Sendable {
        case synchronizing
        /// LITERAL-: up to 4096 octets.
        case small
        /// LITERAL+
        case any
    }

    /// The longest literal that LITERAL- lets go without waiting (RFC 7888 §5).
    static let smallLiteral = 4096

    package var literals: LiteralSupport
    /// SASL-IR: the first response stands in the AUTHENTICATE line (RFC 4959 §3).
    package var initialResponse: Bool

    package init(literals: LiteralSupport, initialResponse: Bool) {
        self.literals = literals
        self.initialResponse = initialResponse
    }

    /// The parts of `command`; each but the first is sent after a `+`. They are secrets, since they may hold a
    /// password.
    package func encode(_ command: Command, tag: String) -> [Secret] {
        var writer = PartWriter(text: tag + " " + command.verb.rawValue)
        switch command {
        case .capability, .noop, .logout, .startTLS:
            break
        case .authenticatePlain(let credentials):
            self.writePlain(credentials, into: &writer)
        case .login(let credentials):
            writer.write(" ")
            self.writeString(credentials.name, into: &writer)
            writer.write(" ")
            self.writeString(credentials.password.octets, into: &writer)
        case .id(let name, let version):
            writer.write(" (\"name\" ")
            writer.write(name.encoded)
            writer.write(" \"version\" ")
            writer.write(version.encoded)
            writer.write(")")
        case .examine(let mailbox), .getQuotaRoot(let mailbox, _):
            writer.write(" ")
            writer.write(mailbox.encoded)
        case .fetchListing(let after, _):
            writer.write(" \((after?.value ?? 0).addingClamped(1)):* (UID RFC822.SIZE INTERNALDATE)")
        case .fetchFlags(let after, _):
            writer.write(" \((after?.value ?? 0).addingClamped(1)):* (UID FLAGS)")
        case .fetchBody(let uid, .whole, _):
            writer.write(" \(uid.value) (UID BODY.PEEK[])")
        case .fetchBody(let uid, .octets(let offset, let length), _):
            // RFC 3501 §9: the length is an nz-number.
            writer.write(" \(uid.value) (UID BODY.PEEK[]<\(offset).\(max(length, 1))>)")
        case .searchAll(let compact, _):
            writer.write(compact ? " RETURN (ALL) ALL" : " ALL")
        }
        writer.write("\r\n")
        return writer.finish()
    }

    /// RFC 4616 §2: no authorization identity, then name and password, each behind a NUL.
    private func writePlain(_ credentials: Credentials, into writer: inout PartWriter) {
        let response = Base64.encode([0] + credentials.name + [0] + credentials.password.octets)
        writer.write(" PLAIN")
        if self.initialResponse {
            writer.write(" ")
        } else {
            writer.write("\r\n")
            writer.cut()
        }
        writer.write(response)
    }

    private func writeString(_ octets: [UInt8], into writer: inout PartWriter) {
        if let quoted = QuotedString(octets) { return writer.write(quoted.encoded) }
        let waits =
            switch self.literals {
            case .any: false
            case .small: octets.count > Self.smallLiteral
            case .synchronizing: true
            }
        writer.write("{\(octets.count)\(waits ? "" : "+")}\r\n")
        if waits { writer.cut() }
        writer.write(octets)
    }
}

private struct PartWriter {
    private var parts: [Secret] = []
    private var current: [UInt8]

    init(text: String) { self.current = Array(text.utf8) }

    mutating func write(_ text: String) { self.current += text.utf8 }
    mutating func write(_ octets: [UInt8]) { self.current += octets }

    mutating func cut() {
        self.parts.append(Secret(self.current))
        self.current = []
    }

    mutating func finish() -> [Secret] {
        self.cut()
        return self.parts
    }
}

extension Secret {
    /// A copy, for what is about to be sent.
    var octets: [UInt8] {
        self.revealed { octets in octets.indices.map { octets[$0] } }
    }
}

extension UInt32 {
    fileprivate func addingClamped(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
