import IMAP
import Testing
import Upstream

@Suite("UpstreamConfiguration")
struct UpstreamConfigurationTests {
    @Test("goes without TLS to this machine alone", arguments: ["127.0.0.1", "127.9.8.7", "::1", "localhost"])
    func loopback(_ host: String) throws {
        _ = try UpstreamConfiguration(name: "u", host: host, port: 143, protection: .plainLoopback)
    }

    @Test(
        "refuses plain connections elsewhere",
        arguments: ["192.0.2.1", "::2", "localhost.example.com", "128.0.0.1", ""]
    )
    func elsewhere(_ host: String) {
        #expect(throws: UpstreamConfiguration.Problem.plainToAnotherMachine) {
            try UpstreamConfiguration(name: "u", host: host, port: 143, protection: .plainLoopback)
        }
    }
}
