import Testing

@testable import Store

@Suite("Addresses in a From field")
struct HeaderAddressTests {
    @Test(
        "are found as a person would",
        arguments: [
            ("tanaka@example.net", ["tanaka@example.net"]),
            ("Tanaka <Tanaka@Example.NET>", ["tanaka@example.net"]),
            ("\"a <b@c.example>\" <real@x.example>", ["real@x.example"]),
            ("\"q\\\" <b@c.example>\" <real@x.example>", ["real@x.example"]),
            ("real@x.example (not <b@c.example> (nor d@e))", ["real@x.example"]),
            ("a@x.example, B <b@x.example>", ["a@x.example", "b@x.example"]),
            ("group: a@x.example;", ["a@x.example"]),
            ("=?iso-2022-jp?B?GyRCRURDZhsoQg==?= <t@x.example>", ["t@x.example"]),
            ("open <never@closed.example", ["never@closed.example"]),
            ("nobody", []), ("", []), ("<>", []),
        ]
    )
    func found(field: String, addresses: [String]) {
        #expect(HeaderAddress.addresses(in: Array(field.utf8)) == addresses)
    }
}
