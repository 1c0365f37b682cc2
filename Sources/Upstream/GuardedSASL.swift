/// What an AUTHENTICATE may still send (RFC 3501 §6.2.2), by its mechanism: so many responses, of this form each.
struct GuardedSASL: Hashable {
    enum Mechanism: String {
        case plain = "PLAIN"
        case xoauth2 = "XOAUTH2"
        case oauthBearer = "OAUTHBEARER"
        case scramSHA256 = "SCRAM-SHA-256"
    }

    private enum Form {
        /// One line of base64, and not an empty one.
        case base64
        case empty
        /// One U+0001 in base64, which acknowledges an error (RFC 7628 §3.2.3).
        case acknowledgement
    }

    let mechanism: Mechanism
    private var responses: ArraySlice<Form>

    /// Reads what stands behind AUTHENTICATE: a mechanism, and its first response where it stands there (RFC 4959 §3).
    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let mechanism = words.first.flatMap({ Mechanism(rawValue: String($0)) }), words.count <= 2 else {
            return nil
        }
        self.mechanism = mechanism
        self.responses =
            switch mechanism {
            case .plain: [.base64]
            case .xoauth2: [.base64, .empty]
            case .oauthBearer: [.base64, .acknowledgement]
            case .scramSHA256: [.base64, .base64, .empty]
            }
        if words.count == 2, let response = words.last, !self.take(Array(response.utf8)) { return nil }
    }

    /// Whether `line` may be the next response; if so, the one after it is next.
    mutating func take(_ line: [UInt8]) -> Bool {
        guard let form = self.responses.popFirst() else { return false }
        switch form {
        case .base64: return Self.isBase64(line)
        case .empty: return line.isEmpty
        case .acknowledgement: return line == Array("AQ==".utf8)
        }
    }

    private static func isBase64(_ line: [UInt8]) -> Bool {
        let body = line.reversed().drop { $0 == UInt8(ascii: "=") }
        return !body.isEmpty && line.count - body.count <= 2
            && body.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"): true
                default: false
                }
            }
    }
}
