package import Foundation
package import Gateway
package import Report

/// What the page is told at the start.
package struct ReviewSettings: Sendable {
    package let address: IPAddress
    /// 0: any that is free.
    package let port: Int
    /// Whether our own TLS stands before it: then cookies are for TLS alone.
    package let isTLS: Bool
    /// The language for browsers that ask for none of ours.
    package let language: Language
    /// Shown in the title.
    package let node: String
    /// The names, in lower case, by which browsers may call this machine, beside its addresses and `localhost`.
    package let names: Set<String>
    /// The zone of all times on the page.
    package let zone: TimeZone
    /// Of the program, as monitoring is told.
    package let version: String

    package init(
        address: IPAddress,
        port: Int,
        isTLS: Bool,
        language: Language,
        node: String,
        names: Set<String> = [],
        zone: TimeZone = .current,
        version: String = Product.version
    ) {
        self.address = address
        self.port = port
        self.isTLS = isTLS
        self.language = language
        self.node = node
        self.names = names
        self.zone = zone
        self.version = version
    }
}
