import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

/// One session from its login to its end.
struct SessionPage: Page {
    /// More of it stands in the record, filtered to the session.
    private static let rows = 40

    let frame: PageFrame

    func add(to routes: PageRoutes) { routes.get("sessions/:session", self.show) }

    private struct Content {
        let facts: [[String: String]]
        let records: [[String: Any]]
        let rest: String?
        let all: String
        let device: String?
    }

    private func show(_ visit: Visit) async throws -> Response {
        guard let session = visit.parameters.get("session"), session.utf8.count <= 64 else {
            throw PageProblem.notFound
        }
        var filter = RecordFilter()
        filter.session = session
        let asked = filter
        let (newest, first, count) = try await visit.timing.store {
            async let newest = self.frame.store.page(asked, limit: Self.rows)
            async let first = self.first(asked)
            async let count = self.frame.store.count(asked, limit: 100_000)
            return (try await newest, try await first, try await count)
        }
        let story = first.count < count ? first : newest.records.reversed()
        guard let last = newest.records.first, let begin = story.first else { throw PageProblem.notFound }
        let login = story.first { $0.action == Attempt.Action.login.rawValue } ?? begin
        let texts = visit.texts
        let row = RecordRow(texts, self.frame.times)
        let shown = first.count < count ? first + [last] : Array(story)
        let content = Content(
            facts: self.facts(session, from: begin, login, to: last, texts),
            records: RecordTable.forPeople(shown).map(row.members),
            rest: shown.count < count
                ? texts("page.session.rest", ["count": texts.counted("record", count - shown.count)]) : nil,
            all: FormFields().setting("session", session).address(RecordListPage.path),
            device: login.deviceID.map { "/devices/\($0.value)" }
        )
        return self.frame.page("session", content, title: "page.session.title", for: visit)
    }

    /// The first of the session, oldest first.
    private func first(_ filter: RecordFilter) async throws -> [StoredRecord] {
        let found = Found()
        do {
            try await self.frame.store.forEach(filter) { records in
                guard await found.add(records, most: Self.rows) else { throw Enough() }
            }
        } catch is Enough {}
        return await found.records
    }

    private struct Enough: Error {}

    private actor Found {
        private(set) var records: [StoredRecord] = []

        /// False once there are as many as wanted.
        func add(_ more: [StoredRecord], most: Int) -> Bool {
            self.records += more.prefix(most - self.records.count)
            return self.records.count < most
        }
    }

    private func facts(
        _ session: String,
        from begin: StoredRecord,
        _ login: StoredRecord,
        to end: StoredRecord,
        _ texts: Texts
    ) -> [[String: String]] {
        let sentence = RecordSentence(login, in: texts, zone: self.frame.settings.zone)
        let fields: [(key: String, value: String)] = [
            ("session", session),
            ("time", "\(self.frame.times.text(begin.time)) – \(self.frame.times.text(end.time))"),
            ("device", sentence.who), ("account", login.account), ("address", login.address), ("mac", login.neighbour),
            ("tls", [login.tlsVersion, login.tlsCipher].filter { !$0.isEmpty }.joined(separator: " · ")),
            ("listener", login.listener),
        ]
        return fields.filter { !$0.value.isEmpty }.map {
            ["name": texts("column.\($0.key)"), "value": RowText.cut($0.value, to: 1_000)]
        }
    }
}
