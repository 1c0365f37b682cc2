import Gateway
import HTTPTypes
import Hummingbird
import Report
import Store

/// All that a filter finds as a file, without a cap, of the record as long as it was when the page was made; and a signed
/// manifest of the file.
struct ExportPage: Page {
    static let path = "/record/export"

    let frame: PageFrame

    func add(to routes: PageRoutes) {
        routes.get("record/export", self.offer)
        // The copy puts itself on record, before its first octet leaves.
        routes.poll("record/export/file", self.file)
        routes.poll("record/export/manifest", self.manifest)
    }

    private struct Content {
        let what: String
        let filter: [[String: String]]
        let formats: [[String: String]]
        let back: String
    }

    private func offer(_ visit: Visit) async throws -> Response {
        let query = RecordQuery(visit.query, self.frame.times)
        let size = try await self.size(visit)
        let texts = visit.texts
        let fields = query.fields.setting("size", String(size))
        let content = Content(
            what: texts("page.export.what", ["size": texts.number(Int(clamping: size))]),
            filter: query.fields.fields.map { ["name": texts("page.filter.\($0.name)"), "value": $0.value] },
            formats: RecordExport.Format.allCases.map { format in
                let chosen = fields.setting("format", format.rawValue)
                return [
                    "name": texts("page.export.\(format.rawValue)"),
                    "hint": texts("page.export.\(format.rawValue).hint"),
                    "file": chosen.address("\(Self.path)/file"), "manifest": chosen.address("\(Self.path)/manifest"),
                ]
            },
            back: query.fields.address(RecordListPage.path)
        )
        return self.frame.page("export", content, title: "page.export.title", for: visit)
    }

    private func file(_ visit: Visit) async throws -> Response {
        let (key, export) = try await self.export(visit)
        let reviewer = try visit.person().reviewer
        guard self.frame.exports.begin() else { throw PageProblem.busy }
        let frame = self.frame
        let body = ResponseBody { writer in
            let handoff = Handoff()
            let task = Task {
                defer { Task { await handoff.finish() } }
                return try await export.write(
                    from: frame.store,
                    size: key.size,
                    by: .reviewer(reviewer),
                    now: { frame.now },
                    to: { try await handoff.give($0) }
                )
            }
            do {
                while let piece = await handoff.take() { try await writer.write(ByteBuffer(bytes: piece)) }
                // A file that ends too early must not look whole: what broke off is thrown, and the line breaks.
                frame.exports.end(key, try await task.value)
            } catch {
                await handoff.abandon()
                _ = await task.result
                frame.exports.end(key, nil)
                throw error
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: .download(Self.name(key), key.format == .csv ? .csv : .jsonLines),
            body: body
        )
    }

    private func manifest(_ visit: Visit) async throws -> Response {
        let (key, export) = try await self.export(visit)
        guard let result = self.frame.exports.result(key) else { throw PageProblem.noExport }
        let text = try await export.manifest(of: result, file: Self.name(key), from: self.frame.store)
        return .download(Array(text.utf8), named: "\(Self.name(key)).manifest", .plain)
    }

    private func export(_ visit: Visit) async throws -> (Exports.Key, RecordExport) {
        let query = RecordQuery(visit.query, self.frame.times)
        guard let format = visit.query["format"].flatMap(RecordExport.Format.init), query.misunderstood.isEmpty else {
            throw PageProblem.badRequest
        }
        let key = Exports.Key(
            token: try visit.person().token,
            filter: query.filter,
            format: format,
            size: try await self.size(visit),
            language: visit.texts.code
        )
        return (key, RecordExport(query.filter, format, in: visit.texts, zone: self.frame.settings.zone))
    }

    /// What the page showed; no longer than the record is.
    private func size(_ visit: Visit) async throws -> Int64 {
        let newest = try await visit.timing.store { try await self.frame.store.recordSize() }
        return min(PagePlace(visit.query).size ?? newest, newest)
    }

    private static func name(_ key: Exports.Key) -> String {
        "leavecopy-record-\(key.size).\(key.format.rawValue)"
    }
}
