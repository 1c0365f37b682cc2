package import Foundation
import Store

extension AuditReport {
    /// A line for each device, with what was found.
    package func csv(in texts: Texts, zone: TimeZone = .current) -> String {
        var clock = LocalClock(zone)
        let columns = [
            "device", "known", "account", "polls", "retrieved", "octets", "asked-to-delete", "at-once", "later",
            "unread",
            "hidden", "refused", "withheld", "tls", "known-by", "addresses", "first-seen", "last-seen", "verdict",
            "finding",
        ]
        var lines = [CSV.line(columns.map { texts("report.column.\($0)") })]
        for device in self.devices {
            let activity = device.activity
            let numbers = [
                activity.askedToDelete, activity.deletedAtOnce, activity.deletedLater, activity.deletedUnread,
                activity.hidden, activity.refusedLogins, activity.withheld,
            ].map { String($0) }
            lines.append(
                CSV.line(
                    [
                        activity.name, texts(activity.device == nil ? "report.no" : "report.yes"), activity.account,
                        String(activity.polls), String(activity.retrieved), String(activity.octets),
                    ] + numbers + [
                        Self.list(activity.tlsVersions), Self.list(activity.identifiedBy),
                        Self.list(activity.addresses),
                        clock.local(activity.firstSeen).time, clock.local(activity.lastSeen).time,
                        device.verdict.text(in: texts),
                        device.diagnoses.map { "\($0.title(in: texts)): \($0.sentence(in: texts))" }.joined(
                            separator: " / "
                        ),
                    ]
                )
            )
        }
        return CSV.byteOrderMark + lines.joined() + self.checkpointLines(texts)
    }

    /// Behind an empty line, as one cell each, so that the note can be taken out again.
    private func checkpointLines(_ texts: Texts) -> String {
        let lines = self.checkpoint.split(separator: "\n", omittingEmptySubsequences: false)
        return "\r\n" + lines.map { CSV.line([String($0)]) }.joined()
    }

    private static func list(_ counts: [String: Int]) -> String {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) (\($0.value))" }
            .joined(separator: ", ")
    }
}
