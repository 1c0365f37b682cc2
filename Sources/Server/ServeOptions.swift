package import Report

/// What the command line of `serve` and `check` said; each overrides the file.
package struct ServeOptions: Hashable, Sendable {
    /// The configuration file. Nil: the usual one, where there is one and no `upstream` is given.
    package var config: String?
    package var upstream: String?
    package var upstreamCA: String?
    /// Addresses for the two listeners of a start without a file.
    package var listen: [String]
    /// Where the review page is, or `off`.
    package var review: String?
    package var state: String?
    package var language: Language?

    package init(
        config: String? = nil,
        upstream: String? = nil,
        upstreamCA: String? = nil,
        listen: [String] = [],
        review: String? = nil,
        state: String? = nil,
        language: Language? = nil
    ) {
        self.config = config
        self.upstream = upstream
        self.upstreamCA = upstreamCA
        self.listen = listen
        self.review = review
        self.state = state
        self.language = language
    }
}
