import Foundation
import Gateway
import Report
import Server
import Testing

@Suite("Configuration: what is said of accounts and devices is understood, and shown again")
struct ConfigurationDeviceTests {
    private static let whole = """
        upstream:
          url: imaps://m.example
          adopt: pop3://p.example
          adopt-ca: /ca.pem
        zone: Asia/Tokyo
        domain: [POP.office.example, pop.b.example]
        identify: [tag, name, address]
        listeners:
          - name: pops
          - name: printer
            tls: starttls
            device: Printer
          - name: branch
            port: 1995
            client-ca: chain.pem
            identify: [certificate, credential]
        registration: closed
        window: days 365
        accounts:
          - login: Info@m.example
            aliases: [info, 'it''s, #1']
            notice: mailbox
            password-file: secret
            new-device: days 30
            registration: open
          - login: sales@m.example
            password-command: [/usr/bin/pass, '', -a, 'x: y', x, x]
          - login: c@m.example
            token-command: /usr/bin/pass
            uidl: '%v-%u'
          - login: d@m.example
        devices:
          - name: FrontDesk
            one-session: true
            notice: 'off'
            new-device: from-now
          - name: frontdesk
            account: INFO
            commit-on-disconnect: confirmed
            window: everything
        """

    @Test("each value reaches its place")
    func reads() throws {
        let configuration = try ConfigurationFixture.load(Self.whole)
        #expect(configuration.identification == [.tag, .name, .address])
        #expect(
            configuration.listeners.map(\.identification) == [
                [.tag, .name, .address], [.tag, .name, .address], [.certificate, .credential],
            ]
        )
        #expect(configuration.listeners.map(\.givenDevice) == [nil, "printer", nil])
        #expect(configuration.listeners.map(\.clientAuthority) == [nil, nil, "/etc/test/chain.pem"])
        #expect(configuration.domains == ["pop.office.example", "pop.b.example"])
        #expect(configuration.zone.identifier == "Asia/Tokyo")
        #expect(configuration.adoption == AdoptionURL("pop3://p.example:110"))
        #expect(configuration.adoptionAuthority == "/ca.pem")
        #expect(
            configuration.secretSources == [
                "info@m.example": .passwordFile("/etc/test/secret"),
                "sales@m.example": .passwordCommand(["/usr/bin/pass", "", "-a", "x: y", "x", "x"]),
                "c@m.example": .tokenCommand(["/usr/bin/pass"]),
            ]
        )
    }

    @Test(
        "an account is known by its login and its aliases, and no other is served",
        arguments: [
            ("info@M.example", "Info@m.example"), ("INFO", "Info@m.example"), ("it's, #1", "Info@m.example"),
            ("d@m.example", "d@m.example"), ("other@m.example", nil), ("it's", nil),
        ]
    )
    func accounts(name: String, login: String?) throws {
        let accounts = try ConfigurationFixture.load(Self.whole).accounts
        #expect(accounts.login(for: LoginName(name)) == login.map { LoginName($0) })
    }

    @Test("the nearest word counts: the device's, the account's, everybody's")
    func policies() throws {
        let policies = try ConfigurationFixture.load(Self.whole).policies
        let standard = DeviceSettings(
            newDevice: .everything,
            windowDays: 365,
            uniqueIDs: .dovecot,
            onDisconnect: .never,
            isSingleSession: false,
            registration: .closed
        )
        #expect(policies.standard == standard)
        #expect(policies.settings(account: "sales@m.example") == standard)
        #expect(
            policies.settings(account: "info@m.example")
                == DeviceSettings(newDevice: .days(30), registration: .open, notice: .mailbox).over(standard)
        )
        #expect(
            policies.settings(account: "info@m.example", device: "frontdesk")
                == DeviceSettings(
                    newDevice: .fromNow,
                    windowDays: 0,
                    onDisconnect: .confirmed,
                    isSingleSession: true,
                    registration: .open,
                    notice: .off
                ).over(standard)
        )
        #expect(policies.settings(account: "c@m.example").uniqueIDs == UniqueIDFormat("%v-%u"))
        #expect(
            policies.settings(account: "d@m.example", device: "FRONTDESK")
                == DeviceSettings(newDevice: .fromNow, isSingleSession: true, notice: .off).over(standard)
        )
    }

    @Test("without these keys every account is served, under the rules of the RFC, in the system's zone")
    func absent() throws {
        let text = "upstream:\n  url: imaps://m.example\n"
        let surroundings = ConfigurationFixture.surroundings(
            .success(text),
            zone: try #require(TimeZone(identifier: "Europe/Paris"))
        )
        let configuration = try Configuration.load(ServeOptions(config: ConfigurationFixture.path), in: surroundings)
        #expect(configuration.accounts == AccountList(nil))
        #expect(configuration.secretSources.isEmpty)
        #expect(configuration.policies.accounts.isEmpty && configuration.policies.devices.isEmpty)
        #expect(configuration.policies.standard.registration == .open)
        #expect(configuration.identification == IdentityChain.usualKinds)
        #expect(configuration.listeners.allSatisfy { $0.identification == IdentityChain.usualKinds })
        #expect(configuration.domains.isEmpty)
        #expect(configuration.adoption == nil)
        #expect(configuration.zone.identifier == "Europe/Paris")
        #expect(configuration.settings["zone"]?.origin == .standard)
    }

    @Test("config show prints a file that says the same again, and where it was said")
    func show() throws {
        let configuration = try ConfigurationFixture.load(Self.whole)
        let shown = configuration.show(in: .english)
        let again = try ConfigurationFixture.load(shown)
        let values = configuration.settings.settings.map { "\($0.path)=\($0.value)" }
        #expect(again.settings.settings.map { "\($0.path)=\($0.value)" }.sorted() == values.sorted())
        let lines = shown.split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: false).reversed().drop { $0.isEmpty }
                .reversed().joined(separator: " ")
        }
        #expect(lines.count { $0 == "accounts:" } == 1)
        #expect(lines.count { $0 == "devices:" } == 1)
        #expect(
            lines.contains { $0.hasPrefix("    aliases: [info, 'it''s, #1']") && $0.hasSuffix("leavecopy.yaml:21") }
        )
        #expect(lines.contains { $0.hasPrefix("  - login: 'sales@m.example'") && $0.hasSuffix("leavecopy.yaml:26") })
        #expect(
            lines.contains {
                $0.hasPrefix("    password-command: [/usr/bin/pass, '', '-a', 'x: y', x, x]")
                    && $0.hasSuffix("leavecopy.yaml:27")
            }
        )
    }

    @Test("a provider's POP3 service has TLS at once or by STLS, on its usual port or another")
    func adoption() throws {
        let implicit = try #require(AdoptionURL("POPS://p.example/"))
        #expect((implicit.host, implicit.port, implicit.isImplicitTLS) == ("p.example", 995, true))
        let other = try #require(AdoptionURL("pop3://[2001:db8::1]:1110"))
        #expect((other.host, other.port, other.isImplicitTLS) == ("2001:db8::1", 1_110, false))
        for text in ["pops:p.example", "pop://p.example", "pops://", "pops://a@b", "pops://p.example:0"] {
            #expect(AdoptionURL(text) == nil)
        }
    }
}
