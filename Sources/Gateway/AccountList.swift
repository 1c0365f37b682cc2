/// The accounts that are served, each under its login and its aliases: an allow-list. Without one every account is served
/// that the mail server lets in.
package struct AccountList: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// Goes upstream as it stands.
        package let login: String
        package let aliases: [String]

        package init(login: String, aliases: [String] = []) {
            self.login = login
            self.aliases = aliases
        }
    }

    private let logins: [String: String]?

    /// Nil: every account. A name that two entries claim belongs to the first; the configuration refuses such a list.
    package init(_ entries: [Entry]?) {
        self.logins = entries.map { entries in
            var logins: [String: String] = [:]
            for entry in entries {
                for name in [entry.login] + entry.aliases {
                    let key = LoginName(name).normalised
                    if logins[key] == nil { logins[key] = entry.login }
                }
            }
            return logins
        }
    }

    /// The name that goes upstream for `name`; nil when the account is not served here.
    package func login(for name: LoginName) -> LoginName? {
        guard let logins = self.logins else { return name }
        return logins[name.normalised].map { LoginName($0) }
    }

    /// Whether there is a list and `name` stands in it, as a login or an alias.
    package func lists(_ name: LoginName) -> Bool { self.logins?[name.normalised] != nil }
}
