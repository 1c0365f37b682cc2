import HTTPTypes
import Hummingbird

/// One page or several that belong together.
protocol Page: Sendable {
    init(frame: PageFrame)
    func add(to routes: PageRoutes)
}

/// Who is let in to a route.
enum Access {
    case everybody
    case reader
    case `operator`
}

/// The addresses of all pages, and who may have them.
struct PageRoutes {
    /// A further page is one line here.
    private static let pages: [any Page.Type] = [
        OverviewPage.self, MessagesPage.self, MessagePage.self, DevicesPage.self, DevicePage.self,
        RecordListPage.self, LiveRows.self, ExportPage.self, SingleRecordPage.self, SessionPage.self, HelpPage.self,
        MetricsPage.self, LoginPage.self, Assets.Page.self,
    ]

    private let frame: PageFrame
    private let router: Router<Visit>

    static func all(_ frame: PageFrame) -> Router<Visit> {
        let router = Router(context: Visit.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: PageReception(frame: frame))
        let routes = PageRoutes(frame: frame, router: router)
        for page in self.pages { page.init(frame: frame).add(to: routes) }
        return router
    }

    /// `path` as `devices/:device`; what a colon names is read by `visit.number`. Whoever is logged in and reads it is on
    /// record before the answer leaves.
    func get(
        _ path: RouterPath,
        for access: Access = .reader,
        _ handler: @escaping @Sendable (Visit) async throws -> Response
    ) {
        let frame = self.frame
        self.router.get(path) { _, visit in
            try Self.check(access, visit)
            let response = try await handler(visit)
            if access != .everybody, response.status == .ok { try await frame.recordReading(visit) }
            return response
        }
    }

    /// The same for what is no reading of its own: what a page's script asks for, and what puts itself on record.
    func poll(_ path: RouterPath, _ handler: @escaping @Sendable (Visit) async throws -> Response) {
        self.router.get(path) { _, visit in
            try Self.check(.reader, visit)
            return try await handler(visit)
        }
    }

    /// The form's token was seen to be right before the handler runs.
    func post(
        _ path: RouterPath,
        for access: Access,
        _ handler: @escaping @Sendable (Visit) async throws -> Response
    ) {
        self.router.post(path) { _, visit in
            try Self.check(access, visit)
            return try await handler(visit)
        }
    }

    private static func check(_ access: Access, _ visit: Visit) throws(PageProblem) {
        switch access {
        case .everybody: return
        case .reader: _ = try visit.person()
        case .operator: guard try visit.person().isOperator else { throw .readerOnly }
        }
    }
}
