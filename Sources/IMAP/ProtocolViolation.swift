/// What a mail server sent that ends the connection (S-12, S-22). The texts are constant: nothing of the peer's is in
/// them.
package enum ProtocolViolation: String, Error, Hashable, Sendable {
    case lineTooLong = "line too long"
    case literalLength = "literal length is no number"
    case literalTooLong = "literal too long"
    case nestingTooDeep = "nesting too deep"
    case malformedFetch = "malformed FETCH response"
    case malformedSearch = "malformed SEARCH response"
    case malformedStatus = "malformed status response"
    case capabilitiesTooLong = "capability list too long"
    case greeting = "no IMAP greeting"
    case preauthenticated = "greeting is PREAUTH"
    case wrongTag = "answer to a tag that was not sent"
    case octetsBehindStartTLS = "octets behind the answer to STARTTLS"
    case tooMuch = "too many octets in an answer"
    case otherMessage = "body of another message"
    case noExists = "EXAMINE told no EXISTS"
    case validityChanged = "UIDVALIDITY changed"
    case brokenListing = "listing does not make sense"
    case noSearchData = "SEARCH told nothing"
}
