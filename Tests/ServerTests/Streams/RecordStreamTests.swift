import Foundation
import Gateway
import Store
import Testing

@testable import Server

@Suite("A stream of the record")
struct RecordStreamTests {
    private let world: StreamWorld

    init() throws { self.world = try StreamWorld() }

    private func stream(_ target: any StreamTarget) -> RecordStream {
        RecordStream(target, store: self.world.store, logger: self.world.log.logger)
    }

    /// One run of a server, from its start to its stop.
    private func run(_ target: any StreamTarget) async {
        let outlets = self.world.outlets()
        let stream = self.stream(target)
        outlets.start([{ await stream.run($0) }])
        await outlets.finish(within: .seconds(30))
    }

    @Test("brings what is there, what comes, and what came last before the stop, in order and once")
    func follows() async throws {
        try await self.world.put(3)
        let target = FakeTarget()
        let outlets = self.world.outlets()
        let stream = self.stream(target)
        outlets.start([{ await stream.run($0) }])
        try await StreamWorld.eventually("the first three") { target.taken == [1, 2, 3] }
        try await self.world.put(2)
        try await StreamWorld.eventually("two more") { target.taken == [1, 2, 3, 4, 5] }
        try await self.world.put(1)
        await outlets.finish(within: .seconds(30))
        #expect(target.taken == [1, 2, 3, 4, 5, 6])
        #expect(try await self.world.store.position(of: "fake") == 6)
    }

    @Test("sees what another process wrote")
    func otherProcess() async throws {
        let target = FakeTarget()
        let outlets = self.world.outlets()
        let stream = self.stream(target)
        outlets.start([{ await stream.run($0) }])
        let other = try StreamWorld.open(self.world.folder)
        try await other.put(.sample(at: StreamWorld.now), .written)
        try await StreamWorld.eventually("the record of the other") { target.taken == [1] }
        await outlets.finish(within: .seconds(30))
    }

    @Test("goes on after a restart where it was, with what came meanwhile")
    func resumes() async throws {
        try await self.world.put(2)
        let first = FakeTarget()
        await self.run(first)
        try await self.world.put(2)
        let second = FakeTarget()
        await self.run(second)
        #expect(first.taken == [1, 2])
        #expect(second.taken == [3, 4])
    }

    @Test("gives a target that was away all it missed, and says so once and once when it is back")
    func away() async throws {
        try await self.world.put(4)
        let target = FakeTarget(room: 1)
        let outlets = self.world.outlets()
        let stream = self.stream(target)
        outlets.start([{ await stream.run($0) }])
        try await StreamWorld.eventually("a second try") { target.calls >= 2 }
        target.setRoom(.max)
        try await StreamWorld.eventually("the rest") { target.taken == [1, 2, 3, 4] }
        await outlets.finish(within: .seconds(30))
        let lines = self.world.log.lines.filter { $0.contains("stream of the record") }
        #expect(
            lines == [
                "error: a stream of the record is held up reason=away", "notice: a stream of the record goes on",
            ]
        )
    }

    @Test("does not keep a server that stops: what is owed comes after the next start")
    func stopsInTime() async throws {
        try await self.world.put(3)
        let target = FakeTarget(room: 2)
        let outlets = self.world.outlets()
        let stream = self.stream(target)
        outlets.start([{ await stream.run($0) }])
        try await StreamWorld.eventually("the first two") { target.taken == [1, 2] }
        await outlets.finish(within: .milliseconds(50))
        let later = FakeTarget()
        await self.run(later)
        #expect(later.taken == [3])
    }

    @Test("is not faster than its target bears")
    func pace() async throws {
        try await self.world.put(5)
        let target = FakeTarget(pace: 3)
        let begun = ContinuousClock.now
        await self.run(target)
        #expect(target.taken == [1, 2, 3, 4, 5])
        #expect(target.calls == 2)
        #expect(begun.duration(to: .now) >= .milliseconds(900))
    }

    @Test("begins anew with a record that is shorter: another state was put in its place")
    func shorter() async throws {
        try await self.world.store.keep(position: 7, of: "fake")
        try await self.world.put(2)
        let target = FakeTarget()
        await self.run(target)
        #expect(target.taken == [])
        #expect(self.world.log.lines.contains { $0.contains("the record is shorter than what the stream has") })
        try await self.world.put(1)
        await self.run(target)
        #expect(target.taken == [3])
    }

    // MARK: - Files

    @Test("writes the exact bytes of each record as a line")
    func exactBytes() async throws {
        try await self.world.put(2)
        await self.run(FileTarget(path: self.world.file))
        let lines = try StreamWorld.lines(of: self.world.file).map { Array($0.utf8) }
        #expect(lines == [try await self.world.store.record(1)?.json, try await self.world.store.record(2)?.json])
        #expect(try self.world.folder.mode(of: "record.jsonl") == 0o640)
    }

    @Test("finds in a file what it wrote just before it was killed, and writes nothing twice")
    func killed() async throws {
        try await self.world.put(3)
        await self.run(FileTarget(path: self.world.file))
        // As a kill leaves it: the position was not kept, and the line that was under way is torn.
        try await self.world.store.keep(position: 1, of: "file:\(self.world.file)")
        let handle = try #require(FileHandle(forWritingAtPath: self.world.file))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\"@timestamp\":\"2026".utf8))
        try handle.close()
        try await self.world.put(2)
        await self.run(FileTarget(path: self.world.file))
        #expect(try StreamWorld.numbers(in: self.world.file) == [1, 2, 3, 4, 5])
    }

    @Test("does not believe a file with another record's lines")
    func foreignFile() async throws {
        _ = try self.world.folder.write(Array("{\"event\":{\"sequence\":2}}\n".utf8), to: "record.jsonl")
        try await self.world.put(3)
        await self.run(FileTarget(path: self.world.file))
        #expect(try StreamWorld.numbers(in: self.world.file) == [2, 1, 2, 3])
    }

    @Test("goes on in a new file once the old one was renamed, and at SIGHUP", arguments: [false, true])
    func rotation(isTold: Bool) async throws {
        try await self.world.put(2)
        let outlets = self.world.outlets()
        let stream = self.stream(FileTarget(path: self.world.file))
        outlets.start([{ await stream.run($0) }])
        let (file, old) = (self.world.file, self.world.file + ".1")
        try await StreamWorld.eventually("two lines") { try StreamWorld.numbers(in: file) == [1, 2] }
        try FileManager.default.moveItem(atPath: file, toPath: old)
        if isTold { stream.reopen() }
        try await self.world.put(2)
        try await StreamWorld.eventually("two more lines") { try StreamWorld.numbers(in: file) == [3, 4] }
        await outlets.finish(within: .seconds(30))
        #expect(try StreamWorld.numbers(in: old) == [1, 2])
    }

    @Test("says what is wrong with its file, and that nothing is lost when it is mended")
    func badFile() async throws {
        let file = "\(self.world.folder.path)/none/record.jsonl"
        try await self.world.put(1)
        let outlets = self.world.outlets()
        let stream = self.stream(FileTarget(path: file))
        outlets.start([{ await stream.run($0) }])
        try await StreamWorld.eventually("a word about it") {
            self.world.log.lines.contains { $0.contains("held up reason=open: No such file or directory") }
        }
        try FileManager.default.createDirectory(
            atPath: "\(self.world.folder.path)/none",
            withIntermediateDirectories: true
        )
        try await StreamWorld.eventually("the line") { try StreamWorld.numbers(in: file) == [1] }
        await outlets.finish(within: .seconds(30))
    }
}
