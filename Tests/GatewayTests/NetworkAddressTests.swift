import Gateway
import Testing

@Suite("Addresses and networks")
struct NetworkAddressTests {
    @Test(
        "are read and printed in the usual form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("::", "::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("::ffff:192.0.2.7", "192.0.2.7"), ("fe80::1:2", "fe80::1:2"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
            ("1::", "1::"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ]
    )
    func forms(text: String, printed: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == printed)
        #expect(IPAddress(octets: address.octets) == address)
    }

    @Test(
        "are refused when they are none",
        arguments: [
            "", ":", ":::", "1", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1:2", "1:2:3:4:5:6:7:8:9", "::1::", "g::", "+1::",
            "1.2.3.-4",
        ]
    )
    func refused(text: String) { #expect(IPAddress(text) == nil) }

    @Test(
        "contain what they should",
        arguments: [
            ("192.168.0.0/16", "192.168.77.1", true), ("192.168.0.0/23", "192.168.2.1", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "10.0.0.1", false), ("::1/128", "::1", true),
        ]
    )
    func networks(network: String, address: String, inside: Bool) throws {
        let network = try #require(Network(network))
        #expect(network.contains(try #require(IPAddress(address))) == inside)
    }

    @Test(
        "networks that are none are refused",
        arguments: ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "x/8", "fd00::/129"]
    )
    func refusedNetworks(text: String) { #expect(Network(text) == nil) }
}
