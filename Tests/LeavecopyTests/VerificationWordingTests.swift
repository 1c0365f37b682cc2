import Foundation
import Report
import Store
import Testing

@testable import leavecopy

@Suite("What a verification says to people")
struct VerificationWordingTests {
    private static let kinds: [Verification.Kind] = [
        .changed(5...5), .changed(5...9), .hashChanged(5...5), .hashChanged(5...9), .deleted(5...5), .deleted(5...9),
        .cutOff(at: 5, expected: 9), .inserted(5...5), .inserted(5...9), .swapped([5, 9]), .rewritten(5...5),
        .rewritten(5...9), .rewrittenWithKey(5...5), .rewrittenWithKey(5...9), .rolledBack(to: 5, known: 9),
        .keyReplaced(.keptKey), .keyReplaced(.checkpoints(5...9)), .keyReplaced(.keptCheckpoint(source: "file")),
        .checkpointChanged(number: 5), .checkpointsDeleted(5...5), .checkpointsDeleted(5...9), .unsealed(5...5),
        .unsealed(5...9), .treeChanged, .segmentChanged(number: 5), .keptNoteChanged(source: "file"),
    ]

    @Test("is a sentence of its own in both languages, and names what it is about", arguments: Self.kinds)
    func sentence(kind: Verification.Kind) {
        let phrase = VerificationWording.finding(kind)
        for language in Language.allCases {
            let text = phrase[language]
            if kind.range != nil { #expect(text.contains("5"), "\(text)") }
            if let source = kind.source { #expect(text.contains(source)) }
            let alike = Self.kinds.filter { VerificationWording.finding($0)[language] == text }
            #expect(alike == [kind], "\(text)")
        }
        #expect(phrase[.japanese].unicodeScalars.contains { (0x3040...0x30FF).contains($0.value) })
    }

    @Test("keeps the name that programs know it by")
    func names() {
        #expect(
            Set(Self.kinds.map(\.name)) == [
                "changed", "hash-changed", "deleted", "cut-off", "inserted", "swapped", "rewritten",
                "rewritten-with-key", "rolled-back", "key-replaced", "checkpoint-changed", "checkpoints-deleted",
                "unsealed", "tree-changed", "segment-changed", "kept-note-changed",
            ]
        )
    }

    @Test("is known to the schema of its JSON")
    func schema() throws {
        let path = "../../Deploy/schema/verification.schema.json"
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: path)
        let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        func words(_ list: String, _ member: String) -> Set<String> {
            let properties = schema?["properties"] as? [String: Any]
            let items = (properties?[list] as? [String: Any])?["items"] as? [String: Any]
            let members = items?["properties"] as? [String: Any]
            return Set((members?[member] as? [String: Any])?["enum"] as? [String] ?? [])
        }
        #expect(words("findings", "kind") == Set(Self.kinds.map(\.name)))
        let verdicts: [Verification.Comparison.Verdict] = [
            .agrees, .agreesWithKept, .dropped, .unknown, .differs, .ahead, .otherKey, .badSignature,
        ]
        #expect(words("against", "verdict") == Set(verdicts.map(\.rawValue)))
    }
}
