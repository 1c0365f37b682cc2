import Foundation
import Gateway
import Store
import Synchronization
import Testing

@testable import Server

@Suite("Checkpoints kept outside")
struct CheckpointPushTests {
    private let world: StreamWorld

    init() throws { self.world = try StreamWorld() }

    private final class FakeTarget: CheckpointTarget {
        let name = "fake"
        private let state = Mutex((notes: [String](), failures: 0))

        init(failures: Int = 0) { self.state.withLock { $0.failures = failures } }

        var notes: [String] { self.state.withLock { $0.notes } }

        func push(_ note: String) async -> String? {
            self.state.withLock { state in
                guard state.failures == 0 else {
                    state.failures -= 1
                    return "away"
                }
                state.notes.append(note)
                return nil
            }
        }
    }

    private func push(_ target: any CheckpointTarget, interval: Duration = .milliseconds(1)) -> CheckpointPush {
        CheckpointPush(
            [target],
            store: self.world.store,
            logger: self.world.log.logger,
            interval: interval,
            firstPause: .milliseconds(1)
        )
    }

    @Test("go out at the start and each time the record has grown, not twice")
    func hourly() async throws {
        try await self.world.put(1)
        let target = FakeTarget()
        let push = self.push(target)
        let running = Task { await push.run() }
        try await StreamWorld.eventually("the first") { target.notes.count == 1 }
        try await self.world.put(1)
        try await StreamWorld.eventually("the second") { target.notes.count == 2 }
        running.cancel()
        await running.value
        #expect(target.notes.map { $0.split(separator: "\n").dropFirst().first } == ["1", "2"])
        #expect(Set(target.notes).count == target.notes.count)
    }

    @Test("are tried again before the hour is over, and each failure is in the log")
    func retries() async throws {
        try await self.world.put(1)
        let target = FakeTarget(failures: 2)
        let push = self.push(target, interval: .seconds(3_600))
        let running = Task { await push.run() }
        try await StreamWorld.eventually("the note") { target.notes.count == 1 }
        running.cancel()
        await running.value
        let failures = self.world.log.lines.filter { $0.hasPrefix("error: a checkpoint could not be kept outside") }
        #expect(failures.count == 2)
        #expect(failures.first?.hasSuffix("reason=away target=fake") == true)
    }

    @Test("stand one behind the other in a file, which its group may read")
    func file() async throws {
        let target = CheckpointFile(path: "\(self.world.folder.path)/notes")
        try await self.world.put(1)
        let first = try await self.world.store.checkpoint()
        #expect(await target.push(first) == nil)
        try await self.world.put(1)
        let second = try await self.world.store.checkpoint()
        #expect(await target.push(second) == nil)
        #expect(self.world.folder.octets(of: "notes") == Data((first + second).utf8))
        #expect(try self.world.folder.mode(of: "notes") == 0o640)
        #expect(await CheckpointFile(path: "/nowhere/notes").push(first)?.contains("No such file") == true)
    }

    @Test("are one line of JSON for syslog and the journal, from which the note can be taken whole")
    func message() async throws {
        try await self.world.put(1)
        let note = try await self.world.store.checkpoint()
        let lines = Mutex<[String]>([])
        let target = CheckpointMessage(name: "journal") { line in
            lines.withLock { $0.append(line) }
            return nil
        }
        #expect(await target.push(note) == nil)
        let line = try #require(lines.withLock { $0.first })
        #expect(!line.contains("\n"))
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(object == ["checkpoint": note])
    }

    @Test("are what a command reads; its failure is told without its arguments")
    func command() async throws {
        try await self.world.put(1)
        let note = try await self.world.store.checkpoint()
        let runner = ProcessRunner(surroundings: ["PATH": "/usr/bin:/bin"])
        let file = "\(self.world.folder.path)/kept"
        let keep = CheckpointCommand(arguments: ["/usr/bin/tee", file], runner: runner)
        #expect(await keep.push(note) == nil)
        #expect(self.world.folder.octets(of: "kept") == Data(note.utf8))
        let failing = CheckpointCommand(arguments: ["/bin/false", "secret"], runner: runner)
        #expect(await failing.push(note) == "failed: exit status 1")
        #expect(failing.name == "command:/bin/false")
    }
}
