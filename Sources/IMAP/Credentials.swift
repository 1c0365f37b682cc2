package import class Linux.Secret

/// The name of the account and what proves it, as octets: a password may be in any old code page (I-12).
package struct Credentials: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case password
        /// An OAuth access token: it goes by a mechanism for tokens and no other (RFC 7628).
        case accessToken
    }

    /// The longest access token, in octets: it has to fit a line of the mail server in base64.
    static let longestToken = 8_192

    package let name: [UInt8]
    package let kind: Kind
    package let secret: Secret

    package init(name: [UInt8], password: Secret) {
        self.name = name
        self.kind = .password
        self.secret = password
    }

    package init(name: [UInt8], token: Secret) {
        self.name = name
        self.kind = .accessToken
        self.secret = token
    }
}

extension Credentials {
    /// NUL, CR and LF have no form in a command (RFC 3501 §9, CHAR8 and TEXT-CHAR); control characters have no place
    /// in a name. An empty password logs in anybody at some directories. A token is printable and has no space
    /// (RFC 6750 §2.1), so that none can end its field and begin another.
    var areSendable: Bool {
        guard !self.name.isEmpty, self.secret.count > 0 else { return false }
        guard self.name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
        switch self.kind {
        case .password: return self.secret.octets.allSatisfy { $0 != 0 && $0 != 0x0D && $0 != 0x0A }
        case .accessToken:
            return self.secret.count <= Self.longestToken
                && self.secret.octets.allSatisfy { (0x21...0x7E).contains($0) }
        }
    }

    var areUTF8: Bool {
        self.name.span.isUTF8 && self.secret.revealed { $0.isUTF8 }
    }

    /// SASLprep (RFC 4013) changes nothing of printable ASCII; what it would do to the rest is not done here.
    var arePrintableASCII: Bool {
        self.name.allSatisfy { (0x20...0x7E).contains($0) }
            && self.secret.octets.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

extension Span where Element == UInt8 {
    fileprivate var isUTF8: Bool {
        do {
            _ = try UTF8Span(validating: self)
            return true
        } catch {
            return false
        }
    }
}

extension Secret {
    /// A copy, for what is about to be sent.
    var octets: [UInt8] {
        self.revealed { octets in octets.indices.map { octets[$0] } }
    }
}
