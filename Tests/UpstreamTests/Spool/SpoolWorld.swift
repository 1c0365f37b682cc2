import Foundation
import Gateway
import IMAP
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Upstream

/// A spool in a folder of its own, and bodies that tell whose they are.
final class SpoolWorld: Sendable {
    let folder: String
    let threads: NIOThreadPool
    let spool: BodySpool
    private let warnings: Warnings
    private let isMounted: Bool
    let loop = MultiThreadedEventLoopGroup.singleton.any()

    /// - Parameter tmpfs: octets of a file system of its own, for which the test must be root.
    init(memory: Int, disk: Int, threads count: Int = 1, tmpfs: Int? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "leavecopy-spool-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if let tmpfs { try Self.run("mount", "-t", "tmpfs", "-o", "size=\(tmpfs),mode=0700", "tmpfs", folder) }
        self.folder = folder
        self.isMounted = tmpfs != nil
        self.threads = NIOThreadPool(numberOfThreads: count)
        self.threads.start()
        let warnings = Warnings()
        self.warnings = warnings
        self.spool = BodySpool(memory: memory, disk: disk, folder: folder, threads: self.threads) { warnings.add($0) }
    }

    var warningCount: Int { self.warnings.count }

    deinit {
        if self.isMounted { try? Self.run("umount", "--lazy", self.folder) }
        try? FileManager.default.removeItem(atPath: self.folder)
        self.threads.shutdownGracefully { _ in }
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " ")) needs root")
    }

    /// What the one thread had to do is done.
    func settle() async throws { try await self.threads.runIfActive {} }

    static func key(
        _ uid: UInt32,
        account: Int64 = 1,
        mailbox: Int64 = 1,
        validity: UInt32 = 1,
        section: Section = .whole
    ) throws
        -> BodySpool.Key
    {
        BodySpool.Key(
            account: AccountID(account),
            mailbox: MailboxID(mailbox),
            validity: try #require(UIDValidity(validity)),
            uid: try #require(UID(uid)),
            section: section
        )
    }

    /// Octets that tell whose they are.
    static func text(of uid: UInt32, _ count: Int) -> [UInt8] {
        var value = uid &* 2_654_435_761
        return (0..<count).map { _ in
            value = value &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: value >> 24)
        }
    }

    func keep(_ uid: UInt32, _ count: Int, account: Int64 = 1) throws {
        let text = Self.text(of: uid, count)
        self.spool.keep(try Self.key(uid, account: account), [ByteBuffer(bytes: text)], octets: UInt64(count))
    }

    func find(_ uid: UInt32, account: Int64 = 1) throws -> SpooledBody? {
        self.spool.find(try Self.key(uid, account: account))
    }

    /// All octets of a body, read in stretches.
    func octets(of body: SpooledBody, by stretch: Int = 10_000) async throws -> [UInt8] {
        var octets: [UInt8] = []
        while true {
            let pieces = try await body.read(from: octets.count, atMost: stretch, on: self.loop).get()
            guard !pieces.isEmpty else { return octets }
            for piece in pieces { octets += piece.readableBytesView }
        }
    }

    /// Whether the body is there, and says what it should.
    func holds(_ uid: UInt32, _ count: Int) async throws -> Bool {
        guard let body = try self.find(uid) else { return false }
        #expect(try await self.octets(of: body) == Self.text(of: uid, count))
        return true
    }

    /// Octets that are held, wherever.
    var octets: Int { self.spool.octets.memory + self.spool.octets.disk }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: self.folder) }
}

/// What the operator was told.
final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])
    var count: Int { self.texts.withLock { $0.count } }
    func add(_ text: String) { self.texts.withLock { $0.append(text) } }
}
