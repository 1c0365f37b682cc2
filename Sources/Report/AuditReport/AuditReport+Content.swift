import Foundation
import Gateway
import Store

/// A report as headings, sentences and tables, before it takes a form: what all forms say is decided here, once.
struct ReportContent {
    struct Section {
        let heading: String
        var paragraphs: [String] = []
        var table: ReportTable?
        var findings: [Finding] = []
    }

    struct ReportTable {
        let headings: [String]
        /// Columns of numbers.
        let numbers: Set<Int>
        var rows: [[String]]
    }

    /// One diagnosis of one device.
    struct Finding {
        let device: String
        let title: String
        let sentence: String
        let steps: [(program: String, steps: [String])]
    }

    let title: String
    let period: String
    let sections: [Section]
    let checkpointNote: String

    private let report: AuditReport
    private let texts: Texts
    private let zone: TimeZone

    init(_ report: AuditReport, in texts: Texts, zone: TimeZone) {
        self.report = report
        self.texts = texts
        self.zone = zone
        self.title = texts("report.title")
        let said = [
            "since": LocalMoment.text(report.since, in: texts, zone: zone),
            "until": LocalMoment.text(report.until, in: texts, zone: zone),
            "made": LocalMoment.text(report.made, in: texts, zone: zone), "size": String(report.size),
            "zone": LocalClock.zoneName(of: report.made, zone),
        ]
        var scope = texts("report.period", said)
        if let account = report.account { scope += " " + texts("report.only-account", ["account": account]) }
        if let device = report.device { scope += " " + texts("report.only-device", ["device": device]) }
        self.period = scope
        self.checkpointNote = texts("report.checkpoint", said)
        let maker = SectionMaker(report, texts, zone)
        self.sections = [maker.summary, maker.devices, maker.findings, maker.masses, maker.vanished, maker.alerts]
            .compactMap(\.self)
    }
}

private struct SectionMaker {
    private let report: AuditReport
    private let texts: Texts
    private let zone: TimeZone

    init(_ report: AuditReport, _ texts: Texts, _ zone: TimeZone) {
        self.report = report
        self.texts = texts
        self.zone = zone
    }

    private func moment(_ time: String) -> String { LocalMoment.text(time, in: self.texts, zone: self.zone) }

    var summary: ReportContent.Section? {
        let totals = self.report.totals
        let wrong = self.report.devices.count { $0.verdict == .setWrong }
        let look = self.report.devices.count { $0.verdict == .lookAtIt }
        let values = [
            "devices": self.texts.number(self.report.devices.count), "wrong": self.texts.number(wrong),
            "look": self.texts.number(look), "polls": self.texts.number(totals.polls),
            "retrieved": self.texts.counted("message", totals.retrieved),
            "asked": self.texts.counted("message", totals.askedToDelete),
            "hidden": self.texts.counted("message", totals.hidden),
            "refused": self.texts.number(totals.refusedLogins),
        ]
        let keys = ["report.summary.devices", "report.summary.polls", "report.summary.deletions"]
        return ReportContent.Section(
            heading: self.texts("report.summary"),
            paragraphs: keys.map { self.texts($0, values) }
        )
    }

    var devices: ReportContent.Section? {
        let columns = [
            "device", "account", "polls", "retrieved", "asked-to-delete", "hidden", "refused", "tls", "known-by",
            "last-seen", "verdict",
        ]
        let rows = self.report.devices.map { device in
            let activity = device.activity
            return [
                self.name(activity), activity.account, self.texts.number(activity.polls),
                self.texts.number(activity.retrieved), self.texts.number(activity.askedToDelete),
                self.texts.number(activity.hidden), self.texts.number(activity.refusedLogins),
                self.list(activity.tlsVersions.map { ($0 == "none" ? self.texts("report.no-tls") : $0, $1) }),
                self.list(activity.identifiedBy.map { ($0, $1) }), self.moment(activity.lastSeen),
                device.verdict.text(in: self.texts),
            ]
        }
        var section = ReportContent.Section(heading: self.texts("report.devices"))
        if rows.isEmpty {
            section.paragraphs = [self.texts("report.no-devices")]
        } else {
            section.table = ReportContent.ReportTable(
                headings: columns.map { self.texts("report.column.\($0)") },
                numbers: [2, 3, 4, 5, 6],
                rows: rows
            )
        }
        return section
    }

    var findings: ReportContent.Section? {
        var section = ReportContent.Section(heading: self.texts("report.findings"))
        for device in self.report.devices {
            section.findings += device.diagnoses.map { diagnosis in
                ReportContent.Finding(
                    device: self.name(device.activity),
                    title: diagnosis.title(in: self.texts),
                    sentence: diagnosis.sentence(in: self.texts),
                    steps: diagnosis.steps(in: self.texts)
                )
            }
        }
        if section.findings.isEmpty { section.paragraphs = [self.texts("report.no-findings")] }
        return section
    }

    var masses: ReportContent.Section? {
        guard !self.report.massDeletions.isEmpty else { return nil }
        return ReportContent.Section(
            heading: self.texts("report.masses"),
            paragraphs: [self.texts("report.masses.note")],
            table: self.table(
                ["time", "device", "account", "messages", "done", "session", "number"],
                numbers: [3],
                self.report.massDeletions.map { deletion in
                    [
                        self.moment(deletion.time), deletion.device.isEmpty ? deletion.address : deletion.device,
                        deletion.account, self.texts.number(deletion.count),
                        RecordWords.done(deletion.done, in: self.texts), deletion.session, String(deletion.sequence),
                    ]
                }
            )
        )
    }

    var vanished: ReportContent.Section? {
        guard !self.report.vanished.isEmpty else { return nil }
        return ReportContent.Section(
            heading: self.texts("report.vanished"),
            paragraphs: [self.texts("report.vanished.note")],
            table: self.table(
                ["time", "account", "messages", "between", "number"],
                numbers: [2],
                self.report.vanished.map { record in
                    let between = record.between
                    return [
                        self.moment(record.time), record.account, self.texts.number(record.rows.count),
                        "\(between?.from.map(self.moment) ?? "?") – \(between.map { self.moment($0.until) } ?? "?")",
                        String(record.sequence),
                    ]
                }
            )
        )
    }

    var alerts: ReportContent.Section? {
        guard !self.report.alerts.isEmpty else { return nil }
        return ReportContent.Section(
            heading: self.texts("report.alerts"),
            table: self.table(
                ["time", "device", "account", "alert", "number"],
                numbers: [],
                self.report.alerts.map { record in
                    [
                        self.moment(record.time), record.device, record.account,
                        RecordWords.done(of: record, in: self.texts), String(record.sequence),
                    ]
                }
            )
        )
    }

    private func table(_ columns: [String], numbers: Set<Int>, _ rows: [[String]]) -> ReportContent.ReportTable {
        ReportContent.ReportTable(
            headings: columns.map { self.texts("report.column.\($0)") },
            numbers: numbers,
            rows: rows
        )
    }

    private func name(_ activity: DeviceActivity) -> String {
        activity.device == nil ? self.texts("report.unnamed", ["address": activity.name]) : activity.name
    }

    /// The most frequent first.
    private func list(_ counts: [(String, Int)]) -> String {
        counts.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map { "\($0.0) (\(self.texts.number($0.1)))" }
            .joined(separator: ", ")
    }
}
