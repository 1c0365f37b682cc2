import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

/// What came on record since a page was made, as rows for the script that shows them. Not a reading of its own: the page
/// was.
struct LiveRows: Page {
    static let path = "/record/newer"
    /// More than this at once, or so far behind, and the page is better loaded again.
    private static let mostRows = 100
    private static let farthest: Int64 = 10_000

    let frame: PageFrame

    func add(to routes: PageRoutes) { routes.poll("record/newer", self.newer) }

    /// The rows, newest first; the header says up to which record. No content: nothing new. Conflict: load the page again.
    private func newer(_ visit: Visit) async throws -> Response {
        let query = RecordQuery(visit.query, self.frame.times)
        guard let after = PagePlace(visit.query).size ?? visit.query["size"].flatMap({ Int64($0) }), after >= 0 else {
            throw PageProblem.badRequest
        }
        let store = self.frame.store
        let size = try await visit.timing.store { try await store.recordSize() }
        guard size > after else { return Response(status: .noContent) }
        guard size - after <= Self.farthest else { return Response(status: .conflict) }
        let reviewer = try visit.person().reviewer.name
        let found = Found(most: Self.mostRows)
        try await visit.timing.store {
            try await store.forEach(query.filterForPeople, size: size, after: after) { records in
                // What the reader's own pages put on record would answer each page with a row.
                let others = records.filter {
                    $0.action != Attempt.Action.recordRead.rawValue || $0.reviewer != reviewer
                }
                try await found.add(others)
            }
        }
        let row = RecordRow(visit.texts, self.frame.times)
        guard let records = await found.records else { return Response(status: .conflict) }
        let rows = RecordTable.forPeople(records, withDetails: true).reversed().map(row.members)
        return Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", Self.upTo: String(size)],
            body: ResponseBody(
                byteBuffer: ByteBuffer(string: self.frame.fragment("liveRows", ["records": rows], visit))
            )
        )
    }

    private static let upTo = PageHeaders.name("Leavecopy-Up-To")

    private actor Found {
        private let most: Int
        /// Nil: there were too many.
        private(set) var records: [StoredRecord]? = []

        init(most: Int) { self.most = most }

        func add(_ more: [StoredRecord]) throws {
            guard let records = self.records, records.count + more.count <= self.most else {
                self.records = nil
                return
            }
            self.records = records + more
        }
    }
}
