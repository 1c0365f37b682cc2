import Foundation
import Gateway
import LibCrypto
import Testing

@testable import Store

@Suite("The proof of one record")
struct ProveTests {
    private static let script = URL(filePath: #filePath).appending(path: "../../../../Deploy/check-proof").standardized

    /// A folder that goes with the test, as somebody has it who was given a proof.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appending(path: "proof-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: self.path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(at: self.path) }

        func write(_ text: String, to name: String) throws {
            try Data(text.utf8).write(to: self.path.appending(path: name))
        }

        /// The program's status and what it printed; it runs without anything of ours.
        func run(_ arguments: [String]) throws -> (status: Int32, said: String) {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["-i", "PATH=/usr/bin:/bin"] + arguments
            process.currentDirectoryURL = self.path
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: said, as: UTF8.self))
        }

        /// Python without anything that is installed beside it.
        func check(_ arguments: String...) throws -> (status: Int32, said: String) {
            try self.run(["python3", "-I", "-S", ProveTests.script.path] + arguments)
        }
    }

    private func members(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("is made of each record, of dropped ones' followers too, has at most 2 kB, and the script says yes")
    func each() async throws {
        let folder = try Folder()
        for drops in [false, true] {
            let log = try await SampleLog.grown(seed: 3, count: 40, drops: drops)
            let store = log.world.store
            for sequence in log.dropped + 1...log.records {
                let proof = try await store.prove(sequence)
                let (text, holdsRecord) = proof.json(recordFile: "r")
                #expect(text.utf8.count <= 2_000 && holdsRecord)
                let record = try self.members(text)["record"] as? String
                #expect(record.map { Array($0.utf8) } == proof.record)
                guard sequence % 7 == 0 || sequence == log.records else { continue }
                try folder.write(text, to: "p.proof")
                let (status, said) = try folder.check("--fingerprint", proof.fingerprint, "p.proof")
                #expect(status == 0 && said.hasPrefix("PROVEN: record \(sequence) is in"), "\(said)")
            }
            for sequence in log.dropped > 0 ? [0, 1, log.records + 1] : [-1, 0, log.records + 1] {
                await #expect(throws: StoreError.self) { try await store.prove(sequence) }
            }
        }
    }

    @Test("holds for a log of a million records within 2 kB, with a record of usual length")
    func length() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let hash = SHA256().leaf([1].span)
        let checkpoint = Checkpoint(origin: "leavecopy/gateway.example.com", size: 1_048_575, root: hash.array)
        func proof(_ length: Int) throws -> (text: String, holdsRecord: Bool) {
            RecordProof(
                sequence: 524_289,
                record: Array(repeating: UInt8(ascii: "x"), count: length),
                leaf: hash,
                path: Array(repeating: hash, count: 20),
                checkpoint: checkpoint,
                note: try checkpoint.signed(by: key),
                key: try key.verifyingKey()
            )
            .json(recordFile: "record-524289.proof.record")
        }
        #expect(try proof(300).holdsRecord)
        let (text, holdsRecord) = try proof(5_000)
        #expect(!holdsRecord && text.utf8.count <= 2_000 && text.contains("record-524289.proof.record"))
    }

    @Test("names the key that signed, and says whether it is the one that was kept; a long record lies beside it")
    func keys() async throws {
        let world = try StoreWorld()
        let folder = try Folder()
        try await world.write(RecordEntry(records: [try .dele(1, text: String(repeating: "long ", count: 400))]))
        let proof = try await world.store.prove(1)
        let (text, holdsRecord) = proof.json(recordFile: "p.proof.record")
        #expect(!holdsRecord)
        try folder.write(text, to: "p.proof")
        #expect(try folder.check("p.proof").status == 1)
        try Data(proof.record).write(to: folder.path.appending(path: "p.proof.record"))
        let alone = try folder.check("p.proof")
        #expect(alone.status == 0 && alone.said.contains(proof.fingerprint) && alone.said.contains("Compare it"))
        try FileManager.default.copyItem(
            atPath: "\(world.folder)/checkpoint.pub",
            toPath: folder.path.appending(path: "kept.pub").path
        )
        let kept = try folder.check("--key", "kept.pub", "p.proof")
        #expect(kept.status == 0 && kept.said.contains("It is the one you kept."))
        try folder.write(Base64.encode(try SigningKey.generate().verifyingKey().octets), to: "kept.pub")
        #expect(try folder.check("--key", "kept.pub", "p.proof").status == 1)
        #expect(try folder.check("--fingerprint", String(repeating: "0", count: 64), "p.proof").status == 1)
        try folder.write("long", to: "p.proof.record")
        let wrong = try folder.check("p.proof")
        #expect(wrong.status == 1 && wrong.said.contains("NOT PROVEN"))
        for arguments in [["p.proof", "--key"], ["--key", "kept.pub"], []] {
            #expect(try folder.check(arguments.first ?? "", arguments.last ?? "").status == 1)
        }
    }

    @Test("no longer holds when any of it is changed")
    func changed() async throws {
        let log = try await SampleLog.grown(seed: 4, count: 20, drops: false)
        let folder = try Folder()
        let (text, _) = try await log.world.store.prove(11).json(recordFile: "r")
        try folder.write(text, to: "p.proof")
        #expect(try folder.check("p.proof").status == 0)
        let whole = try self.members(text)
        let other = Base64.encode(SHA256.digest(of: [9]))
        let path = try #require(whole["path"] as? [String])
        let note = try #require(whole["checkpoint"] as? String)
        let changes: [(String, Any)] = [
            ("record", try #require(whole["record"] as? String).replacing("nothing", with: "all")),
            ("index", 11), ("index", -1), ("size", 19), ("leaf", other), ("path", Array(path.dropLast())),
            ("path", path + [other]), ("path", [other] + path.dropFirst()), ("key", other), ("path", 7),
            ("checkpoint", note.replacing("\n\(log.records)\n", with: "\n\(log.records + 1)\n")),
            ("checkpoint", "x"), ("key", ""),
        ]
        for (name, value) in changes {
            var members = whole
            members[name] = value
            try folder.write(
                String(decoding: try JSONSerialization.data(withJSONObject: members), as: UTF8.self),
                to: "p.proof"
            )
            let (status, said) = try folder.check("p.proof")
            #expect(status == 1 && said.contains("NOT PROVEN"), "\(name) \(value): \(said)")
        }
    }

    @Test("of a record that was changed is not made")
    func damaged() async throws {
        let log = try await SampleLog.grown(seed: 4, count: 20, drops: false)
        let insider = try Insider(folder: log.world.folder)
        try insider.run(
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), 'nothing', 'all') AS BLOB) WHERE sequence = 5"
        )
        await #expect(throws: StoreError.unprovable(5)) { try await log.world.store.prove(5) }
        _ = try await log.world.store.prove(6)
        try insider.run("UPDATE record SET leaf = zeroblob(32) WHERE sequence = 5")
        await #expect(throws: StoreError.unprovable(6)) { try await log.world.store.prove(6) }
        try insider.close()
    }

    @Test("is checked with openssl by hand, too")
    func openSSL() async throws {
        let log = try await SampleLog.grown(seed: 8, count: 20, drops: false)
        let folder = try Folder()
        try folder.write(try await log.world.store.prove(7).json(recordFile: "r").text, to: "record-7.proof")
        // As README says it.
        let script = #"""
            set -e
            jq -j .checkpoint record-7.proof | head -n 3 > signed
            jq -j .checkpoint record-7.proof | tail -n 1 | cut -d' ' -f3 | base64 -d | tail -c 64 > signature
            (printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; jq -r .key record-7.proof | base64 -d) > key
            openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in signed -sigfile signature
            test "$( (printf '\0'; jq -j .record record-7.proof) | openssl dgst -sha256 -binary | base64)" \
                = "$(jq -r .leaf record-7.proof)"
            """#
        let (status, said) = try folder.run(["bash", "-c", script])
        #expect(status == 0 && said.contains("Signature Verified Successfully"), "\(said)")
    }
}
