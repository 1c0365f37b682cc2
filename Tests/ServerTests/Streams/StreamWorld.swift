import Foundation
import Gateway
import Logging
import Store
import Synchronization
import Testing

@testable import Server

/// A store in a folder of its own, records for it, and time to wait for what happens by itself.
struct StreamWorld {
    let folder: TemporaryFolder
    let store: SQLiteStore
    let log = LogBook()

    static let now: Int64 = 1_764_000_000_000_000

    init() throws {
        self.folder = try TemporaryFolder()
        self.store = try Self.open(self.folder)
    }

    static func open(_ folder: TemporaryFolder) throws -> SQLiteStore {
        try SQLiteStore.open(folder: folder.path, role: .server, origin: "test", node: "node", now: { Self.now })
    }

    var file: String { "\(self.folder.path)/record.jsonl" }

    func put(_ count: Int) async throws {
        for _ in 0..<count { try await self.store.put(.sample(at: Self.now), .written) }
    }

    func put(_ records: [AuditRecord]) async throws {
        for record in records { try await self.store.put(record, .written) }
    }

    /// The numbers of the records that stand in a file of lines, each of them JSON.
    static func numbers(in path: String) throws -> [Int] {
        try self.lines(of: path).map { line in
            let root = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return try #require((root["event"] as? [String: Any])?["sequence"] as? Int)
        }
    }

    static func lines(of path: String) throws -> [Substring] {
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n")
    }

    /// Looks again and again until it is so; an expectation fails after a while.
    static func eventually(_ comment: Comment, _ isSo: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try await isSo() { return }
            await Task.yield()
        }
        Issue.record(comment)
    }

    /// Followers that look at the record as fast as they can.
    func outlets() -> RecordOutlets { RecordOutlets(store: self.store, interval: .milliseconds(1)) }
}

extension AuditRecord {
    static func sample(at time: Int64) -> AuditRecord {
        let attempt = Attempt(action: .serverStart, outcome: .success, asked: "", answered: "", done: "began")
        return AuditRecord(time: time, origin: .server, attempt: attempt)
    }
}

/// Takes what the test lets it take.
final class FakeTarget: StreamTarget {
    private struct State {
        var room = Int.max
        var taken: [Int64] = []
        var calls = 0
    }

    let name = "fake"
    let pace: Int?
    private let state = Mutex(State())

    init(pace: Int? = nil, room: Int = .max) {
        self.pace = pace
        self.state.withLock { $0.room = room }
    }

    var taken: [Int64] { self.state.withLock { $0.taken } }
    var calls: Int { self.state.withLock { $0.calls } }

    func setRoom(_ room: Int) { self.state.withLock { $0.room = room } }

    func write(_ records: [StoredRecord]) -> StreamOutcome {
        self.state.withLock { state in
            state.calls += 1
            let taken = min(state.room, records.count)
            state.room -= taken
            state.taken += records.prefix(taken).map(\.sequence)
            return StreamOutcome(taken: taken, trouble: taken < records.count ? "away" : nil)
        }
    }
}
