import Foundation
import Report
import Testing

@testable import Review

@Suite("Templates of the pages")
struct TemplateTests {
    struct Template: CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { self.name }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../Sources/Review/Templates"
    )

    static let all: [Template] = {
        let files = try? FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "mustache" }.compactMap { file in
            (try? String(contentsOf: file, encoding: .utf8)).map {
                Template(name: file.deletingPathExtension().lastPathComponent, text: $0)
            }
        }
    }()

    @Test("are found")
    func found() { #expect(Self.all.count > 10) }

    @Test("name only texts that are there, in every language", arguments: Self.all)
    func texts(_ template: Template) {
        for match in template.text.matches(of: /\{\{t\.([A-Za-z.-]+)\}\}/) {
            for texts in Texts.all { #expect(texts.keys.contains(String(match.1)), "\(match.1) in \(texts.name)") }
        }
    }

    @Test("escape everything but the charts that we draw ourselves", arguments: Self.all)
    func escaping(_ template: Template) {
        for match in template.text.matches(of: /\{\{\{(.*?)\}\}\}|\{\{&(.*?)\}\}/) {
            #expect(["drawing", "chart"].contains(match.1 ?? match.2 ?? ""), "\(match.0)")
        }
    }

    @Test("have each attribute in quotes, and neither a style nor a handler of its own", arguments: Self.all)
    func attributes(_ template: Template) {
        #expect(!template.text.contains(/<[^>]* style=/))
        #expect(!template.text.contains(/<[^>]* on[a-z]+=/))
        #expect(!template.text.contains(/="?javascript:/))
        #expect(!template.text.contains(/\ [a-z-]+=\{\{/))
    }
}
