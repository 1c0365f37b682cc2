import Gateway
import Report
import Server
import Store

/// What the commands say to people, in both languages.
enum Wording {
    static let nothingOnRecord = Phrase("Nothing is on record that fits.", "該当する記録はありません。")
    static let moreOnRecord = Phrase(
        "There may be more: --limit shows more, --since and --until another time.",
        "さらに記録がある場合があります。--limit で件数を、--since と --until で期間を指定できます。"
    )
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

    static func added(_ entry: DeviceEntry) -> Phrase {
        let login = "\(entry.account)#\(entry.device.name)"
        return Phrase(
            "Device \(entry.device.name) is known by the login name \(login). \(entry.hidden) messages are hidden from it.",
            "端末 \(entry.device.name) はログイン名 \(login) で識別されます。\(entry.hidden) 通がこの端末に非表示です。"
        )
    }

    static func acceptedRenumbering(_ account: String) -> Phrase {
        Phrase(
            "The next login to \(account) goes on with the mail that the server has now. What is not recognised is shown as new.",
            "\(account) は次回のログインから、現在サーバーにあるメールで続行します。照合できないメールは新着として表示されます。"
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
            case .userTaken(let user): "ユーザー名 \(user) は使われています。--user で別の名前を指定してください"
            case .badUser: "ユーザー名は a-z 0-9 @ . _ - + の 1 から 64 文字です。--user で指定してください"
            case .hasCredential(let name): "端末 \(name) には既にパスワードがあります。device rotate で新しくできます"
            case .unknownAccount(let login): "設定にアカウント \(login) はありません"
            case .noCredential(let name): "端末 \(name) に専用のパスワードはありません。device add --password で作れます"
            case .identifierTaken(let identifier, let device): "\(identifier) は既に端末 \(device) の識別に使われています"
            case .unknownIdentifier(let identifier): "この端末は \(identifier) では識別されていません"
            case .sameDevice(let name): "\(name) を自分自身と統合することはできません"
            case .otherAccounts(let from, let into): "\(from) と \(into) は同じアカウントの端末ではありません"
            case .bothHaveCredentials(let name):
                "両方の端末に専用のパスワードがあります。一方を device identify --user … --remove で消してから \(name) に統合してください"
            case .badCertificate(let reason): "証明書として読めません: \(reason)"
            case .nothingToAccept(let account): "\(account) に承認待ちのメールボックスはありません"
            case .tokenNameTaken(let name): "トークン \(name) はすでにあります。削除するか、別の名前にしてください"
            case .unknownToken(let name): "トークン \(name) はありません"
            case .tooManyTokens: "トークンが多すぎます。使っていないものを削除してください"
            case .badBackup(let reason): "このバックアップは使えないため、何も復元していません: \(reason)"
            case .stateExists(let folder): "\(folder) には既に状態があります。--replace を付けると、残したまま置き換えます"
            case .unknownRecord(let sequence): "記録 \(sequence) はありません"
            case .recordDropped(let sequence): "記録 \(sequence) は保存期間を過ぎて削除済みです。証明書は削除前にだけ作れます"
            case .unprovable(let sequence): "記録 \(sequence) は証明できません。audit verify で原因を確かめてください"
            case .failed(.busy): "他のプロセスが状態フォルダーに書き込み中です。もう一度試してください"
            case .failed(.full): "ディスクに空きがありません"
            case .failed(.tooManyDevices): "このアカウントの端末は既に 200 台あります"
            case .failed(.broken(let reason)): "データベースの障害です: \(reason)"
            }
        return Phrase("\(error)", japanese)
    }
}
