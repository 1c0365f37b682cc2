import Gateway
import Server
import Store
import Testing

@Suite("Configuration: how long the record is kept, and what of headers")
struct ConfigurationKeepingTests {
    private static let upstream = "upstream: {url: imaps://m.example}\n"

    @Test("400 days and full details hold where nothing is said")
    func standards() throws {
        let configuration = try ConfigurationFixture.load(Self.upstream)
        #expect(configuration.retention == Retention(days: 400, octets: nil))
        #expect(configuration.details == MessageDetailsPolicy(standard: .full))
    }

    @Test("each value reaches its place, also of a single account")
    func reads() throws {
        let configuration = try ConfigurationFixture.load(
            Self.upstream + """
                message-details: hashed
                record:
                  keep: days 3653
                  keep-size: 2G
                accounts:
                  - login: Staff@m.example
                    message-details: none
                  - login: info@m.example
                """
        )
        #expect(configuration.retention == Retention(days: 3_653, octets: 2 << 30))
        #expect(configuration.details.kept(of: "staff@m.example") == .none)
        #expect(configuration.details.kept(of: "info@m.example") == .hashed)
        let forever = try ConfigurationFixture.load(Self.upstream + "record: {keep: forever}\n")
        #expect(forever.retention.days == nil)
    }

    @Test(
        "what means nothing is an error",
        arguments: [
            "message-details: some", "record: {keep: days 0}", "record: {keep: 400}", "record: {keep: everything}",
            "record: {keep-size: 10}", "devices: [{name: a, message-details: none}]",
        ]
    )
    func wrong(line: String) {
        #expect(ConfigurationFixture.problems(Self.upstream + line + "\n").count == 1)
    }
}
