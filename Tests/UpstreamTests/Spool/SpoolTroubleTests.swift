import Gateway
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Upstream

@Suite("The spool under many hands, and on a disk that fails")
struct SpoolTroubleTests {
    private static let memory = 256 << 10
    private static let disk = 512 << 10

    @Test("bounds hold, and every body is its own message's, under four threads", arguments: 0..<3 as Range<UInt64>)
    func chance(seed: UInt64) async throws {
        let world = try SpoolWorld(memory: Self.memory, disk: Self.disk, threads: 4)
        let found = try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<4 as Range<UInt64> {
                group.addTask { try await Self.work(in: world, seed: seed * 4 + worker) }
            }
            return try await group.reduce(0, +)
        }
        #expect(found > 500, "\(found)")
        try await world.threads.shutdownGracefully()
        world.spool.forget(AccountID(1))
        #expect(world.octets == 0)
        #expect(try world.names() == [] && world.warningCount == 0)
    }

    /// Of UID 0 and up; the lengths are far apart.
    private static let texts = (0...80 as ClosedRange<UInt32>).map { uid in
        SpoolWorld.text(of: uid, Int(uid &* 2_654_435_761 % 30_000))
    }

    private static func work(in world: SpoolWorld, seed: UInt64) async throws -> Int {
        var generator = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<1_000 {
            let uid = UInt32.random(in: 1...80, using: &generator)
            let text = Self.texts[Int(uid)]
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1:
                let pieces = Cuts.random(text, longest: 9_000, using: &generator).map { ByteBuffer(bytes: $0) }
                world.spool.keep(try SpoolWorld.key(uid), pieces, octets: UInt64(text.count))
            case 2:
                guard let writer = world.spool.begin(try SpoolWorld.key(uid), octets: UInt64(text.count)) else { break }
                for piece in Cuts.random(text, longest: 9_000, using: &generator) {
                    writer.write(ByteBuffer(bytes: piece))
                }
                Bool.random(using: &generator) ? writer.finish() : writer.abandon()
            case 3: world.spool.forget(try SpoolWorld.key(uid))
            default:
                guard let body = try world.find(uid) else { break }
                let isRight = try await world.octets(of: body) == text
                #expect(isRight, "another message's octets, or not all")
                found += 1
            }
            let octets = world.spool.octets
            #expect(octets.memory <= Self.memory && octets.disk <= Self.disk)
        }
        return found
    }

    @Test("a full disk is told once; nothing is lost silently, and the spool goes on in memory")
    func fullDisk() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 8 << 20, tmpfs: 1 << 20)
        let first = try #require(world.spool.begin(try SpoolWorld.key(1), octets: 600_000))
        let second = try #require(world.spool.begin(try SpoolWorld.key(2), octets: 600_000))
        let texts = [SpoolWorld.text(of: 1, 600_000), SpoolWorld.text(of: 2, 600_000)]
        for start in stride(from: 0, to: 600_000, by: 100_000) {
            for (text, writer) in zip(texts, [first, second]) {
                writer.write(ByteBuffer(bytes: text[start..<(start + 100_000)]))
                try await world.settle()
            }
        }
        first.finish()
        second.finish()
        try await world.settle()
        #expect(world.warningCount == 1)
        #expect(try world.find(1) == nil && world.find(2) == nil)
        // What was written before is there, and behind it stands an error.
        for (text, writer) in zip(texts, [first, second]) {
            var octets: [UInt8] = []
            while octets.count < writer.written {
                let count = writer.written - octets.count
                for piece in try await writer.body.read(from: octets.count, atMost: count, on: world.loop).get() {
                    octets += piece.readableBytesView
                }
            }
            #expect(octets.count >= 400_000 && octets == Array(text[..<octets.count]))
            await #expect(throws: SpoolError.self) {
                try await writer.body.read(from: writer.written, atMost: 1, on: world.loop).get()
            }
        }
        #expect(world.spool.begin(try SpoolWorld.key(3), octets: 1) == nil)
        for uid in 10...40 as ClosedRange<UInt32> { try world.keep(uid, 4_000) }
        try await world.settle()
        #expect(try await world.holds(40, 4_000))
        #expect(try world.find(10) == nil && world.warningCount == 1)
    }

    @Test("a body on its way to a full disk stays in memory")
    func fullDiskWhileMoving() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 8 << 20, tmpfs: 8 << 10)
        for uid in 1...12 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000)
            try await world.settle()
        }
        #expect(world.warningCount <= 1)
        for uid in 1...12 as ClosedRange<UInt32> { #expect(try await world.holds(uid, 4_000)) }
        for uid in 13...60 as ClosedRange<UInt32> { try world.keep(uid, 4_000) }
        try await world.settle()
        #expect(world.warningCount == 1)
        #expect(try await world.holds(60, 4_000))
    }

    @Test("no folder is as no disk, and is told")
    func noFolder() throws {
        let world = try SpoolWorld(memory: 0, disk: 0)
        let warned = Warnings()
        let spool = BodySpool(
            memory: 1 << 20,
            disk: 1 << 20,
            folder: world.folder + "/none",
            threads: world.threads,
            warn: { warned.add($0) }
        )
        #expect(warned.count == 1)
        #expect(spool.begin(try SpoolWorld.key(1), octets: 1) == nil)
        spool.keep(try SpoolWorld.key(1), [ByteBuffer(string: "a")], octets: 1)
        #expect(spool.find(try SpoolWorld.key(1))?.pieces == [ByteBuffer(string: "a")])
        let silent = BodySpool(
            memory: 1 << 20,
            disk: 1 << 20,
            folder: nil,
            threads: world.threads,
            warn: { warned.add($0) }
        )
        #expect(silent.begin(try SpoolWorld.key(1), octets: 1) == nil && warned.count == 1)
    }
}
