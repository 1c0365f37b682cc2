import HTTPTypes

/// Why a request gets a page that says no. Its sentence is the text `page.problem.` and the key.
enum PageProblem: Error, Hashable {
    case badRequest
    case notFound
    /// The browser is sent to the login.
    case notLoggedIn
    /// A reader asked for what only an operator may do.
    case readerOnly
    /// A form without its token: from another site, or older than the session.
    case foreignForm
    /// The browser calls this machine by a name that is not its own.
    case foreignHost
    case tooLarge
    case tooManyTries
    case badMethod
    /// Two others take a copy just now.
    case busy
    /// A manifest of a file that was not taken.
    case noExport
    /// The store cannot be read or written just now.
    case store
    case ourselves

    var status: HTTPResponse.Status {
        switch self {
        case .badRequest: .badRequest
        case .notFound: .notFound
        case .notLoggedIn: .unauthorized
        case .readerOnly, .foreignForm: .forbidden
        case .foreignHost: .misdirectedRequest
        case .tooLarge: .contentTooLarge
        case .tooManyTries: .tooManyRequests
        case .badMethod: .methodNotAllowed
        case .busy, .store: .serviceUnavailable
        case .noExport: .conflict
        case .ourselves: .internalServerError
        }
    }

    var key: String {
        switch self {
        case .badRequest: "badRequest"
        case .notFound: "notFound"
        case .notLoggedIn: "notLoggedIn"
        case .readerOnly: "readerOnly"
        case .foreignForm: "foreignForm"
        case .foreignHost: "foreignHost"
        case .tooLarge: "tooLarge"
        case .tooManyTries: "tooManyTries"
        case .badMethod: "badMethod"
        case .busy: "busy"
        case .noExport: "noExport"
        case .store: "store"
        case .ourselves: "ourselves"
        }
    }
}
