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
    /// The longest first response that stands in the AUTHENTICATE line: servers need not take lines of more than 8,192
    /// octets (RFC 7162 §4).
    static let longestInitialResponse = 8_000

    /// Octets of a set of UIDs, so that its command fits into a line of 1000 (RFC 2683 §3.2.1.5).
    static let longestSet = 900

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
            // RFC 4616 §2: no authorization identity, then name and password, each behind a NUL.
            let response = [0] + credentials.name + [0] + credentials.secret.octets
            self.writeSASL("PLAIN", response, into: &writer)
        case .authenticateSCRAM(let exchange):
            self.writeSASL("SCRAM-SHA-256", exchange.firstMessage, into: &writer)
        case .authenticateXOAuth2(let credentials):
            let response = Array("user=".utf8) + credentials.name + Self.bearer(credentials.secret)
            self.writeSASL("XOAUTH2", response, into: &writer)
            // A refusal comes as a challenge first, which is answered with nothing (I-13).
            writer.write("\r\n")
            writer.cut()
        case .authenticateOAuthBearer(let credentials, let host, let port):
            let name = Array("n,a=\(credentials.name.saslName),\u{1}host=\(host)\u{1}port=\(port)".utf8)
            self.writeSASL("OAUTHBEARER", name + Self.bearer(credentials.secret), into: &writer)
            // RFC 7628 §3.2.3: a refusal comes as a challenge first, which is answered with one U+0001.
            writer.write("\r\n")
            writer.cut()
            writer.write("AQ==")
        case .login(let credentials):
            writer.write(" ")
            self.writeString(credentials.name, into: &writer)
            writer.write(" ")
            self.writeString(credentials.secret.octets, into: &writer)
        case .id(let name, let version):
            writer.write(" (\"name\" ")
            writer.write(name.encoded)
            writer.write(" \"version\" ")
            writer.write(version.encoded)
            writer.write(")")
        case .examine(let mailbox), .getQuotaRoot(let mailbox, _):
            writer.write(" ")
            writer.write(mailbox.encoded)
        case .fetchListing(let after, let serverID, _):
            let item = serverID.map { " " + $0.rawValue } ?? ""
            writer.write(" \((after?.value ?? 0).addingClamped(1)):* (UID RFC822.SIZE INTERNALDATE\(item))")
        case .fetchFlags(let after, _):
            writer.write(" \((after?.value ?? 0).addingClamped(1)):* (UID FLAGS)")
        case .fetchBodies(let uids, .whole, _):
            writer.write(" \(Self.set(uids)) (UID BODY.PEEK[])")
        case .fetchBodies(let uids, .octets(let offset, let length), _):
            // RFC 3501 §9: the length is an nz-number.
            writer.write(" \(Self.set(uids)) (UID BODY.PEEK[]<\(offset).\(max(length, 1))>)")
        case .fetchHeaders(let uids, let part, _):
            writer.write(" \(Self.set(uids)) (UID \(part.item))")
        case .searchAll(let compact, _):
            writer.write(compact ? " RETURN (ALL) ALL" : " ALL")
        }
        writer.write("\r\n")
        return writer.finish()
    }

    /// How many of the first of `uids` one command can name, and never more than `maximum`.
    static func fitting(_ uids: [UID], atMost maximum: Int) -> Int {
        var count = min(uids.count, maximum)
        while count > 1, Self.set(UIDRanges(uids.prefix(count)).sorted).utf8.count > Self.longestSet {
            count = count * 3 / 4
        }
        return count
    }

    /// RFC 3501 §9, sequence-set.
    static func set(_ uids: [ClosedRange<UInt32>]) -> String {
        uids.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound):\($0.upperBound)" }.joined(separator: ",")
    }

    private static func bearer(_ token: Secret) -> [UInt8] {
        Array("\u{1}auth=Bearer ".utf8) + token.octets + [1, 1]
    }

    /// A mechanism and the first response, in the same line where the server permits that.
    private func writeSASL(_ mechanism: String, _ response: [UInt8], into writer: inout PartWriter) {
        let response = Base64.encode(response)
        writer.write(" " + mechanism)
        if self.initialResponse, response.count <= Self.longestInitialResponse {
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

extension UInt32 {
    fileprivate func addingClamped(_ other: UInt32) -> UInt32 {
        let (sum, overflow) = self.addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
