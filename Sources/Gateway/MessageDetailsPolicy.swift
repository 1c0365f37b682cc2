/// What is kept of a message's header beside the record (`message-details`).
package enum DetailsKept: String, Hashable, Sendable, CaseIterable {
    /// The fields as they stand in the message.
    case full
    /// A keyed hash of each: who knows a subject can find it, and nobody can read one.
    case hashed
    /// Nothing, and no header is fetched for it.
    case none
}

/// What the configuration says of it, for all accounts and for single ones.
package struct MessageDetailsPolicy: Hashable, Sendable {
    package let standard: DetailsKept
    /// By normalised login.
    package let accounts: [String: DetailsKept]

    package init(standard: DetailsKept = .full, accounts: [String: DetailsKept] = [:]) {
        self.standard = standard
        self.accounts = accounts
    }

    /// `account` is a normalised login.
    package func kept(of account: String) -> DetailsKept { self.accounts[account] ?? self.standard }
}
