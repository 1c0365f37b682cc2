import Foundation
import Report
import Store

/// Whether the record is whole and can go on, in words.
struct RecordState {
    let size: String
    let checkpoint: String
    let whole: String
    let tone: String
    let disk: String

    init(
        size: Int64,
        checkpoint: String,
        check: RecordChecks.Check?,
        health: StoreHealth,
        _ visit: Visit,
        _ times: PageTimes
    ) {
        let texts = visit.texts
        self.size = texts.number(Int(clamping: size))
        self.checkpoint = Self.checkpoint(checkpoint, texts)
        self.tone = check.map { $0.findings == 0 ? "good" : "bad" } ?? ""
        self.whole =
            switch check {
            case nil: texts("page.state.whole.not-checked")
            case let check? where check.findings == 0: texts("page.state.whole.yes", ["time": times.text(check.time)])
            case let check?:
                texts("page.state.whole.no", ["time": times.text(check.time), "count": texts.number(check.findings)])
            }
        let since = times.text(times.recorded(Date(timeIntervalSince1970: Double(health.since) / 1_000_000)))
        self.disk =
            switch health.state {
            case .writable:
                health.freeOctets.map { texts("page.state.disk.writable", ["free": Self.octets($0)]) }
                    ?? texts("page.state.disk.unknown")
            case .full: texts("page.state.disk.full", ["time": since])
            case .broken: texts("page.state.disk.broken", ["time": since, "reason": health.reason])
            }
    }

    /// Short enough for paper: the first 64 bits of the root in groups of four digits.
    private static func checkpoint(_ note: String, _ texts: Texts) -> String {
        let lines = note.split(separator: "\n")
        guard lines.count > 2, let size = Int(lines[1]), let root = Data(base64Encoded: String(lines[2])) else {
            return ""
        }
        let digits = root.prefix(8).map { octet in (octet < 16 ? "0" : "") + String(octet, radix: 16) }
        let groups = stride(from: 0, to: digits.count, by: 2).map { digits[$0..<min($0 + 2, digits.count)].joined() }
        return texts(
            "page.state.checkpoint.value",
            ["size": texts.number(size), "digest": groups.joined(separator: " ")]
        )
    }

    /// `1.5 GB`.
    static func octets(_ count: UInt64) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        var number = Double(count) / 1_000
        var unit = 0
        while number >= 1_000, unit + 1 < units.count { (number, unit) = (number / 1_000, unit + 1) }
        let tenths = Int((number * 10).rounded())
        return tenths >= 100 ? "\((tenths + 5) / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
