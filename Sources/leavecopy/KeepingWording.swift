import Report
import Store

/// What erase, backup and restore say to people, in both languages.
enum KeepingWording {
    static func wantsToErase(_ count: Int) -> Phrase {
        Phrase(
            "Subject, From, Message-ID and Date of \(count) messages will be erased from the record. This cannot be undone. "
                + "Go on? [y/N]",
            "\(count) 通のメールの件名・差出人・Message-ID・日付を記録から消去します。元に戻すことはできません。続けますか? [y/N]"
        )
    }

    static func sayYes(_ count: Int) -> Phrase {
        Phrase(
            "\(count) messages would be erased from the record: say --yes",
            "\(count) 通のメールの情報が記録から消去されます。実行するには --yes を付けてください"
        )
    }

    static func erased(_ erased: Erased) -> Phrase {
        guard erased.messages > 0 else {
            return Phrase("There is nothing to erase.", "消去する情報はありません。")
        }
        let count = erased.messages
        guard erased.isGoneFromDisk else {
            return Phrase(
                "The details of \(count) messages are erased. Parts of them stay in the database's log file until those who "
                    + "read an older state have finished; run the command again to be certain.",
                "\(count) 通の情報を消去しました。読み取り中の処理が終わるまで、一部がデータベースのログファイルに残ります。"
                    + "確実にするにはもう一度実行してください。"
            )
        }
        return Phrase(
            "The details of \(count) messages are erased, and gone from the database's files. Backups and exports that were "
                + "made before still have them.",
            "\(count) 通の情報を消去し、データベースのファイルからも取り除きました。以前に作ったバックアップとエクスポートには残っています。"
        )
    }

    static func backedUp(_ manifest: BackupManifest, _ folder: String) -> Phrase {
        Phrase(
            "The state is copied to \(folder) and checked: \(manifest.tables.count) tables, \(manifest.records) records, "
                + "\(manifest.files.count) files. There are keys and personal data in it: keep it as closed as the state folder.",
            "状態を \(folder) にコピーし、検査しました: テーブル \(manifest.tables.count) 個、記録 \(manifest.records) 件、"
                + "ファイル \(manifest.files.count) 個。鍵と個人情報が含まれるため、状態フォルダーと同じように厳重に保管してください。"
        )
    }

    static func restored(_ manifest: BackupManifest, _ state: String) -> Phrase {
        let made = LocalTime.text(manifest.made)
        return Phrase(
            "\(state) is the state of \(made) again. Compared with the backup:",
            "\(state) を \(made) の状態に戻しました。バックアップとの比較:"
        )
    }

    static let comparedHeadings = [Phrase("What", "内容"), Phrase("Rows", "行数"), Phrase("", "")]
    static let equal = Phrase("equal", "一致")

    /// What a person asks about, and the tables it stands in.
    static let comparedTables: [(Phrase, Set<String>)] = [
        (Phrase("Devices", "端末"), ["device", "identifier", "credential"]),
        (Phrase("Hidden ranges", "非表示の範囲"), ["hidden", "skipped", "withheld"]),
        (Phrase("Messages with their unique-ids", "メールと UIDL"), ["message", "deviceUIDL"]),
        (Phrase("Records", "記録"), ["record"]),
        (Phrase("Checkpoints and segments", "チェックポイントと区切り"), ["checkpoint", "segment", "tree"]),
    ]

    static func allTables(_ count: Int) -> Phrase { Phrase("All \(count) tables", "全 \(count) テーブル") }

    static func keptAside(_ folder: String) -> Phrase {
        Phrase(
            "The state that was there before is kept in \(folder).",
            "それまでの状態は \(folder) に残してあります。"
        )
    }

    static let wentBack = Phrase(
        "What devices deleted since the backup was made, they will see again. A checkpoint that was kept elsewhere since then "
            + "will tell that the record went back: that is right, and on record.",
        "バックアップの後に端末が削除したメールは、その端末に再び表示されます。バックアップの後に別の場所へ保管したチェックポイントは、"
            + "記録が以前の状態に戻ったことを示します。これは正しい動作であり、復元したことも記録に残っています。"
    )
}
