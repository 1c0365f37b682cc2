import Foundation
import TestSupport
import Testing

@Suite("Conversations")
struct TranscriptTests {
    /// The files of `Transcripts`, each a conversation under the name of what it shows.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    private static let folder = Bundle.module.bundlePath + "/Transcripts"

    @Test("go as written", arguments: names)
    func conversation(name: String) throws {
        let url = URL(fileURLWithPath: Self.folder).appendingPathComponent(name)
        let text = try String(contentsOf: url, encoding: .utf8)
        #expect(SessionTranscript.replayed(text) == text)
    }

    @Test("are there") func present() { #expect(Self.names.count >= 40) }
}
