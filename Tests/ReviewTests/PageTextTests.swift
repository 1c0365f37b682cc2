import Gateway
import Report
import Store
import Testing

@testable import Review

@Suite("Texts on the pages")
struct PageTextTests {
    @Test("every page in every language: no key is shown, and the language is named", arguments: Texts.all.map(\.code))
    func texts(code: String) async throws {
        try await ReviewWorld.run { world in
            let mailbox = try await SampleMailbox.make(in: world.store, subjects: ["件名"])
            let actions = Attempt.Action.allCases
            try await world.put(
                try actions.map { action in
                    try Sample(session: "t", action: action, message: action == .dele ? mailbox.reference(0) : nil)
                        .record
                }
            )
            let size = try await world.store.recordSize()
            let client = try await world.client()
            let key = /\b(page|column|action|effect|outcome|known|count|who|did|fate|sentence|help|time)\.[a-z]/
            var addresses = ["/record", "/record?since=x", "/sessions/t", "/record/export", "/none", "/login"]
            addresses += (0..<Int64(actions.count)).map { "/record/\(size - $0)" }
            for address in addresses {
                let separator = address.contains("?") ? "&" : "?"
                let text = try await client.get("\(address)\(separator)language=\(code)").text
                #expect(text.contains("<html lang=\"\(code)\">") || text.isEmpty, "\(address)")
                let found = text.firstMatch(of: key).map { String($0.0) }
                #expect(found == nil, "\(address): \(found ?? "")")
            }
            let login = try await world.stranger.get("/login?language=\(code)").text
            #expect(login.firstMatch(of: key) == nil)
        }
    }

    @Test("every problem has its sentence in every language")
    func problems() {
        let problems: [PageProblem] = [
            .badRequest, .notFound, .notLoggedIn, .readerOnly, .foreignForm, .foreignHost, .tooLarge, .tooManyTries,
            .badMethod, .busy, .noExport, .store, .ourselves,
        ]
        for texts in Texts.all {
            for problem in problems { #expect(texts.keys.contains("page.problem.\(problem.key)"), "\(problem)") }
            for name in RecordQuery.names { #expect(texts.keys.contains("page.filter.\(name)"), "\(name)") }
        }
    }
}
