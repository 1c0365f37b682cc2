import Foundation
import Gateway
import Store
import TestSupport
import Testing

@Suite("A store that is killed")
struct CrashTests {
    private static let kills = 200
    /// The whole record is verified behind each so many kills; behind each one where all manipulations are tried.
    private static let pause = ProcessInfo.processInfo.environment["LEAVECOPY_MANIPULATIONS"] == nil ? 10 : 1

    /// The folder of the running test bundle.
    private static var testFolder: URL {
        URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath().deletingLastPathComponent()
    }

    /// Beside the running tests, wherever they were built.
    private static func child() throws -> URL {
        var folder = Self.testFolder
        while folder.path.count > 1 {
            let candidate = folder.appending(path: "StoreCrashChild")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }

    @Test("has lost nothing that was answered, whenever it is killed", arguments: [1 as UInt64])
    func kill(seed: UInt64) async throws {
        let world = try StoreWorld()
        var generator = SeededGenerator(seed: seed)
        let child = try Self.child()
        var last = 0
        for number in 0..<Self.kills {
            let answered = try Self.run(child, in: world.folder, killAfter: Int.random(in: 1...12, using: &generator))
            last = max(last, answered)
            let account = try await world.store.account(upstream: "main", login: "crash")
            let listing = try await world.store.listing(account, mailbox: "INBOX")
            let device = try await world.store.device(account, identifier: Identifier(kind: .tag, value: "pc"))
            let hidden = try await world.store.view(device.id, of: listing.mailbox).hidden
            // One more may have been kept than was answered, never one less.
            #expect(hidden.count >= last && hidden.count <= last + 1, "\(last) answered, \(hidden) hidden")
            #expect(hidden.ranges.count <= 1)
            last = hidden.count
            guard number % Self.pause == 0 else { continue }
            let verification = try await world.store.verify()
            #expect(verification.isClean, "after \(number) kills: \(verification.findings)")
        }
        let verification = try await world.store.verify(everySignature: true)
        #expect(verification.isClean, "\(verification.findings)")
        #expect(verification.records == Int64(last))
    }

    /// Kills the child with SIGKILL once it has said so many lines, in the middle of whatever it does then. The last number
    /// it said.
    private static func run(_ child: URL, in folder: String, killAfter lines: Int) throws -> Int {
        let process = Process()
        process.executableURL = child
        process.arguments = [folder]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var said = Data()
        while said.count(where: { $0 == UInt8(ascii: "\n") }) < lines {
            let piece = pipe.fileHandleForReading.availableData
            guard !piece.isEmpty else { break }
            said += piece
        }
        Foundation.kill(process.processIdentifier, SIGKILL)
        said += try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let whole = said.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        return whole.last.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    }
}
