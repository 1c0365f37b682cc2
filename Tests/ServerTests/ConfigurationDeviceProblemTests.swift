import Foundation
import Server
import Testing

@Suite("Configuration: what is wrong with accounts and devices is said with its line, its key and the way out")
struct ConfigurationDeviceProblemTests {
    static let values: [BrokenConfiguration] = [
        .top("registration: maybe", "write one of: open, closed"),
        .top("new-device: days", "write everything, from-now, or days and a number from 1 to 36500, as in: days 30"),
        .top("new-device: days 0", "'new-device'"),
        .top("new-device: days 36501", "'new-device'"),
        .top("new-device: days 3 4", "'new-device'"),
        .top("new-device: days -3", "'new-device'"),
        .top("new-device: days 99999999999999999999", "'new-device'"),
        .top("new-device: 30", "'new-device'"),
        .top("new-device: {days: 30}", "'new-device'"),
        .top("new-device: [days, 30]", "'new-device'"),
        .top("window: from-now", "write everything, or days and a number"),
        .top("uidl: nonsense", "write a format of unique-ids: dovecot, courier, cyrus"),
        .top("uidl: '%u%'", "or a template, as in: cyrus"),
        .top("uidl: %v-%u", "this is not YAML"),
        .top("commit-on-disconnect: always", "write one of: never, confirmed"),
        .top("one-session: yes", "write one of: true, false"),
        .account("registration: maybe", "'accounts[0].registration'"),
        .account("window: days x", "'accounts[0].window'"),
        .device("new-device: never", "'devices[0].new-device'"),
        .device("one-session: 1", "'devices[0].one-session'"),
        .top("zone: Asia/Tokio", "write a time zone's name, as in: Asia/Tokyo"),
        .top("zone: Tokyo", "'zone'"),
        .top("domain: 'pop office'", "write a host name, or a list of such, as in: pop.office.example"),
        .top("domain: '*.office.example'", "'domain'"),
        .top("domain: 192.0.2.1", "'domain'"),
        .top("domain: pop..example", "'domain'"),
        .top("domain: -pop.example", "'domain'"),
        .top("domain: \(String(repeating: "a", count: 64)).example", "'domain'"),
        .top("domain: [a.example, a.example]", "'domain'"),
        .listener("device: 'front desk'", "a device's name of letters, digits, '.', '_' and '-', at most 32"),
        .listener("device: \(String(repeating: "a", count: 33))", "'listeners[0].device'"),
        .listener("client-ca: none.pem", "the file /etc/test/none.pem cannot be read"),
        .listener("identify: [tag, mac]", "'listeners[0].identify' has a value that is not accepted"),
        .listener("identify: [name, name]", "'listeners[0].identify'"),
        .upstream("adopt: imaps://p.example", "write pops://HOST[:PORT] or pop3://HOST[:PORT]"),
        .upstream("adopt: pops://p.example/x", "'upstream.adopt'"),
        .upstream("adopt: p.example", "'upstream.adopt'"),
        .upstream("adopt-ca: /ca.pem", "'adopt-ca' stands without 'adopt'"),
        .account("aliases: ['']", "'accounts[0].aliases'"),
        .account("aliases: ['  ']", "write a login name, or a list of such"),
        .account("aliases: {a: b}", "'accounts[0].aliases'"),
        .account("alias: b", "did you mean 'aliases'?"),
        .account("password: x", "the keys here are: login, aliases, password-file"),
        .account("password-file: none", "'accounts[0].password-file': the file cannot be read, it does not exist"),
        .account("password-file: open", "other users may read the password, run: chmod 600 /etc/test/open"),
        .account("password-file: [secret]", "'accounts[0].password-file'"),
        .account("password-command: pass show mail", "begins with the whole path of a program, write a list"),
        .account("password-command: [pass, show]", "begins with the whole path of a program"),
        .account("password-command: [/usr/bin/none]", "the program cannot be run, it does not exist"),
        .account("password-command: /usr/bin/pass show", "the program cannot be run"),
        .account("password-command: []", "write a list of words, the program's whole path and its arguments"),
        .account("password-command: [/usr/bin/pass, [a]]", "'accounts[0].password-command'"),
        .account("token-command: [/usr/bin/pass, \"a\\tb\"]", "'accounts[0].token-command'"),
        .account("aliases: A", "the name A stands here a second time, it was given in line 4 already: keep one"),
        .device("account: '  '", "'devices[0].account'"),
        .device("device: b", "it belongs under 'listeners'"),
    ]

    static let wholes: [BrokenConfiguration] = [
        .whole("accounts: []", (3, "write a list, each entry begun with '- '")),
        .whole("accounts: a", (3, "'accounts'")),
        .whole("accounts: [a]", (3, "'accounts[0]'")),
        .whole("accounts:\n  - aliases: a", (4, "'accounts[0].login' is missing, add 'login: info@example.com'")),
        .whole("devices:\n  - account: a", (4, "'devices[0].name' is missing, add 'name: frontdesk'")),
        .whole(
            "accounts:\n  - login: info@m.example\n    aliases: [info]\n  - login: Info",
            (6, "the name Info stands here a second time, it was given in line 5 already")
        ),
        .whole(
            "accounts:\n  - login: a\n    password-file: secret\n    token-command: /usr/bin/pass",
            (6, "'password-file' and 'token-command' exclude each other, an account has one secret: keep one")
        ),
        .whole(
            "accounts:\n  - login: a\ndevices:\n  - name: pc\n    account: b",
            (7, "'accounts' does not have this account")
        ),
        // What follows from an account that was not understood is not said.
        .whole(
            "accounts:\n  - login: ' '\ndevices:\n  - name: pc\n    account: b",
            (4, "'accounts[0].login'")
        ),
        .whole(
            "devices:\n  - name: pc\n  - name: pc\n    account: a\n  - name: PC",
            (7, "this device stands here a second time, it was given in line 4 already: keep one")
        ),
        .whole(
            "accounts:\n  - login: a\n    aliases: b\ndevices:\n  - {name: pc, account: a}\n  - {name: pc, account: B}",
            (8, "this device stands here a second time, it was given in line 7 already: keep one")
        ),
        .whole(
            "identify: [tag]\nlisteners:\n  - device: printer\n    client-ca: chain.pem",
            (5, "'identify' leaves 'name' out, so this does not count, add 'name' to 'identify'"),
            (6, "add 'certificate' to 'identify'")
        ),
        .whole(
            "listeners:\n  - device: printer\n    identify: [tag]",
            (4, "'identify' leaves 'name' out, so this does not count")
        ),
        .whole(
            "accounts:\n  - login: a\n    windw: x\ndevices:\n  - name: a b\n    uidl: x\nzone: x",
            (5, "unknown key 'windw' in 'accounts[0]', did you mean 'window'?"),
            (7, "'devices[0].name'"),
            (8, "'devices[0].uidl'"),
            (9, "'zone'")
        ),
    ]

    @Test("values and wholes", arguments: Self.values + Self.wholes)
    func table(_ broken: BrokenConfiguration) { broken.check() }

    @Test(
        "a file is open to others when its mode says so, and a program is a file that may be executed",
        arguments: [(0o600, false), (0o640, false), (0o644, true), (0o602, true), (0o755, true)]
    )
    func system(mode: Int, isOpen: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/secret"
        #expect(
            FileManager.default.createFile(
                atPath: path,
                contents: Data(),
                attributes: [.posixPermissions: mode]
            )
        )
        let files = ConfigurationFiles.system
        #expect(files.isOpenToOthers(path) == isOpen)
        #expect((files.programObstacle(path) == nil) == (mode == 0o755))
        #expect(files.programObstacle(folder.path) == ConfigurationFileError.folder.text)
        #expect(files.programObstacle(path + "x") == ConfigurationFileError.missing.text)
        try FileManager.default.createSymbolicLink(atPath: path + ".link", withDestinationPath: path)
        #expect(files.isOpenToOthers(path + ".link") == isOpen)
    }
}
