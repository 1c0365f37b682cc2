import Gateway
import Server
import Testing

@Suite("Configuration: where the record is read in a browser")
struct ConfigurationReviewTests {
    private static let upstream = "upstream: {url: imaps://m.example}\n"

    private static func review(_ text: String) throws -> Configuration.Review? {
        try ConfigurationFixture.load(Self.upstream + text + "\n").review
    }

    @Test("stands on loopback without TLS where nothing is said, and nowhere where that is said")
    func standards() throws {
        let review = try #require(try Self.review(""))
        #expect(review.address == .v4(0x7F00_0001) && review.port == 8_995)
        #expect(!review.isTLS && review.certificates.isEmpty && review.names.isEmpty)
        #expect(try Self.review("review: {listen: 'off'}") == nil)
    }

    @Test("is https in the network, with its own certificate, the first listener's, or ours")
    func network() throws {
        let own = try #require(
            try Self.review(
                """
                review:
                  listen: "[2001:db8::5]:443"
                  certificate: chain.pem
                  key: key.pem
                  names: [Gateway.Office.example]
                """
            )
        )
        #expect(own.address == IPAddress("2001:db8::5") && own.port == 443 && own.isTLS)
        #expect(own.certificates.map(\.certificate) == ["/etc/test/chain.pem"])
        #expect(own.names == ["gateway.office.example"])
        let listeners = "listeners: [{name: a, port: 995, certificate: two.pem, key: key.pem}]\n"
        let shared = try #require(try Self.review(listeners + "review: {listen: 192.0.2.5:8995}"))
        #expect(shared.isTLS && shared.certificates.map(\.certificate) == ["/etc/test/two.pem"])
        let made = try #require(try Self.review("review: {listen: 192.0.2.5:8995}"))
        #expect(made.isTLS && made.certificates.isEmpty)
        #expect(try Self.review("review: {listen: 127.0.0.1:443, tls: true}")?.isTLS == true)
    }

    @Test("is a listener with a TLS context of its own where it is https, and none where it is not")
    func context() throws {
        let open = try ConfigurationFixture.load(Self.upstream + "review: {listen: 192.0.2.5:8995}\n")
        #expect(open.listenersWithTLS.last?.name == Configuration.Review.listenerName)
        #expect(open.listenersWithTLS.last?.identification.isEmpty == true)
        let usual = try ConfigurationFixture.load(Self.upstream)
        #expect(!usual.listenersWithTLS.contains { $0.name == Configuration.Review.listenerName })
    }

    @Test(
        "what would open the record to others, or means nothing, is an error in its line",
        arguments: [
            BrokenConfiguration.whole("review:\n  listen: 192.0.2.5:8995\n  tls: false", (5, "without TLS")),
            .whole("review:\n  listen: gateway.example:8995", (4, "'review.listen'")),
            .whole("review:\n  listen: 192.0.2.5", (4, "'review.listen'")),
            .whole("review:\n  listen: 192.0.2.5:0", (4, "'review.listen'")),
            .whole("review:\n  tls: maybe", (4, "'review.tls'")),
            .whole("review:\n  certificate: chain.pem\n  key: key.pem", (4, "the page has no TLS")),
            .whole("review:\n  names: [a b]", (4, "'review.names")),
            .whole("review:\n  port: 8995", (4, "it belongs under 'listeners'")),
            .whole(
                "listeners:\n  - {name: a, address: 127.0.0.1, port: 8996}\nreview:\n  listen: 127.0.0.1:8996",
                (6, "listener 1 has this address and port")
            ),
        ]
    )
    func wrong(_ broken: BrokenConfiguration) { broken.check() }
}
