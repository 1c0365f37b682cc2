/// What a POP3 service says of itself, as far as we ask (RFC 2449 §6). One that knows no CAPA has none of these.
package struct ServiceCapabilities: Hashable, Sendable {
    var hasSTLS = false
    var hasUser = false
    var hasPlain = false
    /// Nil where no list was given: then everything is tried.
    private(set) var wasListed = false
    package private(set) var canPipeline = false
    /// Seconds that must lie between two logins.
    package private(set) var loginDelay: Int?
    /// `EXPIRE 0`: what was read may be deleted (RFC 2449 §6.7). Before the login it may be said for others alone.
    var expiresAtOnce = false
    var expiryIsPersonal = false

    package init() {}

    mutating func add(_ line: [UInt8]) {
        self.wasListed = true
        let words = String(decoding: line, as: UTF8.self).uppercased().split(separator: " ")
        let arguments = words.dropFirst()
        switch words.first {
        case "STLS": self.hasSTLS = true
        case "USER": self.hasUser = true
        case "SASL": self.hasPlain = arguments.contains("PLAIN")
        case "PIPELINING": self.canPipeline = true
        case "LOGIN-DELAY": self.loginDelay = arguments.first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        case "EXPIRE":
            self.expiresAtOnce = arguments.first == "0"
            self.expiryIsPersonal = arguments.contains("USER")
        case _: break
        }
    }
}
