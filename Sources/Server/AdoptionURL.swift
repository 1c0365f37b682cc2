/// The address of the provider's own POP3 service, whose unique-ids are taken over.
package struct AdoptionURL: Hashable, Sendable {
    package let host: String
    package let port: Int
    /// TLS from the first octet; otherwise the service must have STLS.
    package let isImplicitTLS: Bool

    /// `pops://HOST[:PORT]` with 995 or `pop3://HOST[:PORT]` with 110; nil for anything else.
    package init?(_ text: String) {
        guard let parts = ServerAddress(text) else { return nil }
        switch parts.scheme {
        case "pops":
            self.isImplicitTLS = true
        case "pop3":
            self.isImplicitTLS = false
        case _:
            return nil
        }
        self.host = parts.host
        self.port = parts.port ?? (self.isImplicitTLS ? 995 : 110)
    }
}
