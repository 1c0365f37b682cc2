import Report
import Server
import Testing

@Suite("Configuration: what is wrong is said with its line, its key and the way out")
struct ConfigurationProblemTests {
    static let keys: [BrokenConfiguration] = [
        .top("statee: /x", "unknown key 'statee', did you mean 'state'?"),
        .top("log_levle: info", "did you mean 'log-level'?"),
        .top("Unidentified: once", "did you mean 'unidentified'?"),
        .top("identfy: [tag]", "did you mean 'identify'?"),
        .top("limit: 5", "did you mean 'limits'?"),
        .top("port: 995", "it belongs under 'listeners'"),
        .top("mailbox: INBOX", "it belongs under 'upstream'"),
        .top("login-seconds: 60", "it belongs under 'limits'"),
        .top("ca: /ca.pem", "it belongs under 'upstream'"),
        .top("zzzzzzzz: 1", "the keys here are: state, node, language, log-level, upstream"),
        .top("'': 1", "unknown key ''"),
        .top("? [a, b]\n: c", "unknown key"),
        .top("\"bad\\ekey\": 1", "unknown key 'bad?key'"),
        .top("<<: {state: /x}", "unknown key '<<'"),
        .upstream("unidentified: once", "it belongs at the top of the file"),
        .upstream("nmae: x", "unknown key 'nmae' in 'upstream', did you mean 'name'?"),
        .upstream("certificate: x.pem", "it belongs under 'listeners'"),
        .upstream("host: m.example", "the keys here are: name, url"),
        .top("login: a", "it belongs under 'accounts'"),
        .top("account: [{login: a}]", "did you mean 'accounts'?"),
        .top("device: [{name: a}]", "did you mean 'devices'?"),
        .top("domains: a.example", "did you mean 'domain'?"),
        .top("new_device: everything", "did you mean 'new-device'?"),
        .top("timezone: Asia/Tokyo", "the keys here are: state"),
        .top("adopt: pops://p.example", "it belongs under 'upstream'"),
        .upstream("windw: everything", "the keys here are"),
        .upstream("window: everything", "it belongs at the top of the file"),
        .listener("client_ca: ca.pem", "did you mean 'client-ca'?"),
        .listener("prot: 995", "unknown key 'prot' in 'listeners[0]', did you mean 'port'?"),
        .listener("mailbox: INBOX", "it belongs under 'upstream'"),
        .limits("conections: 5", "did you mean 'connections'?"),
        .limits("deleted: hide", "it belongs at the top of the file"),
    ]

    static let values: [BrokenConfiguration] = [
        .limits("connections: 0", "'limits.connections' has a value that is not accepted, write a whole number from 1"),
        .limits("connections: abc", "'limits.connections'"),
        .limits("connections: -5", "'limits.connections'"),
        .limits("connections: 1.5", "'limits.connections'"),
        .limits("connections: 1e3", "'limits.connections'"),
        .limits("connections: 0x10", "'limits.connections'"),
        .limits("connections: 0o17", "'limits.connections'"),
        .limits("connections: 1_000", "'limits.connections'"),
        .limits("connections: 10:30", "'limits.connections'"),
        .limits("connections: +5", "'limits.connections'"),
        .limits("connections: yes", "'limits.connections'"),
        .limits("connections: 99999999999999999999999", "'limits.connections'"),
        .limits("connections:", "'limits.connections'"),
        .limits("connections: [1]", "'limits.connections'"),
        .limits("connections: {a: 1}", "'limits.connections'"),
        .limits("idle-seconds: 599", "'limits.idle-seconds'"),
        .limits("login-seconds: 9", "'limits.login-seconds'"),
        .listener("port: 0", "write a whole number from 1 to 65535, as in: 995"),
        .listener("port: 65536", "'listeners[0].port'"),
        .listener("port: pop3s", "'listeners[0].port'"),
        .upstream("max-message: 1K", "write a size from 1M to 4G, as in: 256M"),
        .upstream("max-message: 5G", "'upstream.max-message'"),
        .upstream("max-message: 10MB", "'upstream.max-message'"),
        .upstream("max-message: +5M", "'upstream.max-message'"),
        .upstream("max-message: 256 M", "'upstream.max-message'"),
        .upstream("max-message: 99999999999G", "'upstream.max-message'"),
        .upstream("login-failures-per-hour: 0", "'upstream.login-failures-per-hour'"),
        .upstream("auth: ntlm", "write one of: auto, plain, login"),
        .upstream("name: a b", "write a name of letters"),
        .upstream("name: ''", "'upstream.name'"),
        .upstream("name: gateway-\(String(repeating: "x", count: 60))", "'upstream.name'"),
        .upstream("mailbox: ''", "'upstream.mailbox'"),
        .upstream("mailbox: \"a\\tb\"", "'upstream.mailbox'"),
        .top("language: fr", "write one of: en, ja"),
        .top("log-level: verbose", "'log-level'"),
        .top("unidentified: never", "write one of: once, keep, reject"),
        .top("deleted: yes", "write one of: hide, keep"),
        .listener("tls: none", "write one of: implicit, starttls"),
        .listener("profile: old", "write one of: modern, legacy"),
        .listener("alpn: off", "write one of: strict, lenient"),
        .top("identify: [tag, mac]", "write a list of: credential, certificate, name, tag, neighbour, address"),
        .top("identify: [tag, tag]", "'identify'"),
        .top("identify: []", "'identify'"),
        .top("identify: [[tag]]", "'identify'"),
        .top("identify: {tag: yes}", "'identify'"),
        .listener("address: localhost", "write an IPv4 or IPv6 address"),
        .listener("address: 300.1.1.1", "'listeners[0].address'"),
        .listener("allowed-from: [10.0.0.0/33]", "write a network, or a list of such, as in: [192.0.2.0/24]"),
        .listener("allowed-from: [example.com]", "'listeners[0].allowed-from'"),
        .listener("allowed-from: [192.0.2.0/-1]", "'listeners[0].allowed-from'"),
        .listener("allowed-from: ['2001:db8::/129']", "'listeners[0].allowed-from'"),
        .listener("allowed-from: []", "'listeners[0].allowed-from'"),
        .listener("allowed-from: [192.0.2.0/24, 192.0.2.0/24]", "'listeners[0].allowed-from'"),
    ]

    static let wholes: [BrokenConfiguration] = [
        BrokenConfiguration("upstream:\n  url: http://m.example\n", (2, "write imaps://HOST[:PORT]")),
        BrokenConfiguration("upstream:\n  url: m.example\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: imaps://\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: imaps://user@m.example\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: imaps://m.example/INBOX\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: imaps://m.example:0\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: imaps://m.example:65536\n", (2, "'upstream.url'")),
        BrokenConfiguration("upstream:\n  url: 'imaps://[::g]'\n", (2, "'upstream.url'")),
        BrokenConfiguration(
            "upstream:\n  name: x\n",
            (2, "'upstream.url' is missing, add 'url: imaps://mail.example.com'")
        ),
        BrokenConfiguration("upstream:\n", (1, "'upstream' has a value that is not accepted")),
        BrokenConfiguration("upstream: imaps://m.example\n", (1, "write a section of keys")),
        BrokenConfiguration("- a\n- b\n", (1, "the file has a value")),
        BrokenConfiguration("just words\n", (1, "the file has a value")),
        .top("listeners: []", "write a list, each entry begun with '- '"),
        .top("listeners: {port: 995}", "'listeners'"),
        .top("listeners: 995", "'listeners'"),
        .top("listeners: [995]", "'listeners[0]'"),
        .top("limits: 5", "'limits'"),
        .listener("plaintext: yes", "'listeners[0].plaintext'"),
        .listener("plaintext: {}", "'listeners[0].plaintext.allowed-from' is missing"),
        .upstream("ca: none.pem", "the file /etc/test/none.pem cannot be read, it does not exist"),
        .listener("certificate: [none.pem, chain.pem]", "the file /etc/test/none.pem cannot be read"),
        .listener("certificate: chain.pem", "'certificate' and 'key' do not go together"),
        .listener("key: key.pem", "'certificate' and 'key' do not go together"),
        .listener("certificate: [chain.pem, two.pem, key.pem]", "'listeners[0].certificate'"),
        .listener("profile: legacy", "old TLS is open to everybody here"),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\nlisteners:\n  - certificate: [chain.pem, two.pem]\n    key: key.pem\n",
            (4, "give as many keys as certificates")
        ),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\nlisteners:\n  - tls: implicit\n    plaintext:\n      allowed-from: 192.0.2.1\n",
            (6, "'plaintext' cannot stand beside implicit TLS")
        ),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\nlisteners:\n  - port: 995\n  - port: 995\n",
            (5, "listeners 1 and 2 have the same address and port")
        ),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\nlisteners:\n  - tls: implicit\n  - tls: implicit\n",
            (5, "listeners 1 and 2 have the same address and port")
        ),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\nlisteners:\n  - name: a\n  - name: a\n    port: 1\n",
            (5, "listeners 1 and 2 have the same name")
        ),
        BrokenConfiguration("state: /a\nstate: /b\nupstream:\n  url: imaps://m.example\n", (2, "a second time")),
        BrokenConfiguration(
            "upstream:\n  url: imaps://m.example\n  name: a\n  \"name\": b\nlimits:\n  connections: 0\n",
            (4, "given in line 3 already"),
            (6, "'limits.connections'")
        ),
        BrokenConfiguration(
            "state: /a\r\nstate: /b\r\nupstream:\r\n  url: imaps://m.example\r\n",
            (2, "a second time")
        ),
    ]

    static let syntax: [BrokenConfiguration] = [
        BrokenConfiguration("upstream:\n\turl: imaps://m.example\n", (2, "a tab stands where only spaces may")),
        BrokenConfiguration("upstream:\n  url: 'imaps://m.example\n", (2, "this is not YAML")),
        BrokenConfiguration("upstream:\n  url: imaps://m.example\n   name: a\n", (3, "this is not YAML")),
        BrokenConfiguration("upstream:\n  url imaps://m.example\n  name: a\n", (3, "this is not YAML")),
        BrokenConfiguration("upstream:\n  url: a: b\n", (2, "this is not YAML")),
        BrokenConfiguration("upstream:\n  url: @x\n", (2, "this is not YAML")),
        BrokenConfiguration("upstream:\n  url: *x\n", (2, "this is not YAML")),
        BrokenConfiguration("identify: [tag\nupstream:\n  url: imaps://m.example\n", (2, "this is not YAML")),
        BrokenConfiguration("a: 1\n---\nb: 2\n", (2, "this is not YAML")),
        BrokenConfiguration("upstream: {url: imaps://m.example\n", (1, "this is not YAML")),
        BrokenConfiguration("%YAML 9.9 x\nupstream:\n", (1, "this is not YAML")),
        BrokenConfiguration("a: \u{1}\n", (1, "this is not YAML")),
    ]

    @Test("keys, values, wholes and YAML", arguments: Self.keys + Self.values + Self.wholes + Self.syntax)
    func table(_ broken: BrokenConfiguration) { broken.check() }

    @Test("the table is as long as it promises")
    func length() { #expect((Self.keys + Self.values + Self.wholes + Self.syntax).count >= 100) }

    @Test("all that is wrong is said in one run, in the order of the file")
    func severalAtOnce() {
        let text = """
            log-levle: info
            upstream:
              url: imaps://m.example
              ca: none.pem
            listeners:
              - port: 70000
              - port: 995
                certificate: gone.pem
                key: key.pem
            limits:
              conections: 5
            """
        let problems = ConfigurationFixture.problems(text)
        #expect(problems.map(\.place.line) == [1, 4, 6, 8, 11])
        #expect(problems.allSatisfy { !$0.line(in: .english).contains("\n") })
    }

    @Test(
        "a password beside an error is never shown",
        arguments: [
            "password: hunter2\nupstream: 'x\n", "upstream:\n  password: hunter2: x\n", "a: [hunter2\nb: c\n",
            "\tpassword: hunter2\n", "upstream:\n  url: imaps://u:hunter2@m.example\n", "x: &hunter2 *hunter2x\n",
            "key: hunter2\nkey: hunter2\n", "state: [hunter2]\n", "language: hunter2\n", "- hunter2\n", "hunter2\n",
            "upstream:\n  name: \"hunter2 \\q\"\n", "limits: {connections: hunter2}\n",
            "password: |\n hunter2\n  - x\n: y", "accounts:\n  - login: a\n    password: hunter2\n",
            "accounts:\n  - login: a\n    password-file: hunter2\n", "accounts:\n  - password-command: hunter2\n",
            "accounts:\n  - password-command: [/hunter2, x]\n", "accounts:\n  - token-command: [hunter2, x]\n",
            "accounts:\n  - token-command: {hunter2: x}\n", "accounts: {hunter2: hunter2}\n",
        ]
    )
    func secrets(text: String) {
        let problems = ConfigurationFixture.problems(text)
        #expect(!problems.isEmpty)
        for problem in problems {
            for language in Language.allCases { #expect(!problem.line(in: language).contains("hunter2")) }
            #expect(!"\(problem)".contains("hunter2"))
        }
    }

    @Test(
        "a file that cannot be read says why, and how the command ends",
        arguments: [
            (ConfigurationFileError.missing, Server.ExitStatus.configuration), (.folder, .configuration),
            (.notText, .configuration), (.notPermitted, .permission),
        ]
    )
    func unreadable(error: ConfigurationFileError, status: Server.ExitStatus) throws {
        let failure = #expect(throws: ConfigurationFailure.self) {
            try Configuration.load(
                ServeOptions(config: ConfigurationFixture.path),
                in: ConfigurationFixture.surroundings(.failure(error))
            )
        }
        #expect(failure?.status == status)
        #expect(status.rawValue == (error == .notPermitted ? 77 : 78))
        #expect(failure?.lines(in: .english).first?.hasPrefix(ConfigurationFixture.path) == true)
        #expect(failure?.lines(in: .english).count == 1)
    }

    @Test(
        "an empty file, and one without a mail server, say that one is missing",
        arguments: ["", "# only words\n", "node: a\n"]
    )
    func noUpstream(text: String) {
        let problems = ConfigurationFixture.problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.line(in: .english).contains("no mail server is named") == true)
        #expect(problems.first?.line(in: .english).hasPrefix(ConfigurationFixture.path) == true)
    }
}
