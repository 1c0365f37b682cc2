import Foundation
import Gateway
import Report
import Server
import Testing

@Suite("Configuration: what is right is understood, and shown with its origin")
struct ConfigurationReadingTests {
    private static let whole = """
        state: state
        node: yes
        language: ja
        upstream:
          name: 0o17
          url: imap://m.example:1430
          ca: /ca.pem
          mailbox: 10:30
          max-message: 300M
          header-keys: false
        listeners:
          - name: off
            address: 192.0.2.1
            certificate: [chain.pem, two.pem]
            key: [key.pem, two.pem]
          - tls: starttls
            plaintext:
              allowed-from: 192.0.2.40/32
        identify: tag
        deleted: keep
        limits:
          per-address: 020
        """

    @Test("each value reaches its place, and YAML's guesses reach none: yes, 10:30, 0o17 and off stay text")
    func reads() throws {
        let configuration = try ConfigurationFixture.load(Self.whole)
        #expect(configuration.stateFolder == "/etc/test/state")
        #expect(configuration.node == "yes")
        #expect(configuration.language == .japanese)
        #expect(configuration.upstream.name == "0o17")
        #expect(configuration.upstream.mailbox == "10:30")
        #expect(configuration.upstream.url.port == 1_430)
        #expect(configuration.upstream.maximumMessage == 300 << 20)
        #expect(!configuration.upstream.collectsHeaderKeys)
        #expect(configuration.listeners.map(\.name) == ["off", "starttls-110"])
        #expect(configuration.listeners.map(\.port) == [995, 110])
        #expect(configuration.listeners.first?.certificates.map(\.key) == ["/etc/test/key.pem", "/etc/test/two.pem"])
        #expect(configuration.listeners.last?.plaintextFrom == [try #require(Network("192.0.2.40/32"))])
        #expect(configuration.identification == [.tag])
        #expect(!configuration.hidesDeleted)
        #expect(configuration.limits.perAddress == 20)
    }

    @Test(
        "CRLF, a byte order mark, comments, quotes and flow style are all the same",
        arguments: [
            "upstream:\r\n  url: imaps://m.example\r\nnode: a\r\n",
            "\u{FEFF}upstream:\n  url: imaps://m.example\nnode: a\n",
            "# words\nupstream: {url: \"imaps://m.example\"} # more\nnode: 'a'\n",
            "---\nupstream:\n    url: imaps://m.example\nnode: >-\n  a\n",
        ]
    )
    func styles(text: String) throws {
        let configuration = try ConfigurationFixture.load(text)
        #expect(configuration.node == "a")
        #expect(configuration.upstream.url.host == "m.example")
    }

    @Test("a start with no file listens on loopback, without privileges")
    func noFile() throws {
        let surroundings = ConfigurationFixture.surroundings(.failure(.missing), variables: ["LANG": "ja_JP.UTF-8"])
        let configuration = try Configuration.load(ServeOptions(upstream: "imaps://m.example"), in: surroundings)
        #expect(configuration.listeners.map { "\($0.address):\($0.port)" } == ["127.0.0.1:1110", "127.0.0.1:1995"])
        #expect(configuration.listeners.map(\.isImplicitTLS) == [false, true])
        #expect(configuration.language == .japanese)
        #expect(configuration.node == "gateway1")
        #expect(configuration.unidentified == .once)
        #expect(configuration.stateFolder == "/var/lib/leavecopy")
    }

    @Test("flags override the file; listeners of a flag take the place of all of the file's")
    func flags() throws {
        let configuration = try ConfigurationFixture.load(Self.whole) { options in
            options.upstream = "imaps://other.example"
            options.upstreamCA = "/etc/test/chain.pem"
            options.listen = ["192.0.2.9", "::1"]
            options.state = "/elsewhere"
            options.language = .english
        }
        #expect(configuration.upstream.url.host == "other.example")
        #expect(configuration.upstream.ca == "/etc/test/chain.pem")
        #expect(configuration.upstream.mailbox == "10:30")
        #expect(
            configuration.listeners.map { "\($0.address) \($0.port)" } == [
                "192.0.2.9 1110", "192.0.2.9 1995", "::1 1110", "::1 1995",
            ]
        )
        #expect(configuration.stateFolder == "/elsewhere")
        #expect(configuration.language == .english)
        #expect(configuration.settings["upstream.url"]?.origin.text(in: .english) == "--upstream")
        #expect(
            configuration.settings["upstream.mailbox"]?.origin.text(in: .english) == "\(ConfigurationFixture.path):8"
        )
    }

    @Test("a wrong flag is said once, with its name")
    func wrongFlags() {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try ConfigurationFixture.load("node: a b\n") { options in
                options.upstream = "m.example"
                options.upstreamCA = "/none"
                options.listen = ["localhost"]
            }
        }
        let lines = failure?.lines(in: .english) ?? []
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("\(ConfigurationFixture.path):1:") == true)
        #expect(
            lines.dropFirst().map { String($0.prefix { $0 != ":" }) }.sorted() == [
                "--listen", "--upstream", "--upstream-ca",
            ]
        )
    }

    @Test("config show prints a file that says the same again, each line with its origin")
    func showText() throws {
        let configuration = try ConfigurationFixture.load(Self.whole)
        let shown = configuration.show(in: .english)
        #expect(shown.contains("# \(ConfigurationFixture.path):2"))
        #expect(shown.contains("# default"))
        #expect(configuration.show(in: .japanese).contains("# 既定値"))
        let again = try ConfigurationFixture.load(shown)
        let values = configuration.settings.settings.map { "\($0.path)=\($0.value.text)" }
        #expect(again.settings.settings.map { "\($0.path)=\($0.value.text)" }.sorted() == values.sorted())
    }

    @Test("config show as JSON has key, value and origin of every setting")
    func showJSON() throws {
        struct Shown: Decodable {
            let key: String
            let value: String
            let origin: String
        }
        let configuration = try ConfigurationFixture.load(Self.whole)
        let shown = try JSONDecoder().decode([Shown].self, from: Data(configuration.showJSON().utf8))
        #expect(shown.count == configuration.settings.settings.count)
        #expect(shown.contains { $0.key == "upstream.mailbox" && $0.value == "10:30" && $0.origin.hasSuffix(":8") })
        #expect(shown.contains { $0.key == "unidentified" && $0.value == "once" && $0.origin == "default" })
    }

    @Test("the example file parses, and holds every key of the table")
    func example() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/leavecopy.yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let configuration = try ConfigurationFixture.load(text)
        #expect(configuration.listeners.map(\.port) == [995, 110])
        func missing(_ keys: [ConfigurationKey]) -> [String] {
            keys.flatMap { key in
                let stands = text.split(separator: "\n").contains { line in
                    line.drop { " #-".contains($0) }.hasPrefix("\(key.name):")
                }
                return (stands ? [] : [key.name]) + missing(key.keys)
            }
        }
        #expect(missing(ConfigurationTable.keys).isEmpty)
    }

    @Test("the example file with every key taken in parses too")
    func exampleInForce() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/leavecopy.yaml")
        let text = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let indent = line.prefix { $0 == " " }
            let rest = line.dropFirst(indent.count)
            return rest.hasPrefix("#") && !rest.hasPrefix("# ") ? indent + rest.dropFirst() : line
        }.joined(separator: "\n")
        let files = ConfigurationFiles(
            read: { _ in .success(text) },
            obstacle: { _ in nil }
        )
        let surroundings = Surroundings(variables: [:], isRoot: true, hostName: "a", files: files)
        let configuration = try Configuration.load(ServeOptions(config: "/x.yaml"), in: surroundings)
        #expect(
            configuration.settings.settings.allSatisfy { setting in
                // Only what the other of the two listeners says is left to a default.
                setting.origin != .standard || setting.path.hasPrefix("listeners[")
            }
        )
        #expect(configuration.upstream.ca == "/etc/leavecopy/upstream-ca.pem")
    }

    @Test("the standard values of the table are understood by their own kinds")
    func standards() throws {
        let configuration = try ConfigurationFixture.load("upstream:\n  url: imaps://m.example\n")
        func count(_ keys: [ConfigurationKey]) -> Int {
            keys.reduce(0) { sum, key in sum + (key.standard == nil ? 0 : 1) + count(key.keys) }
        }
        let listener = ConfigurationTable.keys.first { $0.name == "listeners" }?.keys ?? []
        let standards = count(ConfigurationTable.keys) + count(listener)
        let worked = ["state", "node", "language", "zone"].count + 2 * ["name", "port"].count
        #expect(configuration.settings.settings.filter { $0.origin == .standard }.count == standards + worked)
    }
}
