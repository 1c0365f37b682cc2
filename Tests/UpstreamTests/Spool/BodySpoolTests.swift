import Gateway
import IMAP
import NIOCore
import Testing

@testable import Upstream

@Suite("Bodies that an account's devices share")
struct BodySpoolTests {
    @Test("are found by all of their key, and by nothing less")
    func keys() async throws {
        let world = try SpoolWorld(memory: 1 << 20, disk: 0)
        try world.keep(7, 5_000)
        let body = try #require(try world.find(7))
        #expect(body.octets == 5_000)
        #expect(try await world.octets(of: body) == SpoolWorld.text(of: 7, 5_000))
        for other in [
            try SpoolWorld.key(8), try SpoolWorld.key(7, account: 2), try SpoolWorld.key(7, mailbox: 2),
            try SpoolWorld.key(7, validity: 2), try SpoolWorld.key(7, section: .octets(offset: 0, length: 5_000)),
        ] {
            #expect(world.spool.find(other) == nil)
        }
        world.spool.forget(try SpoolWorld.key(7))
        #expect(try world.find(7) == nil)
    }

    @Test("are read from anywhere, in any stretch", arguments: [1, 7, 4_096, 100_000])
    func reading(stretch: Int) async throws {
        let world = try SpoolWorld(memory: 1 << 20, disk: 0)
        let text = SpoolWorld.text(of: 3, 3_000)
        let pieces = [ByteBuffer(bytes: text[..<1_024]), ByteBuffer(), ByteBuffer(bytes: text[1_024...])]
        world.spool.keep(try SpoolWorld.key(3), pieces, octets: 3_000)
        let body = try #require(try world.find(3))
        #expect(try await world.octets(of: body, by: stretch) == text)
        for offset in [3_000, 3_001, .max, -1] {
            #expect(try await body.read(from: offset, atMost: 1, on: world.loop).get().isEmpty)
        }
        #expect(try await body.read(from: 0, atMost: 0, on: world.loop).get().isEmpty)
    }

    @Test("are not taken where octets are missing, where one is too long, and where the spool is off")
    func notTaken() throws {
        let world = try SpoolWorld(memory: 80_000, disk: 0)
        let text = ByteBuffer(bytes: SpoolWorld.text(of: 1, 10_001))
        world.spool.keep(try SpoolWorld.key(1), [text], octets: 10_001)
        world.spool.keep(try SpoolWorld.key(2), [text], octets: 10_000)
        world.spool.keep(try SpoolWorld.key(3), [], octets: 1)
        world.spool.keep(try SpoolWorld.key(4), [], octets: .max)
        #expect(try world.find(1) == nil && world.find(2) == nil && world.find(3) == nil && world.find(4) == nil)
        try world.keep(5, 0)
        #expect(try world.find(5)?.pieces == [])
        let off = try SpoolWorld(memory: 0, disk: 0)
        try off.keep(1, 0)
        #expect(try off.find(1) == nil)
        #expect(off.spool.begin(try SpoolWorld.key(1), octets: 1) == nil)
        #expect(off.octets == 0)
    }

    @Test("without a disk, what was asked for least recently is dropped, and the bound holds")
    func dropping() throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 0)
        for uid in 1...40 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000)
            _ = try world.find(1)
            #expect(world.spool.octets.memory <= 64 << 10)
        }
        let there = try (1...40 as ClosedRange<UInt32>).filter { try world.find($0) != nil }
        #expect(there == [1] + Array(28...40).suffix(there.count - 1) && there.count >= 10, "\(there)")
    }

    @Test("go to the disk, the oldest first, and stay what they are")
    func demotion() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 1 << 20)
        for uid in 1...40 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000)
            try await world.settle()
            #expect(world.spool.octets.memory <= 48 << 10)
        }
        let inMemory = try (1...40 as ClosedRange<UInt32>).filter { try world.find($0)?.pieces != nil }
        #expect(
            inMemory == Array((30...40 as ClosedRange<UInt32>).suffix(inMemory.count)) && inMemory.count >= 9,
            "\(inMemory)"
        )
        for uid in 1...40 as ClosedRange<UInt32> { #expect(try await world.holds(uid, 4_000)) }
        #expect(world.spool.octets.disk == (40 - inMemory.count) * 4_096)
        #expect(try world.names() == [])
    }

    @Test("the disk drops what was asked for least recently, and its bound holds")
    func droppingFromDisk() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 10 * 4_096)
        for uid in 1...60 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000)
            try await world.settle()
            _ = try world.find(1)
            #expect(world.spool.octets.disk <= 10 * 4_096)
        }
        #expect(try await world.holds(1, 4_000))
        for uid in 45...60 as ClosedRange<UInt32> { #expect(try await world.holds(uid, 4_000)) }
        #expect(try world.find(2) == nil && world.find(30) == nil)
    }

    @Test("a reader keeps its octets whatever happens to the body, and they count until it lets go")
    func readers() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 8 * 4_096)
        try world.keep(1, 4_000)
        var inMemory = try world.find(1)
        for uid in 2...14 as ClosedRange<UInt32> { try world.keep(uid, 4_000) }
        try await world.settle()
        var onDisk = try world.find(1)
        #expect(inMemory?.pieces != nil && onDisk?.pieces == nil)
        world.spool.forget(try SpoolWorld.key(1))
        for uid in 20...60 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000)
            try await world.settle()
        }
        for body in [inMemory, onDisk].compactMap(\.self) {
            #expect(try await world.octets(of: body) == SpoolWorld.text(of: 1, 4_000))
        }
        for uid in 1...60 as ClosedRange<UInt32> { world.spool.forget(try SpoolWorld.key(uid)) }
        try await world.settle()
        #expect(world.spool.octets.disk == 4_096 && world.spool.octets.memory == 4_096 + SpoolMemory.overhead)
        (inMemory, onDisk) = (nil, nil)
        try await world.settle()
        #expect(world.octets == 0)
    }

    @Test("an account is forgotten with all of its bodies, and no other's")
    func accounts() async throws {
        let world = try SpoolWorld(memory: 64 << 10, disk: 1 << 20)
        for uid in 1...30 as ClosedRange<UInt32> {
            try world.keep(uid, 4_000, account: Int64(uid % 2))
            // Else what the disk does not take in time is dropped.
            try await world.settle()
        }
        world.spool.forget(AccountID(0))
        for uid in 1...30 as ClosedRange<UInt32> {
            let body = try world.find(uid, account: Int64(uid % 2))
            #expect((body != nil) == (uid % 2 == 1))
        }
    }

    @Test("small slices of a large read hold no more than they are")
    func slices() throws {
        let world = try SpoolWorld(memory: 1 << 20, disk: 0)
        let read = ByteBuffer(bytes: SpoolWorld.text(of: 1, 65_536))
        for index in 0..<100 {
            let slices = [(0, 300), (300, 300)].compactMap { read.getSlice(at: index * 600 + $0.0, length: $0.1) }
            world.spool.keep(try SpoolWorld.key(UInt32(index + 1)), slices, octets: 600)
        }
        #expect(world.spool.octets.memory == 100 * (1_024 + SpoolMemory.overhead))
        let pieces = try #require(try world.find(100)?.pieces)
        #expect(pieces.map(\.storageCapacity) == [1_024] && pieces.first == read.getSlice(at: 59_400, length: 600))
    }

    @Test("a length is cut so that buffers of a power of two are full, but for a quarter", arguments: 0..<200)
    func lengths(step: Int) {
        for octets in [step, step * 331, step * 65_537] {
            let lengths = SpoolPieces.lengths(octets)
            #expect(lengths.reduce(0, +) == octets && lengths.allSatisfy { $0 > 0 && $0 <= SpoolPieces.longest })
            let held = lengths.reduce(0) { $0 + ByteBufferAllocator().buffer(capacity: $1).storageCapacity }
            #expect(held <= octets + octets / 4 + 1_024, "\(octets): \(lengths)")
        }
    }
}
