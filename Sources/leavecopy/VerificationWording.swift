import Report
import Store

/// What a verification found, for people.
enum VerificationWording {
    static func lines(_ verification: Verification, _ language: Language) -> [String] {
        var lines = [self.summary(verification)[language]]
        if verification.dropped > 0 { lines.append(self.dropped(verification.dropped)[language]) }
        for finding in verification.findings {
            lines.append("  \(self.finding(finding.kind)[language])")
            for record in finding.records { lines.append("      \(self.witness(record)[language])") }
        }
        if verification.hasMore { lines.append("  \(self.more[language])") }
        lines += verification.comparisons.map { self.comparison($0)[language] }
        lines.append(self.key(verification.fingerprint)[language])
        if !verification.newestCheckpoint.isEmpty {
            lines += [self.newestCheckpoint[language], verification.newestCheckpoint]
        }
        return lines
    }

    private static let more = Phrase("and more than is listed here", "ほかにも多数あります")
    static let newestCheckpoint = Phrase(
        "The newest checkpoint; a copy kept elsewhere proves later that nothing before it was changed:",
        "最新のチェックポイントです。別の場所に写しを保管すると、これ以前の記録が変更されていないことを後で証明できます:"
    )
    static let noConsistency = Phrase(
        "no checkpoint of these is proven to be a beginning of the record",
        "指定したチェックポイントから現在の記録への連続性は証明できません"
    )

    static func noCheckpoint(_ path: String) -> Phrase {
        Phrase("there is no checkpoint in \(path)", "\(path) にチェックポイントがありません")
    }

    static func noKey(_ path: String) -> Phrase {
        Phrase("there is no public key in \(path), or more than one", "\(path) に公開鍵がないか、複数あります")
    }

    static func unreadable(_ path: String) -> Phrase {
        Phrase("\(path) cannot be read, or is larger than 16 MiB", "\(path) を読めないか、16 MiB を超えています")
    }

    static func unwritable(_ path: String) -> Phrase {
        Phrase("\(path) cannot be written", "\(path) に書き込めません")
    }

    static func summary(_ verification: Verification) -> Phrase {
        let (records, checkpoints) = (verification.records, verification.checkpoints)
        guard verification.isClean else {
            return Phrase(
                "THE RECORD IS DAMAGED. \(records) records and \(checkpoints) checkpoints were read:",
                "記録が損なわれています。記録 \(records) 件とチェックポイント \(checkpoints) 件を読みました:"
            )
        }
        return Phrase(
            "The record is whole: \(records) records, \(checkpoints) checkpoints.",
            "記録は完全です: 記録 \(records) 件、チェックポイント \(checkpoints) 件。"
        )
    }

    private static func dropped(_ end: Int64) -> Phrase {
        Phrase(
            "Records 1 to \(end) were dropped as old; a record says so, and their root is kept.",
            "記録 1 から \(end) までは保存期間を過ぎて削除済みです(その旨の記録とルートハッシュが残っています)。"
        )
    }

    private static func key(_ fingerprint: String) -> Phrase {
        Phrase("Fingerprint of the key that signs: \(fingerprint)", "署名鍵のフィンガープリント: \(fingerprint)")
    }

    private static func witness(_ record: Verification.Witness) -> Phrase {
        let said = [LocalTime.text(record.time), record.device, record.action].filter { !$0.isEmpty }
        let text = said.joined(separator: ", ")
        return text.isEmpty
            ? Phrase("record \(record.sequence) cannot be read", "記録 \(record.sequence) は読めません")
            : Phrase("record \(record.sequence): \(text)", "記録 \(record.sequence): \(text)")
    }

    private static func comparison(_ comparison: Verification.Comparison) -> Phrase {
        let (file, size) = (comparison.source, comparison.size)
        let verdict =
            switch comparison.verdict {
            case .agrees: Phrase("agrees with the record", "記録と一致します")
            case .agreesWithKept:
                Phrase(
                    "its records were dropped since; the checkpoint that is kept of them is the same",
                    "対象の記録は削除済みですが、残してあるチェックポイントと一致します"
                )
            case .dropped:
                Phrase(
                    "cannot be compared: its records were dropped since",
                    "対象の記録が削除済みのため照合できません"
                )
            case .unknown:
                Phrase(
                    "cannot be compared: records before its end are missing",
                    "対象の記録に欠けたものがあるため照合できません"
                )
            case .differs: Phrase("DOES NOT AGREE with the record", "記録と一致しません")
            case .ahead: Phrase("speaks of MORE RECORDS than there are", "現在より多くの記録を示しています")
            case .otherKey: Phrase("is signed by ANOTHER KEY", "別の鍵で署名されています")
            case .badSignature: Phrase("its signature is WRONG", "署名が正しくありません")
            }
        return Phrase(
            "Checkpoint of \(size) records in \(file): \(verdict.english)",
            "\(file) のチェックポイント(記録 \(size) 件): \(verdict.japanese)"
        )
    }
}
