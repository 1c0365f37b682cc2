import Foundation
import Report
import Server
import Store

/// What a run tells a person.
enum AdoptionWording {
    static func progress(_ progress: AdoptionProgress) -> Phrase {
        switch progress {
        case .listed(let theirs, let ours):
            Phrase("listed: \(theirs) messages by POP3, \(ours) by IMAP", "一覧: POP3 \(theirs) 通、IMAP \(ours) 通")
        case .walked(let count): Phrase("matched by size: \(count)", "サイズで一致: \(count) 通")
        case .headers(let done, let all): Phrase("headers: \(done) of \(all)", "ヘッダー: \(done) / \(all)")
        }
    }

    static func report(_ report: AdoptionReport, _ language: Language) -> [String] {
        let counts = report.counts
        var lines = [
            Phrase("matched by size: \(counts.bySize)", "サイズで一致: \(counts.bySize)"),
            Phrase("matched by header: \(counts.byHeader)", "ヘッダーで一致: \(counts.byHeader)"),
            Phrase("known from before: \(counts.before)", "以前の実行で判明: \(counts.before)"),
            Phrase(
                "only by POP3: \(counts.unmatchedTheirs)\(self.and(report.unnamed, "without UIDL"))",
                "POP3 にだけある: \(counts.unmatchedTheirs)\(self.and(report.unnamed, "UIDL なし"))"
            ),
            Phrase("only by IMAP: \(counts.unmatchedOurs)", "IMAP にだけある: \(counts.unmatchedOurs)"),
            Phrase("not told apart: \(counts.collisions)", "区別できない: \(counts.collisions)"),
        ].map { $0[language] }
        if let delay = report.loginDelay {
            lines.append(
                Phrase(
                    "the POP3 service wants \(delay) seconds between two logins",
                    "POP3 サービスはログインの間隔を \(delay) 秒求めています"
                )[language]
            )
        }
        if let result = report.result {
            lines.append(
                Phrase("messages with another UIDL now: \(result.changed)", "UIDL を変えた数: \(result.changed)")[language]
            )
            if result.unusable > 0 {
                lines.append(
                    Phrase("UIDLs that cannot be used: \(result.unusable)", "使えない UIDL: \(result.unusable)")[language]
                )
            }
            if result.unchangedDevices > 0 {
                lines.append(
                    Phrase(
                        "devices that keep the UIDLs they know: \(result.unchangedDevices) (--replace changes them too)",
                        "既知の UIDL を保つ端末: \(result.unchangedDevices) (--replace で変更)"
                    )[language]
                )
            }
        } else {
            lines.append(Phrase("nothing was changed (--dry-run)", "何も変更していません (--dry-run)")[language])
        }
        return lines + self.unmatched(report, language)
    }

    private static func and(_ count: Int, _ what: String) -> String { count > 0 ? " (+ \(count) \(what))" : "" }

    private static func unmatched(_ report: AdoptionReport, _ language: Language) -> [String] {
        guard !report.unmatched.isEmpty else { return [] }
        let headings = [
            Phrase("Only by", "片側"), Phrase("Date", "日付"), Phrase("Octets", "オクテット"), Phrase("UIDL", "UIDL"),
        ]
        var table = Table(headings.map { $0[language] }, rightAligned: [2])
        for one in report.unmatched {
            let received = one.received.map { LocalTime.text(Date(timeIntervalSince1970: TimeInterval($0))) }
            table.add([one.side.rawValue, one.date ?? received ?? "", String(one.size), one.text])
        }
        return table.lines
    }

    static func failure(_ failure: AdoptionFailure) -> Phrase {
        if case .store(let error) = failure { Wording.storeError(error) } else { failure.text }
    }
}

/// The report as JSON.
struct AdoptionEntry: Encodable {
    private struct Unmatched: Encodable {
        let side: String
        let uidl: String
        let octets: UInt64
        let date: String?
        let received: String?
    }

    private let matchedBySize: Int
    private let matchedByHeader: Int
    private let matchedBefore: Int
    private let unmatchedPOP3: Int
    private let unmatchedIMAP: Int
    private let withoutUIDL: Int
    private let collisions: Int
    private let changed: Int?
    private let unusable: Int?
    private let unchangedDevices: Int?
    private let loginDelay: Int?
    private let complete: Bool
    private let unmatched: [Unmatched]

    init(_ report: AdoptionReport) {
        self.matchedBySize = report.counts.bySize
        self.matchedByHeader = report.counts.byHeader
        self.matchedBefore = report.counts.before
        self.unmatchedPOP3 = report.counts.unmatchedTheirs
        self.unmatchedIMAP = report.counts.unmatchedOurs
        self.withoutUIDL = report.unnamed
        self.collisions = report.counts.collisions
        self.changed = report.result?.changed
        self.unusable = report.result?.unusable
        self.unchangedDevices = report.result?.unchangedDevices
        self.loginDelay = report.loginDelay
        self.complete = report.isComplete
        self.unmatched = report.unmatched.map { one in
            Unmatched(
                side: one.side.rawValue,
                uidl: one.text,
                octets: one.size,
                date: one.date,
                received: one.received.map { LocalTime.recorded(Date(timeIntervalSince1970: TimeInterval($0))) }
            )
        }
    }
}
