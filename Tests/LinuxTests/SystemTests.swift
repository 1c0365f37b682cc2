import Glibc
import Linux
import Testing

/// A folder of its own for one test, removed with everything in it when the test lets go.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/leavecopy-linux-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        self.path = try #require(made)
    }

    deinit {
        guard let folder = opendir(self.path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { octets in
                String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unlink(self.path + "/" + name) }
        }
        closedir(folder)
        rmdir(self.path)
    }
}

@Suite("System calls")
struct SystemTests {
    @Test("a lock is held by one, names its holder, and is free again afterwards")
    func lock() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lock"
        var lock: FileLock? = try FileLock(path: path)
        #expect(throws: FileLock.Failure.held(by: getpid())) { try FileLock(path: path) }
        withExtendedLifetime(lock) {}
        lock = nil
        let again = try FileLock(path: path)
        withExtendedLifetime(again) {}
        #expect(throws: FileLock.Failure.system(SystemError(call: "open", code: ENOENT))) {
            try FileLock(path: folder.path + "/missing/lock")
        }
    }

    @Test("systemd's datagram arrives at a path and at an abstract name", arguments: [false, true])
    func notify(isAbstract: Bool) throws {
        let folder = try TemporaryFolder()
        let name = (isAbstract ? "@" : "") + folder.path + "/notify"
        let receiver = try Self.receiver(name)
        defer { close(receiver) }
        let notifier = ServiceNotifier(socketName: name)
        try notifier.send([.ready, .status("2 sessions\nREADY=0")])
        try notifier.send([.reloading(monotonicMicroseconds: 17)])
        try notifier.send([.stopping])
        #expect(Self.datagram(receiver) == "READY=1\nSTATUS=2 sessions READY=0")
        #expect(Self.datagram(receiver) == "RELOADING=1\nMONOTONIC_USEC=17")
        #expect(Self.datagram(receiver) == "STOPPING=1")
    }

    @Test("without a socket nothing is sent; one that is not there, or has too long a name, is an error")
    func notifyNobody() throws {
        try ServiceNotifier(socketName: nil).send([.ready])
        #expect(throws: SystemError(call: "sendto", code: ENOENT)) {
            try ServiceNotifier(socketName: "/nowhere/notify").send([.ready])
        }
        #expect(throws: SystemError(call: "sendto", code: ENAMETOOLONG)) {
            try ServiceNotifier(socketName: "/" + String(repeating: "x", count: 200)).send([.ready])
        }
    }

    @Test("the allocator takes our thresholds")
    func malloc() {
        #expect(MallocSettings.raiseThresholds())
        MallocSettings.trim()
    }

    @Test("the open file limit goes up to what is allowed")
    func openFiles() throws {
        let before = try OpenFileLimit.current()
        let raised = try OpenFileLimit.raise()
        #expect(raised >= before)
        #expect(try OpenFileLimit.current() == raised)
    }

    @Test("core dumps are off")
    func coreDumps() throws {
        try CoreDumps.turnOff()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
        #expect(prctlDumpable() == 0)
    }

    @Test("free space is known for a folder, and an error for what is not there")
    func freeSpace() throws {
        #expect(try FreeSpace.octets(at: "/tmp") > 0)
        #expect(throws: SystemError(call: "statvfs", code: ENOENT)) { try FreeSpace.octets(at: "/nowhere") }
        #expect(SystemError(call: "statvfs", code: ENOENT).description == "statvfs: No such file or directory")
    }

    @Test("users have names")
    func users() {
        #expect(userName(of: 0) == "root")
        #expect(userName(of: 4_000_000_000) == nil)
    }

    @Test("the monotonic clock does not go back")
    func clock() { #expect(monotonicMicroseconds() <= monotonicMicroseconds()) }

    private func prctlDumpable() -> CInt {
        typealias Prctl = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt
        guard let symbol = dlsym(nil, "prctl") else { return -1 }
        return unsafeBitCast(symbol, to: Prctl.self)(3, 0, 0, 0, 0)
    }

    private static func receiver(_ name: String) throws -> Int32 {
        var octets = Array(name.utf8)
        if octets.first == UInt8(ascii: "@") { octets[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (octets.first == 0 ? 0 : 1))
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
        return descriptor
    }

    private static func datagram(_ descriptor: Int32) -> String? {
        var octets = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &octets, octets.count, Int32(clamping: MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: octets.prefix(count), as: UTF8.self)
    }
}
