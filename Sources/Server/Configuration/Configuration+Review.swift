package import enum Gateway.IPAddress

extension Configuration {
    /// Where the review page is served.
    package struct Review: Hashable, Sendable {
        package let address: IPAddress
        package let port: Int
        package let isTLS: Bool
        /// Empty: the private authority's.
        package let certificates: [CertificateFiles]
        /// Names in lower case by which browsers call this machine.
        package let names: [String]

        /// The port of a start that says nothing of it.
        package static let usualPlace = "127.0.0.1:8995"
        /// What its certificate is kept under, beside the listeners of the devices; no listener can be named so.
        package static let listenerName = "review page"
    }

    /// All that need a TLS context: the listeners of the devices, and the page where TLS stands before it.
    package var listenersWithTLS: [Listener] { self.listeners + self.pageListeners(certificates: self.review) }

    /// The page as a listener, with the certificates of `source`; none where no TLS stands before it.
    package func pageListeners(certificates source: Review?) -> [Listener] {
        guard let review = self.review, review.isTLS else { return [] }
        let page = Listener(
            name: Review.listenerName,
            address: review.address,
            port: review.port,
            isImplicitTLS: true,
            isLegacy: false,
            // A browser offers its own protocols, and none of ours.
            isStrictALPN: false,
            allowedFrom: [],
            plaintextFrom: [],
            certificates: source?.certificates ?? review.certificates,
            clientAuthority: nil,
            givenDevice: nil,
            identification: []
        )
        return [page]
    }
}

/// `ADDRESS:PORT`, an IPv6 address in brackets.
struct ReviewPlace {
    let address: IPAddress
    let port: Int

    /// Nil for a host name: who may reach the page must not hang on an answer of the DNS.
    init?(_ text: String) {
        guard let place = ServerAddress("http://\(text)"), let port = place.port,
            let address = IPAddress(place.host), !text.hasSuffix("/")
        else { return nil }
        self.address = address
        self.port = port
    }

    static let off = "off"
}
