import Hummingbird
import Report
import Store

/// From words of a mail to what became of it. Where only one is found, its page follows at once.
struct MessagesPage: Page {
    private static let limit = 50

    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("messages") { try await self.find($0) }
    }

    private struct Content {
        let searched: String
        let isBeginning: Bool
        let nothing: String?
        let found: String
        let messages: [MessageWords]
        let hasMessages: Bool
        let more: String?
    }

    private func find(_ visit: Visit) async throws -> Response {
        let text = visit.query.text("text") ?? ""
        var found: [MessageSummary] = []
        if !text.isEmpty {
            found = try await visit.timing.store {
                try await self.frame.store.messages(matching: text, limit: Self.limit + 1)
            }
        }
        if let only = found.first, found.count == 1 { return self.frame.redirect(to: MessageWords.address(only.key)) }
        let texts = visit.texts
        let shown = texts.counted("message", min(found.count, Self.limit))
        let content = Content(
            searched: text,
            isBeginning: text.isEmpty,
            nothing: !text.isEmpty && found.isEmpty ? texts("page.messages.nothing", ["text": text]) : nil,
            found: texts("page.messages.found", ["count": found.count > Self.limit ? "\(shown) +" : shown]),
            messages: found.prefix(Self.limit).map { MessageWords($0, texts, self.frame.times) },
            hasMessages: !found.isEmpty,
            more: found.count > Self.limit ? texts("page.messages.more", ["count": shown]) : nil
        )
        return self.frame.page("messages", content, title: "page.messages.title", for: visit)
    }
}
