package import Gateway

package import class Linux.Secret

/// Who may log in to the review page; what is shown of it, never the token itself.
package struct ReviewToken: Hashable, Sendable {
    package let id: Int64
    package let name: String
    package let role: Reviewer.Role
    /// UTC, as the record writes it.
    package let made: String
}

/// A token that was just made. The only time its text is known.
package struct IssuedReviewToken: Sendable {
    package let name: String
    package let role: Reviewer.Role
    package let text: Secret
}

/// A filter of the record that somebody kept under a name.
package struct SavedFilter: Hashable, Sendable {
    package let name: String
    /// As it stands in the page's address.
    package let query: String

    package init(name: String, query: String) {
        self.name = name
        self.query = query
    }
}
