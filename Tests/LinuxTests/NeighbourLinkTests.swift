import Glibc
import Linux
import Testing

/// Two network namespaces joined by a cable, made with ip(8) and removed afterwards.
private final class Cable {
    static let isPossible = geteuid() == 0 && Cable.ip("netns list")

    let near: String
    let far: String

    init() throws {
        self.near = "leavecopy-near-\(getpid())"
        self.far = "leavecopy-far-\(getpid())"
        for command in [
            "netns add \(self.near)", "netns add \(self.far)",
            "link add near netns \(self.near) type veth peer name far address 02:00:00:00:77:02 netns \(self.far)",
            "-n \(self.near) address add 10.77.0.1/24 dev near", "-n \(self.far) address add 10.77.0.2/24 dev far",
            "-n \(self.near) -6 address add fd77::1/64 dev near nodad",
            "-n \(self.far) -6 address add fd77::2/64 dev far nodad",
            "-n \(self.near) link set near up", "-n \(self.far) link set far up",
        ] { try self.run(command) }
    }

    deinit {
        _ = Self.ip("netns delete \(self.near)")
        _ = Self.ip("netns delete \(self.far)")
    }

    func run(_ command: String) throws { try #require(Self.ip(command), "ip \(command)") }

    /// Runs `body` with this thread in the near namespace. It must not suspend.
    func inside<Result>(_ body: () throws -> Result) throws -> Result {
        let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        let near = open("/run/netns/\(self.near)", O_RDONLY | O_CLOEXEC)
        defer {
            close(home)
            close(near)
        }
        try #require(Self.enter(near))
        defer { if !Self.enter(home) { Issue.record("this thread cannot go back to its namespace") } }
        return try body()
    }

    private static func enter(_ namespace: Int32) -> Bool {
        typealias Setns = @convention(c) (CInt, CInt) -> CInt
        guard let symbol = dlsym(nil, "setns") else { return false }
        return unsafeBitCast(symbol, to: Setns.self)(namespace, 0x4000_0000) == 0
    }

    private static func ip(_ arguments: String) -> Bool {
        let words = ["ip"] + arguments.split(separator: " ").map(String.init)
        var vector = words.map { strdup($0) } + [nil]
        defer { for word in vector { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var child: pid_t = 0
        guard posix_spawnp(&child, "ip", &actions, nil, &vector, environ) == 0 else { return false }
        var status: Int32 = 0
        return waitpid(child, &status, 0) == child && status == 0
    }
}

@Suite(
    "NeighbourTable on a real link",
    .enabled(if: Cable.isPossible, "needs root and ip(8) of the package iproute2, to make two network namespaces")
)
struct NeighbourLinkTests {
    private static let farHardware: [UInt8] = [0x02, 0, 0, 0, 0x77, 0x02]
    private static let farIPv6: [UInt8] = [0xFD, 0x77] + [UInt8](repeating: 0, count: 13) + [2]

    /// A connection refused by the far end proves that its hardware address was asked for and answered.
    private static func knock(_ text: String) -> Bool {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(text, "9", &hints, &found) == 0, let target = found?.pointee else { return false }
        defer { freeaddrinfo(found) }
        let descriptor = socket(target.ai_family, target.ai_socktype, 0)
        defer { close(descriptor) }
        return connect(descriptor, target.ai_addr, target.ai_addrlen) != 0 && errno == ECONNREFUSED
    }

    @Test("a machine on the link is known by IPv4 and IPv6, until it turns out to be the default router")
    func link() throws {
        let cable = try Cable()
        let table = try cable.inside {
            try #require(Self.knock("10.77.0.2"))
            try #require(Self.knock("fd77::2"))
            return try NeighbourTable.read()
        }
        #expect(table.hardwareAddress(of: [10, 77, 0, 2]) == Self.farHardware)
        #expect(table.hardwareAddress(of: Self.farIPv6) == Self.farHardware)
        #expect(table.hardwareAddress(of: [10, 77, 0, 1]) == nil)
        #expect(table.hardwareAddress(of: [10, 77, 0, 3]) == nil)
        try cable.run("-n \(cable.near) route add default via 10.77.0.2")
        let routed = try cable.inside { try NeighbourTable.read() }
        #expect(routed.gateways.map(\.address) == [[10, 77, 0, 2]])
        #expect(routed.hardwareAddress(of: [10, 77, 0, 2]) == nil)
        #expect(routed.hardwareAddress(of: Self.farIPv6) == nil)
    }
}
