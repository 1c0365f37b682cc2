import Gateway
import Server
import Store

/// What the commands say to people, in both languages.
enum Wording {
    static let nothingOnRecord = Phrase("Nothing is on record that fits.", "該当する記録はありません。")
    static let moreOnRecord = Phrase(
        "There may be more: --limit shows more, --since and --until another time.",
        "さらに記録がある場合があります。--limit で件数を、--since と --until で期間を指定できます。"
    )
    static let recordHeadings = [
        Phrase("No.", "番号"), Phrase("When", "日時"), Phrase("Session", "セッション"), Phrase("Device", "端末"),
        Phrase("Account", "アカウント"),
        Phrase("Address", "アドレス"), Phrase("Asked", "要求"), Phrase("Answered", "応答"), Phrase("Done", "実際の処理"),
    ]
    static let deviceHeadings = [
        Phrase("Device", "端末"), Phrase("Account", "アカウント"), Phrase("Known by", "識別"), Phrase("Hidden", "非表示"),
        Phrase("Last seen", "最終接続"),
    ]
    static let hiddenHeadings = [
        Phrase("Row", "行"), Phrase("Received", "受信日時"), Phrase("Octets", "サイズ"), Phrase("From", "差出人"),
        Phrase("Subject", "件名"), Phrase("On the server", "サーバー上"),
    ]
    static let noDevices = Phrase("There is no device yet.", "端末はまだありません。")
    static let nothingHidden = Phrase("Nothing is hidden from this device.", "この端末に非表示のメールはありません。")
    static let isThere = Phrase("yes", "あり")
    static let isGone = Phrase("no longer", "なし")
    static let newestCheckpoint = Phrase(
        "The newest checkpoint; a copy kept elsewhere proves later that nothing before it was changed:",
        "最新のチェックポイントです。別の場所に写しを保管すると、これ以前の記録が変更されていないことを後で証明できます:"
    )

    /// The device's name at the time, or that there was none.
    static func device(of record: StoredRecord, _ language: Language) -> String {
        if !record.device.isEmpty { return record.device }
        return record.session.isEmpty ? "" : Phrase("(no name)", "(名前なし)")[language]
    }

    static func done(of record: StoredRecord) -> String {
        record.reason.isEmpty ? record.done : "\(record.done) (\(record.reason))"
    }

    static func added(_ entry: DeviceEntry) -> Phrase {
        let login = "\(entry.account)#\(entry.device.name)"
        return Phrase(
            "Device \(entry.device.name) is known by the login name \(login). \(entry.hidden) messages are hidden from it.",
            "端末 \(entry.device.name) はログイン名 \(login) で識別されます。\(entry.hidden) 通がこの端末に非表示です。"
        )
    }

    static func restored(_ count: Int, _ name: String) -> Phrase {
        Phrase(
            "\(count) messages are shown to \(name) again, from its next login on.",
            "\(count) 通が次回のログインから \(name) に再び表示されます。"
        )
    }

    /// What the store says, in both languages.
    static func storeError(_ error: StoreError) -> Phrase {
        let japanese: String =
            switch error {
            case .wrongUser(let owner): "状態フォルダーの所有者は \(owner) です。\(owner) として実行してください"
            case .noState(let folder): "\(folder) に状態がありません。先にサーバーを起動するか、フォルダーを指定してください"
            case .unusable(let path, let reason): "\(path) を使えません: \(reason)"
            case .settingRefused(let setting): "データベースが設定 \(setting) を受け付けません"
            case .unknownSession(let id): "セッション \(id) は記録にありません"
            case .ambiguousSession(let id): "\(id) で始まるセッションが複数あります。もっと長く指定してください"
            case .sessionStillOpen(let id): "セッション \(id) はまだ終わっていません"
            case .sessionWithoutAccount(let id): "セッション \(id) はログインしていません"
            case .unknownDevice(let name): "端末 \(name) はありません"
            case .ambiguousDevice(let name): "端末 \(name) は複数のアカウントにあります。--account を指定してください"
            case .nameTaken(let name): "このアカウントには既に端末 \(name) があります"
            case .badName: "端末名は A-Z a-z 0-9 . _ - の 1 から 32 文字です"
            case .failed(.busy): "他のプロセスが状態フォルダーに書き込み中です。もう一度試してください"
            case .failed(.full): "ディスクに空きがありません"
            case .failed(.tooManyDevices): "このアカウントの端末は既に 200 台あります"
            case .failed(.broken(let reason)): "データベースの障害です: \(reason)"
            }
        return Phrase("\(error)", japanese)
    }

    static func verified(_ verification: Verification) -> Phrase {
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

    static func finding(_ finding: Verification.Finding) -> Phrase {
        switch finding {
        case .changed(let sequence):
            Phrase("record \(sequence) was changed", "記録 \(sequence) が変更されています")
        case .missing(let range) where range.count == 1:
            Phrase("record \(range.lowerBound) is missing", "記録 \(range.lowerBound) がありません")
        case .missing(let range):
            Phrase(
                "records \(range.lowerBound) to \(range.upperBound) are missing",
                "記録 \(range.lowerBound) から \(range.upperBound) までがありません"
            )
        case .added(let range):
            Phrase(
                "records \(range.lowerBound) to \(range.upperBound) were added by another program",
                "記録 \(range.lowerBound) から \(range.upperBound) までは他のプログラムが追加したものです"
            )
        case .cutOff(let last, let expected):
            Phrase(
                "records \(last + 1) to \(expected) are missing: a checkpoint says \(expected) records, \(last) are there",
                "記録 \(last + 1) から \(expected) までがありません: チェックポイントでは \(expected) 件、実際は \(last) 件です"
            )
        case .badCheckpoint(let number):
            Phrase(
                "checkpoint \(number) was changed, or is not signed by this gateway's key",
                "チェックポイント \(number) が変更されているか、このゲートウェイの鍵で署名されていません"
            )
        case .rewritten(let range):
            Phrase(
                "records \(range.lowerBound) to \(range.upperBound) do not agree with their checkpoint: they were written anew",
                "記録 \(range.lowerBound) から \(range.upperBound) までがチェックポイントと一致しません: 書き直されています"
            )
        }
    }
}
