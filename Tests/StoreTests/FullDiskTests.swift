import Foundation
import Gateway
import Store
import Testing

@Suite("A store on a full disk")
struct FullDiskTests {
    @Test("says so, keeps nothing by halves, and works again when there is room")
    func full() async throws {
        let disk = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs", disk)
        defer {
            try? Self.run("umount", "--lazy", disk)
            try? FileManager.default.removeItem(atPath: disk)
        }
        let store = try StoreWorld.open(disk)
        try await StoreWorld.write(RecordEntry(records: [try .dele(1)]), .synced, to: store)
        let ballast = "\(disk)/ballast"
        try? Data(count: 3 << 20).write(to: URL(filePath: ballast))
        var failures = 0
        var answered = 1
        // Small ones may still find a place; a large one cannot.
        for number in 2...40 {
            do {
                let entry = RecordEntry(records: try (0..<50).map { try .dele(number, session: "s\($0)") })
                try await StoreWorld.write(entry, .synced, to: store)
                answered += 50
            } catch {
                #expect(error as? StoreFailure == .full)
                failures += 1
            }
        }
        #expect(failures > 0)
        try FileManager.default.removeItem(atPath: ballast)
        try await StoreWorld.write(RecordEntry(records: [try .dele(41)]), .synced, to: store)
        answered += 1
        let verification = try await store.verify(everySignature: true)
        #expect(verification.isClean, "\(verification.findings)")
        #expect(verification.records == Int64(answered))
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " ")) needs root")
    }
}
