import enum POP3.Response

extension Response {
    /// The reply's first line without CRLF, as the record keeps it.
    var text: String {
        switch self {
        case .ok(let text), .lines(let text, _): text.isEmpty ? "+OK" : "+OK \(text)"
        case .err(nil, let text): "-ERR \(text)"
        case .err(let code?, let text): "-ERR [\(code.rawValue)] \(text)"
        case .challenge: "+"
        }
    }
}
