import Foundation
import GRDB
import Gateway
import LibCrypto
import Testing

@testable import Store

@Suite("A checkpoint that was kept elsewhere")
struct KeptCheckpointTests {
    private static func find(_ text: String) -> [Int64] {
        KeptCheckpoint.find(in: Array(text.utf8), source: "mail").map(\.size)
    }

    private static func quotedPrintable(_ text: String) -> String {
        var result = ""
        var column = 0
        for octet in text.utf8 {
            if octet == 0x0A {
                result += "\r\n"
                column = 0
                continue
            }
            let isPlain = (0x21...0x7E).contains(octet) && octet != 0x3D || octet == 0x20
            let piece = isPlain ? String(UnicodeScalar(octet)) : "=" + [octet].hexadecimal.uppercased()
            if column + piece.count > 72 {
                result += "=\r\n"
                column = 0
            }
            result += piece
            column += piece.count
        }
        return result
    }

    @Test("is found as it is, in a mail in each of its encodings, quoted, in JSON, in HTML and in a line of syslog")
    func find() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let origin = "leavecopy/gw"
        let notes = try [3, 70_000].map { size in
            try Checkpoint(origin: origin, size: size, root: SHA256.digest(of: [7])).signed(by: key)
        }
        let report = "Dear all,\n\nnothing happened.\n\n\(notes[0])\nRegards = 領収書\n"
        let base64 = Base64.encode(Array(report.replacing("\n", with: "\r\n").utf8))
        let wrapped = stride(from: 0, to: base64.count, by: 76).map { start in
            String(base64.dropFirst(start).prefix(76)) + "\r\n"
        }.joined()
        let json = try String(
            decoding: JSONEncoder().encode(["checkpoint": notes[0], "text": "a\nb"]),
            as: UTF8.self
        )
        let escaped = json.unicodeScalars.map { $0.isASCII ? String($0) : "\\u2014" }.joined()
        for text in [
            notes[0], report, report.replacing("\n", with: "\r\n"), "Subject: x\r\n\r\n" + Self.quotedPrintable(report),
            "Content-Transfer-Encoding: base64\r\n\r\n\(wrapped)\r\n--end\r\n",
            report.split(separator: "\n", omittingEmptySubsequences: false).map { "> > \($0)" }.joined(separator: "\n"),
            json, escaped, "<pre>\(notes[0])</pre>", "<p>x</p><pre>\n  \(notes[0].replacing("\n", with: "\n  "))</pre>",
            "Nov 24 gw leavecopy: "
                + notes[0].replacing("\n", with: "#012").replacing("\u{2014}", with: "#342#200#224"),
            notes[0].replacing("\(origin) ", with: "\(origin)\n"),
        ] {
            #expect(Self.find(text) == [3], "\(text)")
        }
        #expect(Self.find(notes[1] + report + notes[0] + notes[1]) == [3, 70_000])
        #expect(Self.find("").isEmpty && Self.find(String(notes[0].dropFirst(20))).isEmpty)
        let kept = try #require(KeptCheckpoint.find(in: Array(report.utf8), source: "mail").first)
        let verifying = try key.verifyingKey()
        #expect(kept.note.whole == notes[0] && kept.note.isSigned(by: verifying, name: origin))
    }

    private func verdicts(
        _ world: StoreWorld,
        _ kept: [KeptCheckpoint]
    ) async throws -> [Verification.Comparison.Verdict] {
        try await world.store.verify(against: kept).comparisons.map(\.verdict)
    }

    @Test("agrees with the log that grew from it, with a proof that the standard's rule checks")
    func agrees() async throws {
        let world = try StoreWorld()
        var kept: [KeptCheckpoint] = []
        for number in 1...9 {
            try await world.write(RecordEntry(records: [try .dele(number)]))
            kept += KeptCheckpoint.find(in: Array(try await world.store.checkpoint().utf8), source: "note")
        }
        #expect(try await self.verdicts(world, kept) == Array(repeating: .agrees, count: 9))
        let hasher = SHA256()
        for old in kept {
            let proof = try #require(try await world.store.consistency(with: old))
            let new = try #require(SignedNote(proof.newNote).flatMap { Checkpoint($0) })
            let path = proof.path.compactMap { Base64.decode($0) }.compactMap { MerkleHash($0) }
            #expect(path.count == proof.path.count)
            let oldRoot = try #require(MerkleHash(old.checkpoint.root))
            let newRoot = try #require(MerkleHash(new.root))
            #expect(
                MerkleLog.verifiesConsistency(
                    from: proof.oldSize,
                    oldRoot: oldRoot,
                    to: proof.newSize,
                    newRoot: newRoot,
                    proof: path,
                    by: hasher
                )
            )
        }
    }

    @Test("of another key or with another signature compares with nothing, and is called so")
    func foreign() async throws {
        let world = try StoreWorld()
        try await world.write(RecordEntry(records: [try .dele(1)]), .synced)
        let root = SHA256.digest(of: [])
        let other = try Checkpoint(origin: "test", size: 1, root: root).signed(by: .generate())
        let own = try await world.store.checkpoint()
        let forged = own.replacing("\n1\n", with: "\n7\n")
        let kept = [other, forged].flatMap { KeptCheckpoint.find(in: Array($0.utf8), source: "x") }
        let verification = try await world.store.verify(against: kept)
        #expect(verification.comparisons.map(\.verdict) == [.otherKey, .badSignature])
        #expect(
            verification.findings.map(\.kind)
                == [.keyReplaced(.keptCheckpoint(source: "x")), .keptNoteChanged(source: "x")]
        )
        let first = try #require(kept.first)
        #expect(try await world.store.consistency(with: first) == nil)
    }

    @Test("of records that were dropped since says only what can be said")
    func dropped() async throws {
        let log = try await SampleLog.grown(seed: 5, count: 90, drops: true)
        let store = log.world.store
        let verification = try await store.verify(everySignature: true, against: log.notes)
        #expect(verification.isClean && verification.dropped == log.dropped)
        for comparison in verification.comparisons {
            let wanted: Verification.Comparison.Verdict = comparison.size < log.dropped ? .dropped : .agrees
            #expect(comparison.verdict == wanted, "\(comparison)")
        }
        #expect(Set(verification.comparisons.map(\.verdict)) == [.dropped, .agrees])
        // An old checkpoint that is still there answers for its records.
        let old = try #require(log.notes.first { $0.size < log.dropped })
        let insider = try Insider(folder: log.world.folder)
        try insider.run("INSERT INTO checkpoint VALUES (1, ?, ?)", [old.size, old.note.whole])
        try insider.close()
        let kept = try await store.verify(against: [old])
        #expect(kept.isClean && kept.comparisons.map(\.verdict) == [.agreesWithKept])
    }

    @Test(
        "what is left of dropped records is not to be changed, and a drop without a record is a deletion",
        arguments: [
            ("UPDATE segment SET edge = randomblob(length(edge))", ["segment-changed"]),
            ("UPDATE segment SET last = last + 1", ["segment-changed"]),
            ("DELETE FROM segment", ["deleted"]),
            ("DELETE FROM checkpoint WHERE size = (SELECT last FROM segment)", ["checkpoints-deleted"]),
            (
                """
                UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'records-dropped', 'records-kept') AS BLOB)
                """, ["changed", "deleted"]
            ),
        ]
    )
    func segment(sql: String, names: [String]) async throws {
        let log = try await SampleLog.grown(seed: 6, count: 60, drops: true)
        let insider = try Insider(folder: log.world.folder)
        try insider.run(sql)
        try insider.close()
        let found = try await log.world.store.verify().findings.map(\.kind.name)
        #expect(Set(names).isSubset(of: found), "\(found)")
    }
}
