import FoundationEssentials
import LibCrypto

/// The server's side of one AUTHENTICATE of a `ScriptedMailConnection`, written from the RFCs and apart from the product.
struct ScriptedSASL {
    enum Reply {
        /// Not yet in base64.
        case challenge(String)
        case loggedIn(name: String)
        case refused(String)
    }

    private enum Step {
        case first
        /// The error was told; whatever is the answer, the login has failed.
        case failing
        case scramFinal(name: String, firstBare: String, serverFirst: String, salt: [UInt8])
        case scramProven(name: String)
    }

    private static let refusal = "NO [AUTHENTICATIONFAILED] no"
    private static let error = "{\"status\":\"401\",\"schemes\":\"bearer\"}"

    let tag: String
    let mechanism: String
    private var step = Step.first

    init(tag: String, mechanism: String) {
        self.tag = tag
        self.mechanism = mechanism
    }

    mutating func respond(_ line: [UInt8], _ settings: ScriptedMailServer.Settings) -> Reply {
        guard let octets = Data(base64Encoded: Data(line)).map({ [UInt8]($0) }) else { return .refused("BAD base64") }
        switch (self.step, self.mechanism) {
        case (.failing, "OAUTHBEARER"): return .refused(octets == [1] ? Self.refusal : "BAD no acknowledgement")
        case (.failing, _): return .refused(octets.isEmpty ? Self.refusal : "BAD no acknowledgement")
        case (.scramFinal(let name, let bare, let first, let salt), _):
            return self.scramFinal(name, bare, first, salt, String(decoding: octets, as: UTF8.self), settings)
        case (.scramProven(let name), _): return octets.isEmpty ? .loggedIn(name: name) : .refused("BAD response")
        case (.first, "PLAIN"): return Self.plain(octets, settings)
        case (.first, "SCRAM-SHA-256"): return self.scramFirst(String(decoding: octets, as: UTF8.self), settings)
        case (.first, "XOAUTH2"): return self.token(octets, name: "user=", settings)
        case (.first, "OAUTHBEARER"): return self.token(octets, name: "n,a=", settings)
        case (.first, _): return .refused("NO mechanism")
        }
    }

    private static func plain(_ octets: [UInt8], _ settings: ScriptedMailServer.Settings) -> Reply {
        let fields = octets.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard fields.count == 3 else { return .refused("BAD response") }
        return settings.passwords[fields[1]] == fields[2] ? .loggedIn(name: fields[1]) : .refused(Self.refusal)
    }

    private mutating func token(_ octets: [UInt8], name key: String, _ settings: ScriptedMailServer.Settings) -> Reply {
        let fields = octets.split(separator: 1, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let first = fields.first, first.hasPrefix(key), fields.suffix(2) == ["", ""],
            let bearer = fields.first(where: { $0.hasPrefix("auth=Bearer ") })
        else { return .refused("BAD response") }
        let name = first.dropFirst(key.count).filter { $0 != "," }
        guard settings.tokens[name] == String(bearer.dropFirst(12)) else {
            self.step = .failing
            return .challenge(Self.error)
        }
        return .loggedIn(name: name)
    }

    private mutating func scramFirst(_ message: String, _ settings: ScriptedMailServer.Settings) -> Reply {
        let parts = message.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "n", parts[1].isEmpty, parts[2].hasPrefix("n="), parts[3].hasPrefix("r=")
        else { return .refused("BAD response") }
        let salt = Random.octets(16)
        let nonce = parts[3].dropFirst(2) + Base64.encode(Random.octets(9))
        let first = "r=\(nonce),s=\(Base64.encode(salt)),i=\(settings.scramIterations)"
        let name = String(parts[2].dropFirst(2))
        self.step = .scramFinal(name: name, firstBare: "\(parts[2]),\(parts[3])", serverFirst: first, salt: salt)
        return .challenge(first)
    }

    /// RFC 5802 §3, as a server that stores the password checks it.
    private mutating func scramFinal(
        _ name: String,
        _ firstBare: String,
        _ serverFirst: String,
        _ salt: [UInt8],
        _ message: String,
        _ settings: ScriptedMailServer.Settings
    ) -> Reply {
        let parts = message.split(separator: ",").map(String.init)
        guard parts.count == 3, parts[0] == "c=biws", serverFirst.hasPrefix(parts[1] + ","), parts[2].hasPrefix("p="),
            let proof = Base64.decode(String(parts[2].dropFirst(2))), let password = settings.passwords[name]
        else { return .refused(Self.refusal) }
        let authMessage = Array("\(firstBare),\(serverFirst),\(parts[0]),\(parts[1])".utf8)
        let salted = HMACKey(
            PBKDF2.key(password: Array(password.utf8).span, salt: salt, iterations: settings.scramIterations)
        )
        let stored = SHA256.digest(of: salted.code(of: Array("Client Key".utf8)))
        let clientKey = zip(HMACKey(stored).code(of: authMessage), proof).map { $0 ^ $1 }
        guard SHA256.digest(of: clientKey) == stored else { return .refused(Self.refusal) }
        var signature = HMACKey(salted.code(of: Array("Server Key".utf8))).code(of: authMessage)
        if settings.liesInSCRAM { signature.reverse() }
        self.step = .scramProven(name: name)
        return .challenge("v=" + Base64.encode(signature))
    }
}
