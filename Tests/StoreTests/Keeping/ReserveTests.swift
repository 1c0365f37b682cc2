import Foundation
import Gateway
import Store
import Synchronization
import Testing

@Suite("A store with a reserve, on a full disk", .serialized)
struct ReserveTests {
    private static let reserve: UInt64 = 4 << 20

    private final class Disk: Sendable {
        let path: String

        init() throws {
            self.path = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
            try KeepingWorld.run("mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", self.path)
        }

        deinit {
            _ = try? KeepingWorld.run("umount", "--lazy", self.path)
            try? FileManager.default.removeItem(atPath: self.path)
        }

        /// Takes all that is left.
        func fill() {
            guard FileManager.default.createFile(atPath: "\(self.path)/ballast", contents: nil),
                let file = FileHandle(forWritingAtPath: "\(self.path)/ballast")
            else { return }
            while (try? file.write(contentsOf: Data(count: 4_096))) != nil {}
        }

        func makeRoom() throws { try FileManager.default.removeItem(atPath: "\(self.path)/ballast") }
    }

    private static func attempt(_ store: SQLiteStore, _ count: Int = 50) async -> StoreFailure? {
        do {
            let entry = RecordEntry(records: try (1...count).map { try .dele($0) })
            try await StoreWorld.write(entry, .synced, to: store)
            return nil
        } catch {
            return error as? StoreFailure
        }
    }

    /// Until the store says that it is full.
    private static func exhaust(_ store: SQLiteStore) async -> Bool {
        for _ in 0..<400 where await self.attempt(store) == .full { return true }
        return false
    }

    @Test("it says so once, leaves the reserve to a command, and goes on by itself when there is room")
    func full() async throws {
        let disk = try Disk()
        let world = try KeepingWorld(folder: disk.path, reserve: Self.reserve)
        let told = Mutex<[StoreHealth]>([])
        world.store.observeHealth { health in told.withLock { $0.append(health) } }
        #expect(await world.store.tend())
        let path = "\(disk.path)/reserve"
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.size] as? NSNumber)?.uint64Value == Self.reserve)
        #expect(await Self.attempt(world.store) == nil)
        #expect(world.store.health.state == .writable)

        disk.fill()
        #expect(await Self.exhaust(world.store))
        for _ in 1...20 { #expect(await Self.attempt(world.store, 1) == .full) }
        #expect(told.withLock { $0 }.map(\.state) == [.full])
        #expect(world.store.health.state == .full && world.store.health.freeOctets != nil)
        #expect(await world.store.tend())
        #expect(world.store.health.state == .full)

        // A command uses the reserve, and its room is not for the server.
        let command = try world.command()
        for _ in 1...30 { #expect(await Self.attempt(command) == nil) }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(await Self.attempt(world.store, 1) == .full)
        #expect(await !world.store.tend())

        try disk.makeRoom()
        #expect(await Self.attempt(world.store) == nil)
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(told.withLock { $0 }.map(\.state) == [.full, .writable])
        #expect(try await world.store.verify(everySignature: true).isClean)
    }

    @Test("a timer finds that there is room again, without any device")
    func tend() async throws {
        let disk = try Disk()
        let world = try KeepingWorld(folder: disk.path, reserve: Self.reserve)
        #expect(await world.store.tend())
        disk.fill()
        #expect(await Self.exhaust(world.store))
        try disk.makeRoom()
        #expect(await world.store.tend())
        #expect(world.store.health.state == .writable)
    }

    @Test("a server that has no room for a reserve serves without one")
    func noRoom() async throws {
        let disk = try Disk()
        let world = try KeepingWorld(folder: disk.path, reserve: 64 << 20)
        #expect(await !world.store.tend())
        #expect(await Self.attempt(world.store) == nil)
        #expect(world.store.health.state == .writable)
    }
}
