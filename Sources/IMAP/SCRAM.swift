package import class Linux.Secret

/// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. The sums are done by whoever owns
/// the machine, since they take libcrypto and time; the server's signature is always verified here (RFC 5802 §5).
package struct SCRAMExchange: Hashable, Sendable {
    private enum Step: Hashable, Sendable {
        case awaitingFirst
        case computing(finalWithoutProof: String)
        case awaitingFinal(signature: Secret)
        /// The server knows the password too.
        case verified
        /// It said `e=`; the tagged answer follows.
        case failed
    }

    /// What a message of the server asks for.
    enum Demand: Hashable, Sendable {
        case compute(SCRAMComputation)
        /// An empty response: the server's last message has been read.
        case acknowledge
    }

    /// RFC 7677 §4 wants 4,096 at least. More than the most would only burn our processor for a hostile server.
    static let iterations = 4_096...1_000_000
    /// `n,,`, the header without channel binding, in base64 (RFC 5802 §7).
    private static let header = "n,,"
    private static let headerInBase64 = "biws"

    private let password: Secret
    private let nonce: String
    private let firstBare: String
    private var step = Step.awaitingFirst

    /// Nil where name or password need SASLprep. `nonce` is chance: printable ASCII without a comma (RFC 5802 §5.1).
    init?(_ credentials: Credentials, nonce: String) {
        guard credentials.kind == .password, credentials.arePrintableASCII else { return nil }
        self.password = credentials.secret
        self.nonce = nonce
        // RFC 5802 §5.1: comma and equals sign have another form in a name.
        self.firstBare = "n=\(credentials.name.saslName),r=\(nonce)"
    }

    /// The server has not said a word yet.
    var isUnanswered: Bool { self.step == .awaitingFirst }
    var isVerified: Bool { self.step == .verified }

    /// The client-first-message.
    var firstMessage: [UInt8] { Array((Self.header + self.firstBare).utf8) }

    /// A message of the server, decoded.
    mutating func received(_ message: [UInt8]) throws(ProtocolViolation) -> Demand {
        switch self.step {
        case .awaitingFirst: return .compute(try self.receivedFirst(message))
        case .awaitingFinal(let signature):
            try self.receivedFinal(message, expecting: signature)
            return .acknowledge
        case .computing, .verified, .failed: throw .malformedSCRAM
        }
    }

    /// `r=…,s=…,i=…`, and extensions that may be passed over; `m=` is one that may not (RFC 5802 §5.1).
    private mutating func receivedFirst(_ message: [UInt8]) throws(ProtocolViolation) -> SCRAMComputation {
        let fields = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count >= 3, message.allSatisfy({ (0x20...0x7E).contains($0) }),
            let nonce = fields[0].value(of: "r"), nonce.starts(with: self.nonce.utf8),
            nonce.count > self.nonce.utf8.count,
            let salt = fields[1].value(of: "s").flatMap({ Base64.decode($0) }), !salt.isEmpty,
            let digits = fields[2].value(of: "i"), let iterations = Int(decimal: digits)
        else { throw .malformedSCRAM }
        guard Self.iterations.contains(iterations) else { throw .iterationCount }
        let final = "c=\(Self.headerInBase64),r=\(String(decoding: nonce, as: UTF8.self))"
        self.step = .computing(finalWithoutProof: final)
        return SCRAMComputation(
            password: self.password,
            salt: salt,
            iterations: iterations,
            message: Array("\(self.firstBare),\(String(decoding: message, as: UTF8.self)),\(final)".utf8)
        )
    }

    /// The client-final-message; nil when no computation was asked for.
    mutating func computed(_ proof: SCRAMProof) -> [UInt8]? {
        guard case .computing(let final) = self.step else { return nil }
        self.step = .awaitingFinal(signature: proof.serverSignature)
        return Array("\(final),p=".utf8) + Base64.encode(proof.clientProof.octets)
    }

    /// `v=` with the server's signature, or `e=` with what was wrong.
    private mutating func receivedFinal(
        _ message: [UInt8],
        expecting signature: Secret
    ) throws(ProtocolViolation) {
        let first = message.split(separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false).first
        if first?.value(of: "e") != nil {
            self.step = .failed
            return
        }
        guard let octets = first?.value(of: "v").flatMap({ Base64.decode($0) }) else { throw .malformedSCRAM }
        guard Secret(octets) == signature else { throw .serverSignature }
        self.step = .verified
    }
}

/// The sums of one exchange (RFC 5802 §3), with HMAC-SHA-256.
package struct SCRAMComputation: Hashable, Sendable {
    package let password: Secret
    package let salt: [UInt8]
    /// At least 4,096, at most 1,000,000.
    package let iterations: Int
    /// AuthMessage.
    package let message: [UInt8]

    package init(password: Secret, salt: [UInt8], iterations: Int, message: [UInt8]) {
        self.password = password
        self.salt = salt
        self.iterations = iterations
        self.message = message
    }
}

package struct SCRAMProof: Hashable, Sendable {
    package let clientProof: Secret
    package let serverSignature: Secret

    package init(clientProof: Secret, serverSignature: Secret) {
        self.clientProof = clientProof
        self.serverSignature = serverSignature
    }
}

extension [UInt8] {
    /// As `saslname` (RFC 5801 §4, RFC 5802 §5.1): comma and equals sign have another form.
    var saslName: String {
        var name: [UInt8] = []
        for octet in self {
            switch octet {
            case UInt8(ascii: ","): name += "=2C".utf8
            case UInt8(ascii: "="): name += "=3D".utf8
            default: name.append(octet)
            }
        }
        return String(decoding: name, as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    /// What stands behind `name=`; nil where another attribute stands.
    fileprivate func value(of name: Unicode.Scalar) -> ArraySlice<UInt8>? {
        self.starts(with: [UInt8(ascii: name), UInt8(ascii: "=")]) ? self.dropFirst(2) : nil
    }
}

extension Int {
    /// A posit-number (RFC 5802 §7) of at most nine digits.
    fileprivate init?(decimal digits: ArraySlice<UInt8>) {
        guard (1...9).contains(digits.count), digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        self.init(String(decoding: digits, as: UTF8.self))
    }
}
