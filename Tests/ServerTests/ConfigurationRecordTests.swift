import Foundation
import Report
import Server
import Testing

@Suite("Configuration: where the record goes, and what calls an operator")
struct ConfigurationRecordTests {
    private static func load(_ text: String) throws -> Configuration {
        try ConfigurationFixture.load("upstream:\n  url: imaps://m.example\n\(text)\n")
    }

    @Test("streams, checkpoints and alerts reach their places")
    func reads() throws {
        let configuration = try Self.load(
            """
            record:
              streams:
                - file: record.jsonl
                - to: stdout
                - to: journal
                - server: udp://192.0.2.9
                - server: tcp://[2001:db8::1]:1514
              checkpoints:
                - file: /mnt/notes
                - to: syslog
                - command: [/usr/bin/pass, insert, checkpoint]
            alerts:
              on-alert: [/usr/bin/pass]
              deletions: 7
              deletion-minutes: 3
              failures: 4
              disk-free: 2G
              mailbox-percent: 95
            """
        )
        #expect(
            configuration.record.streams == [
                .file("/etc/test/record.jsonl"), .service(.standardOutput), .service(.journal),
                .server(try #require(SyslogServer("udp://192.0.2.9:514"))),
                .server(try #require(SyslogServer("tcp://[2001:db8::1]:1514"))),
            ]
        )
        #expect(
            configuration.record.checkpoints == [
                .file("/mnt/notes"), .service(.syslog), .command(["/usr/bin/pass", "insert", "checkpoint"]),
            ]
        )
        let alerts = configuration.alerts
        #expect(alerts.command == ["/usr/bin/pass"])
        #expect(alerts.deletions == 7)
        #expect(alerts.deletionMinutes == 3)
        #expect(alerts.failuresAnHour == 4)
        #expect(alerts.freeOctets == 2 << 30)
        #expect(alerts.mailboxPercent == 95)
    }

    @Test("without a word the record stays in the database, and alerts have their usual measure")
    func standards() throws {
        let configuration = try Self.load("")
        #expect(configuration.record == Configuration.Record())
        #expect(configuration.alerts == Configuration.Alerts())
        #expect(configuration.digest?.count == 64)
        #expect(configuration.digest != (try Self.load("# another")).digest)
    }

    static let broken: [BrokenConfiguration] = [
        .whole("record:\n  streams:\n    - to: mail", (5, "write one of: stdout, syslog, journal")),
        .whole("record:\n  streams:\n    - file: /a\n      to: syslog", (6, "'file' and 'to' exclude each other")),
        .whole("record:\n  streams:\n    - to: syslog\n    - to: syslog", (6, "this target stands here a second time")),
        .whole("record:\n  streams:\n    - file: missing/a", (5, "the folder of /etc/test/missing/a cannot be used")),
        .whole("record:\n  streams:\n    - file: [/a, /b]", (5, "'record.streams[0].file'")),
        .whole("record:\n  streams:\n    - server: 192.0.2.9:514", (5, "write tcp://HOST[:PORT] or udp://HOST[:PORT]")),
        .whole("record:\n  streams: [stdout]", (4, "'record.streams[0]'")),
        .whole("record:\n  checkpoints:\n    - command: keep", (5, "begins with the whole path of a program")),
        .whole("record:\n  checkpoints:\n    - to: stdout", (5, "write one of: syslog, journal")),
        .whole("alerts:\n  on-alert: mail root", (4, "begins with the whole path of a program")),
        .whole("alerts:\n  deletions: 0", (4, "write a whole number from 1 to 1000000")),
        .whole("alerts:\n  disk-free: 1", (4, "write a size from 1M")),
        .whole("alerts:\n  mailbox-percent: 101", (4, "write a whole number from 1 to 100")),
        .whole("streams:\n  - to: stdout", (3, "it belongs under 'record'")),
    ]

    @Test("what is wrong is said with its line", arguments: Self.broken)
    func problems(_ broken: BrokenConfiguration) { broken.check() }
}
