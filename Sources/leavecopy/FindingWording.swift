import Report
import Store

extension VerificationWording {
    static func finding(_ kind: Verification.Kind) -> Phrase {
        switch kind {
        case .changed(let range): self.records(range, "was changed", "were changed", "が変更されています")
        case .hashChanged(let range):
            self.records(
                range,
                "is as it was, but the hash beside it was changed",
                "are as they were, but the hashes beside them were changed",
                "は元のままですが、ハッシュ値が変更されています"
            )
        case .deleted(let range): self.records(range, "was deleted", "were deleted", "が削除されています")
        case .cutOff(let last, let expected):
            Phrase(
                "the end was cut off: \(expected) records were there, and after record \(last) there is nothing",
                "末尾が削除されています: \(expected) 件あったはずの記録が \(last) で終わっています"
            )
        case .inserted(let range):
            self.records(
                range,
                "was put in by another program",
                "were put in by another program",
                "は他のプログラムが書き込んだものです"
            )
        case .swapped(let numbers): self.swapped(numbers)
        case .rewritten(let range):
            self.records(
                range,
                "was written anew, and the hashes with it: it does not agree with the signed checkpoint",
                "do not agree with the signed checkpoint: one of them was written anew, and the hashes with it",
                "は署名済みのチェックポイントと一致しません: 書き換えられ、ハッシュ値も計算し直されています"
            )
        case .rewrittenWithKey(let range):
            self.records(
                range,
                "was written anew and signed again with this gateway's key: it does not agree with a checkpoint kept elsewhere",
                "were written anew and signed again with this gateway's key, or an older state was put back and gone on "
                    + "with: they do not agree with a checkpoint kept elsewhere",
                "は別に保管したチェックポイントと一致しません: 書き換えられてこのゲートウェイの鍵で署名し直されたか、古い状態に戻されてから続けられています"
            )
        case .rolledBack(let count, let known):
            Phrase(
                "an older state was put back: there are \(count) records, and a checkpoint kept elsewhere says there were \(known)",
                "古い状態に戻されています: 記録は \(count) 件ですが、別に保管したチェックポイントでは \(known) 件ありました"
            )
        case .keyReplaced(let evidence): self.keyReplaced(evidence)
        case .checkpointChanged(let number):
            Phrase("checkpoint \(number) was changed", "チェックポイント \(number) が変更されています")
        case .checkpointsDeleted(let range):
            range.lowerBound == range.upperBound
                ? Phrase("checkpoint \(range.lowerBound) was deleted", "チェックポイント \(range.lowerBound) が削除されています")
                : Phrase(
                    "checkpoints \(range.lowerBound) to \(range.upperBound) were deleted",
                    "チェックポイント \(range.lowerBound) から \(range.upperBound) までが削除されています"
                )
        case .unsealed(let range):
            self.records(
                range,
                "has no checkpoint and must have one: it was put in, or its checkpoint was taken away",
                "have no checkpoint and must have one: they were put in, or their checkpoints were taken away",
                "に必要なチェックポイントがありません: 書き込まれたものか、チェックポイントが削除されています"
            )
        case .treeChanged:
            Phrase(
                "the state of the tree was changed: it does not fit the records",
                "ハッシュ木の状態が変更されており、記録と一致しません"
            )
        case .segmentChanged(let number):
            Phrase(
                "what is kept of dropped records (segment \(number)) was changed",
                "削除済み記録の控え(区間 \(number))が変更されています"
            )
        case .keptNoteChanged(let source):
            Phrase(
                "the checkpoint in \(source) was changed: its signature is wrong",
                "\(source) のチェックポイントが変更されています: 署名が正しくありません"
            )
        }
    }

    private static func records(
        _ range: ClosedRange<Int64>,
        _ one: String,
        _ many: String,
        _ japanese: String
    ) -> Phrase {
        range.lowerBound == range.upperBound
            ? Phrase("record \(range.lowerBound) \(one)", "記録 \(range.lowerBound) \(japanese)")
            : Phrase(
                "records \(range.lowerBound) to \(range.upperBound) \(many)",
                "記録 \(range.lowerBound) から \(range.upperBound) まで\(japanese)"
            )
    }

    private static func swapped(_ numbers: [Int64]) -> Phrase {
        let list = numbers.map(String.init)
        return Phrase(
            "records \(list.joined(separator: ", ")) stand in each other's places",
            "記録 \(list.joined(separator: "、")) が入れ替えられています"
        )
    }

    private static func keyReplaced(_ evidence: Verification.KeyEvidence) -> Phrase {
        switch evidence {
        case .keptKey:
            Phrase(
                "the key was replaced: this gateway's key is not the one that was kept",
                "署名鍵が交換されています: 現在の鍵は保管した公開鍵と異なります"
            )
        case .checkpoints(let range):
            Phrase(
                "the key was replaced: checkpoints \(range.lowerBound) to \(range.upperBound) are signed by another one",
                "署名鍵が交換されています: チェックポイント \(range.lowerBound) から \(range.upperBound) までは別の鍵で署名されています"
            )
        case .keptCheckpoint(let source):
            Phrase(
                "the checkpoint in \(source) is signed by another key: the key was replaced, or it is another gateway's",
                "\(source) のチェックポイントは別の鍵で署名されています: 署名鍵が交換されたか、別のゲートウェイのものです"
            )
        }
    }
}
