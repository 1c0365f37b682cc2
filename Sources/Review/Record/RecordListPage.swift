import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

/// The record, newest first: what is searched stands in the address, so it can be kept, sent and printed.
struct RecordListPage: Page {
    static let path = "/record"
    private static let rows = 40
    /// What is beyond is not counted: nobody asks whether it is 40,000 or 41,000.
    private static let countLimit = 10_000
    /// Of a filter that is kept, in octets of its address.
    private static let longestKept = 1_000

    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("record", self.list)
        routes.post("record/filters", for: .reader, self.save)
        routes.post("record/filters/remove", for: .reader, self.remove)
    }

    private struct Content {
        let form: RecordForm
        let complaint: String?
        let filtersKept: [[String: Any]]
        let hasFiltersKept: Bool
        let query: String
        let found: String
        let records: [[String: Any]]
        let hasRecords: Bool
        let newer: String?
        let older: String?
        let first: String?
        let export: String
        /// Where newer records are asked for; nil on a page that is not the newest.
        let live: String?
        let zone: String
    }

    private func list(_ visit: Visit) async throws -> Response {
        let store = self.frame.store
        let query = RecordQuery(visit.query, self.frame.times)
        let place = PagePlace(visit.query)
        let token = try visit.person().token
        let (page, count, kept, devices) = try await visit.timing.store {
            let size: Int64
            if let pinned = place.size { size = pinned } else { size = try await store.recordSize() }
            async let page = store.page(query.filterForPeople, size: size, before: place.before, limit: Self.rows)
            async let count = store.count(query.filterForPeople, size: size, limit: Self.countLimit + 1)
            async let kept = store.savedFilters(of: token)
            async let devices = store.devices()
            return (try await page, try await count, try await kept, try await devices)
        }
        let row = RecordRow(visit.texts, self.frame.times)
        let isNewest = place.before == nil && place.size == nil
        let pinned = query.fields.setting("size", String(page.size))
        let older = page.records.last.flatMap { last in
            page.hasMore ? place.older(query.fields, size: page.size, last: last.sequence).address(Self.path) : nil
        }
        let content = Content(
            form: RecordForm(query, devices: devices, visit.texts),
            complaint: self.complaint(query, visit.texts),
            filtersKept: kept.map { Self.kept($0) },
            hasFiltersKept: !kept.isEmpty,
            query: query.fields.encoded,
            found: self.found(count, page.size, visit.texts),
            records: RecordTable.forPeople(page.records.reversed(), withDetails: true).reversed().map(row.members),
            hasRecords: !page.records.isEmpty,
            newer: place.newer(query.fields, size: page.size)?.address(Self.path),
            older: older,
            first: isNewest ? nil : query.fields.address(Self.path),
            export: pinned.address(ExportPage.path),
            live: isNewest ? pinned.address(LiveRows.path) : nil,
            zone: self.frame.times.name(at: .now)
        )
        return self.frame.page("records", content, title: "page.record.title", for: visit)
    }

    private func found(_ count: Int, _ size: Int64, _ texts: Texts) -> String {
        if count > Self.countLimit {
            return texts("page.record.foundMore", ["count": texts.number(Self.countLimit)])
        }
        return count == 0
            ? texts("page.record.foundNone") : texts("page.record.found", ["count": texts.counted("record", count)])
    }

    private func complaint(_ query: RecordQuery, _ texts: Texts) -> String? {
        guard !query.misunderstood.isEmpty else { return nil }
        let names = query.misunderstood.map { texts("page.filter.\($0)") }
        return texts("page.record.misunderstood", ["fields": names.joined(separator: ", ")])
    }

    private static func kept(_ filter: SavedFilter) -> [String: Any] {
        ["name": filter.name, "address": filter.query.isEmpty ? self.path : "\(self.path)?\(filter.query)"]
    }

    private func save(_ visit: Visit) async throws -> Response {
        let query = RecordQuery(FormFields(visit.form["query"] ?? ""), self.frame.times)
        guard let name = visit.form.text("name") else { throw PageProblem.badRequest }
        let filter = SavedFilter(name: String(name.prefix(64)), query: query.fields.encoded)
        let token = try visit.person().token
        guard filter.query.utf8.count <= Self.longestKept, try await self.frame.store.save(filter, of: token) else {
            throw PageProblem.badRequest
        }
        return self.frame.redirect(to: query.fields.address(Self.path))
    }

    private func remove(_ visit: Visit) async throws -> Response {
        guard let name = visit.form["name"] else { throw PageProblem.badRequest }
        try await self.frame.store.removeSavedFilter(name, of: try visit.person().token)
        return self.frame.redirect(to: Self.path)
    }
}
