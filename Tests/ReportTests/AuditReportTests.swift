import Foundation
import Gateway
import Store
import Testing

@testable import Report

@Suite("The report")
struct AuditReportTests {
    private static let hostile = "<script>alert(1)</script>\u{1B}[31m\u{202E}=HYPERLINK(\"x\")|"

    private static func report(_ devices: [DeviceActivity]? = nil) -> AuditReport {
        var wrong = DeviceActivity(
            device: DeviceID(7),
            name: "frontdesk",
            account: "info@example.com",
            firstSeen: "2026-11-01T00:00:00.000000Z",
            lastSeen: "2026-11-07T00:16:05.000000Z"
        )
        wrong.polls = 40
        wrong.retrieved = 40
        wrong.askedToDelete = 1_852
        wrong.deletedAtOnce = 40
        wrong.deletedUnread = 1_812
        wrong.hidden = 1_852
        wrong.tlsVersions = ["TLSv1.3": 39, "none": 1]
        wrong.identifiedBy = ["tag frontdesk": 40]
        wrong.addresses = ["192.0.2.44": 40]
        wrong.largestDeletion = DeviceActivity.Deletion(
            session: "s-1",
            count: 1_812,
            unread: 1_812,
            begins: "2026-11-07T00:12:00.000000Z",
            ends: "2026-11-07T00:16:05.000000Z"
        )
        var unknown = DeviceActivity(
            device: nil,
            name: self.hostile,
            account: self.hostile,
            firstSeen: "2026-11-01T00:00:00.000000Z",
            lastSeen: "2026-11-02T00:00:00.000000Z"
        )
        unknown.refusedLogins = 288
        unknown.secondsBetweenRefusals = 300
        return AuditReport(
            since: "2026-10-31T15:00:00.000000Z",
            until: "2026-11-30T15:00:00.000000Z",
            made: "2026-11-30T15:00:00.000000Z",
            account: nil,
            device: nil,
            devices: (devices ?? [wrong, unknown]).map(AuditReport.DeviceReport.init),
            days: [DailyAttempts(day: "2026-11-07", retrieved: 40, askedToDelete: 1_852, refused: 0)],
            massDeletions: [
                AuditReport.MassDeletion(
                    sequence: 4_000,
                    time: "2026-11-07T00:16:05.000000Z",
                    device: "frontdesk",
                    account: "info@example.com",
                    address: "192.0.2.44",
                    session: "s-1",
                    count: 1_812,
                    done: "hidden from frontdesk: 1812 messages"
                )
            ],
            alerts: [Sample.record(action: "alert", done: self.hostile, row: nil)],
            vanished: [
                Sample.record(
                    action: "vanished",
                    device: nil,
                    session: nil,
                    row: nil,
                    rows: "3-5",
                    more: ["between": ["from": "2026-11-06T00:00:00.000000Z", "until": "2026-11-07T00:00:00.000000Z"]]
                )
            ],
            size: 4_711,
            checkpoint: "gateway/leavecopy\n4711\nAAAA\n\n— gateway/leavecopy BBBB\n"
        )
    }

    /// Each form, as a text.
    private static func forms(_ texts: Texts) throws -> [String: String] {
        let report = self.report()
        return [
            "terminal": report.terminal(in: texts, width: 100, zone: Sample.tokyo).joined(separator: "\n"),
            "markdown": report.markdown(in: texts, zone: Sample.tokyo),
            "html": report.html(in: texts, zone: Sample.tokyo), "csv": report.csv(in: texts, zone: Sample.tokyo),
            "json": try report.json(in: texts),
        ]
    }

    @Test("carries the newest checkpoint, names the wrong device and its evidence, in every form and language")
    func everyForm() throws {
        for texts in Texts.all {
            for (form, text) in try Self.forms(texts) {
                #expect(text.contains("BBBB") && text.contains("frontdesk"), "\(form) \(texts.code)")
                #expect(text.contains("1,812") || form == "json" && text.contains("1812"), "\(form) \(texts.code)")
                for key in ["report.", "column.", "verdict.", "diagnosis.", "steps.", "program.", "chart."] {
                    #expect(!text.contains(key), "\(form) \(texts.code) has a key \(key) in it")
                }
                #expect(!text.contains("{since}") && !text.contains("{count}"))
            }
        }
    }

    @Test("lets nothing from outside do harm, in any form")
    func harmless() throws {
        let forms = try Self.forms(.of(.english))
        for (form, text) in forms where form != "json" {
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"), "\(form)")
        }
        #expect(forms["html"]?.contains("<script") == false)
        for word in ["src=", "href=", "url(", "@import"] {
            #expect(forms["html"]?.contains(word) == false, "nothing comes from elsewhere: \(word)")
        }
        #expect(forms["markdown"]?.contains("\\<script\\>") == true)
    }

    @Test("says what there is one line each: a mass deletion with its count, what went missing and between which times")
    func lines() throws {
        let lines = Self.report().terminal(in: .of(.english), width: 160, zone: Sample.tokyo)
        let mass = try #require(lines.first { $0.contains("hidden from frontdesk: 1812 messages") })
        #expect(mass.contains("1,812"))
        #expect(lines.contains { $0.contains("6 Nov 2026 09:00 – 7 Nov 2026 09:00") })
        #expect(
            lines.contains {
                $0.contains("They asked to delete 1,852 messages. On the mail server nothing was deleted")
            }
        )
        #expect(lines.contains("Devices: 2. Set wrong: 2; to be looked at: 0."))
    }

    @Test("fits its terminal in both languages", arguments: [60, 80, 120, 200])
    func widths(width: Int) {
        for texts in Texts.all {
            for line in Self.report().terminal(in: texts, width: width, zone: Sample.tokyo) {
                // A word that is longer than the line, and the checkpoint, are never broken.
                let longest = line.split(separator: " ").map { Table.width(String($0)) }.max() ?? 0
                #expect(Table.width(line) <= width || longest > width / 2, "\(Table.width(line)): \(line)")
            }
        }
    }

    @Test("of a time in which nothing was is a report, too")
    func nothing() throws {
        let empty = Self.report([])
        for texts in Texts.all {
            #expect(empty.html(in: texts).contains(texts("report.no-devices")))
            #expect(empty.html(in: texts).contains(texts("report.no-findings")))
        }
    }

    @Test("in JSON is read back with its keys and codes")
    func json() throws {
        let data = Data(try Self.report().json(in: .of(.japanese)).utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let devices = try #require(object["devices"] as? [[String: Any]])
        #expect(devices.map { $0["verdict"] as? String } == ["set-wrong", "set-wrong"])
        let found = devices.flatMap { $0["diagnoses"] as? [[String: Any]] ?? [] }.map { $0["key"] as? String }
        #expect(found == ["was-switched-over", "leaves-no-copy", "stale-password"])
    }

    @Test("wraps Japanese between letters, and not before a comma")
    func wrapping() {
        let lines = Self.report([]).terminal(in: .of(.japanese), width: 40, zone: Sample.tokyo)
        #expect(lines.allSatisfy { !$0.hasPrefix("。") && !$0.hasPrefix("、") })
    }
}
