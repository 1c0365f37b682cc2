import Gateway
import Hummingbird
import Report
import Store

/// One message: the sentence, who has it, its life; an operator gives it again to a device.
struct MessagePage: Page {
    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("messages/:mailbox/:number") { visit in
            let key = try Self.key(visit)
            guard let life = try await visit.timing.store({ try await self.frame.store.life(of: key) }) else {
                throw PageProblem.notFound
            }
            let content = MessageContent(
                life,
                given: visit.query["given"].flatMap { Int64($0) },
                visit,
                self.frame.times
            )
            return self.frame.page("message", content, title: "page.message.title", for: visit)
        }
        routes.post("messages/:mailbox/:number/restore", for: .operator) { visit in
            let key = try Self.key(visit)
            let device = visit.form["device"].flatMap { Int64($0) }
            let reviewer = try visit.person().reviewer
            guard let entry = try await self.frame.store.devices().first(where: { $0.device.id.value == device }) else {
                throw PageProblem.notFound
            }
            _ = try await self.frame.store.restore(.message(key), to: entry, by: .reviewer(reviewer))
            let fields = FormFields().setting("given", String(entry.device.id.value))
            return self.frame.redirect(to: fields.address(MessageWords.address(key)))
        }
    }

    private static func key(_ visit: Visit) throws(PageProblem) -> MessageKey {
        guard let number = UInt32(exactly: try visit.number("number")) else { throw .notFound }
        return MessageKey(MailboxID(try visit.number("mailbox")), number)
    }
}
