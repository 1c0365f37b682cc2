import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Upstream

@Suite("A body that goes to the disk while it comes")
struct SpoolWriterTests {
    /// What an observer was told.
    private final class Told: Sendable {
        private let events = Mutex<[SpoolWriter.Event]>([])
        var all: [SpoolWriter.Event] { self.events.withLock { $0 } }

        init(_ writer: SpoolWriter, on loop: any EventLoop) {
            writer.observe(on: loop) { event in self.events.withLock { $0.append(event) } }
        }
    }

    private static func settle(_ world: SpoolWorld) async throws {
        try await world.settle()
        try await world.loop.submit {}.get()
    }

    private static func pieces(_ text: [UInt8], of length: Int) -> [ByteBuffer] {
        stride(from: 0, to: text.count, by: length).map { ByteBuffer(bytes: text[$0..<min(text.count, $0 + length)]) }
    }

    @Test("is read meanwhile, and is in the spool at its end")
    func reading() async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        let text = SpoolWorld.text(of: 9, 200_000)
        let writer = try #require(world.spool.begin(try SpoolWorld.key(9), octets: 200_000))
        let told = Told(writer, on: world.loop)
        #expect(try await world.octets(of: writer.body) == [])
        for piece in Self.pieces(text, of: 50_000) {
            writer.write(piece)
            writer.write(ByteBuffer())
            try await Self.settle(world)
            #expect(try await world.octets(of: writer.body) == Array(text[..<writer.written]))
            #expect(try world.find(9) == nil)
        }
        let late = Told(writer, on: world.loop)
        writer.finish()
        writer.finish()
        writer.abandon()
        try await Self.settle(world)
        let written = [50_000, 100_000, 150_000, 200_000].map { SpoolWriter.Event.written($0) }
        #expect(told.all == written + [.whole])
        #expect(late.all == [.written(200_000), .whole])
        let after = Told(writer, on: world.loop)
        try await Self.settle(world)
        #expect(after.all == late.all)
        #expect(try await world.holds(9, 200_000))
        #expect(try world.find(9)?.octets == 200_000 && world.find(9)?.pieces == nil)
        #expect(try world.names() == [])
    }

    @Test("an empty body is whole at once")
    func empty() async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        try #require(world.spool.begin(try SpoolWorld.key(1), octets: 0)).finish()
        #expect(try await world.holds(1, 0))
    }

    @Test("holds back whoever gives more than the disk takes")
    func backPressure() async throws {
        let world = try SpoolWorld(memory: 0, disk: 4 << 20)
        let text = SpoolWorld.text(of: 2, 2_000_000)
        let writer = try #require(world.spool.begin(try SpoolWorld.key(2), octets: 2_000_000))
        let told = Told(writer, on: world.loop)
        let gate = Gate()
        world.threads.submit { _ in gate.wait() }
        var given = 0
        for piece in Self.pieces(text, of: 100_000) where !writer.isFull {
            writer.write(piece)
            given += 1
        }
        #expect(given == 11 && writer.isFull && writer.written == 0)
        gate.open()
        try await Self.settle(world)
        #expect(!writer.isFull && told.all == [.written(1_100_000), .drained])
        for piece in Self.pieces(text, of: 100_000).dropFirst(11) { writer.write(piece) }
        writer.finish()
        try await Self.settle(world)
        #expect(told.all.last == .whole)
        #expect(try await world.holds(2, 2_000_000))
    }

    @Test("that is not what was announced is never in the spool", arguments: [-1, 1])
    func notAsAnnounced(difference: Int) async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        let writer = try #require(world.spool.begin(try SpoolWorld.key(5), octets: 1_000))
        let told = Told(writer, on: world.loop)
        writer.write(ByteBuffer(bytes: SpoolWorld.text(of: 5, 500)))
        try await Self.settle(world)
        writer.write(ByteBuffer(repeating: 1, count: 500 + difference))
        writer.finish()
        try await Self.settle(world)
        #expect(told.all.last == .failed(.abandoned))
        #expect(try world.find(5) == nil)
    }

    @Test("that is abandoned can be read as far as it came, and then fails", arguments: [false, true])
    func abandoned(isDropped: Bool) async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        var writer = world.spool.begin(try SpoolWorld.key(5), octets: 1_000)
        var body = writer?.body
        let told = Told(try #require(writer), on: world.loop)
        writer?.write(ByteBuffer(bytes: SpoolWorld.text(of: 5, 500)))
        try await Self.settle(world)
        if !isDropped { writer?.abandon() }
        writer = nil
        try await Self.settle(world)
        #expect(told.all == [.written(500), .failed(.abandoned)])
        let read = try await #require(body).read(from: 0, atMost: 1_000, on: world.loop).get()
        #expect(read == [ByteBuffer(bytes: SpoolWorld.text(of: 5, 500))])
        await #expect(throws: SpoolError.abandoned) {
            try await #require(body).read(from: 500, atMost: 1, on: world.loop).get()
        }
        #expect(try world.find(5) == nil && world.spool.octets.disk == 4_096)
        body = nil
        try await Self.settle(world)
        #expect(world.spool.octets.disk == 0)
    }

    @Test("finds room by dropping the oldest, and none where readers hold all, or where it can never fit")
    func room() async throws {
        let world = try SpoolWorld(memory: 0, disk: 10 * 4_096)
        for uid in 1...2 as ClosedRange<UInt32> {
            let writer = try #require(world.spool.begin(try SpoolWorld.key(uid), octets: 20_000))
            writer.write(ByteBuffer(bytes: SpoolWorld.text(of: uid, 20_000)))
            writer.finish()
            try await Self.settle(world)
        }
        #expect(world.spool.begin(try SpoolWorld.key(3), octets: 40_961) == nil)
        #expect(world.spool.begin(try SpoolWorld.key(3), octets: .max) == nil)
        #expect(try await world.holds(2, 20_000))
        let reader = try #require(try world.find(1))
        let third = try #require(world.spool.begin(try SpoolWorld.key(3), octets: 20_000))
        #expect(try world.find(2) == nil && world.find(1) != nil)
        #expect(world.spool.begin(try SpoolWorld.key(4), octets: 1) == nil)
        third.write(ByteBuffer(bytes: SpoolWorld.text(of: 3, 20_000)))
        third.finish()
        try await Self.settle(world)
        #expect(try await world.octets(of: reader) == SpoolWorld.text(of: 1, 20_000))
        #expect(try await world.holds(3, 20_000))
    }

    @Test("two who fetch the same leave one body")
    func twice() async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        let writers = [
            try #require(world.spool.begin(try SpoolWorld.key(6), octets: 300)),
            try #require(world.spool.begin(try SpoolWorld.key(6), octets: 300)),
        ]
        for writer in writers {
            writer.write(ByteBuffer(bytes: SpoolWorld.text(of: 6, 300)))
            writer.finish()
        }
        try await Self.settle(world)
        #expect(try await world.holds(6, 300))
        #expect(try world.find(6) === writers[0].body)
    }

    @Test("threads that have ended fail it, and nobody waits")
    func noThreads() async throws {
        let world = try SpoolWorld(memory: 0, disk: 1 << 20)
        let writer = try #require(world.spool.begin(try SpoolWorld.key(6), octets: 300))
        try await world.threads.shutdownGracefully()
        writer.write(ByteBuffer(repeating: 1, count: 300))
        writer.finish()
        let told = Told(writer, on: world.loop)
        try await world.loop.submit {}.get()
        #expect(told.all == [.failed(.ended)])
    }
}

/// Stops a thread of a pool until the test lets it go on.
private final class Gate: Sendable {
    private let promise = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    func wait() { try? self.promise.futureResult.wait() }
    func open() { self.promise.succeed() }
}
