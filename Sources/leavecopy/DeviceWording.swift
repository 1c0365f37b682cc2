import Gateway
import Report
import Server
import Store

/// What the commands about devices say, in both languages.
extension Wording {
    static let knownBy = Phrase("Known by", "識別")
    static let nothingKnown = Phrase("nothing", "なし")
    static let settings = Phrase("Settings", "設定")
    static let profileHeadings = [
        Phrase("Mailbox", "メールボックス"), Phrase("Messages", "通数"), Phrase("Hidden", "非表示"),
        Phrase("From before", "開始前"), Phrase("Own UIDLs", "専用 UIDL"), Phrase("Begins", "開始"),
    ]
    static let loginHeadings = [
        Phrase("Login", "ログイン"), Phrase("Address", "アドレス"), Phrase("Known by", "識別"), Phrase("Answered", "応答"),
    ]
    static let alertHeadings = [Phrase("Alert", "警告"), Phrase("Address", "アドレス"), Phrase("What", "内容")]
    static let nothingSkipped = Phrase(
        "Nothing from before this device came is kept from it.",
        "開始前のメールでこの端末に見えないものはありません。"
    )

    static func beginning(_ mailbox: DeviceProfile.Mailbox) -> Phrase {
        if !mailbox.hasBegun { return Phrase("at its first login", "最初のログイン時") }
        if mailbox.skipped == 0 { return Phrase("with everything", "すべて") }
        return Phrase("without \(mailbox.skipped) messages from before", "開始前の \(mailbox.skipped) 通を除く")
    }

    static func registered(_ entry: DeviceEntry) -> Phrase {
        let identifiers = entry.identifiers.joined(separator: ", ")
        return Phrase(
            "Device \(entry.device.name) of \(entry.account) is known by: \(identifiers).",
            "\(entry.account) の端末 \(entry.device.name) の識別: \(identifiers)。"
        )
    }

    static func renamed(_ old: String, _ name: String) -> Phrase {
        Phrase("Device \(old) is called \(name) now.", "端末 \(old) の名前は \(name) になりました。")
    }

    static func merged(_ from: String, _ entry: DeviceEntry) -> Phrase {
        Phrase(
            "Device \(from) is \(entry.device.name) now. \(entry.hidden) messages are hidden from it.",
            "端末 \(from) は \(entry.device.name) に統合されました。\(entry.hidden) 通がこの端末に非表示です。"
        )
    }

    static func identified(_ entry: DeviceEntry) -> Phrase {
        guard entry.identifiers.isEmpty else { return self.registered(entry) }
        return Phrase(
            "Device \(entry.device.name) is known by nothing now: nobody can be it.",
            "端末 \(entry.device.name) を識別するものはなくなりました。この端末としてログインできる PC はありません。"
        )
    }

    static func removal(_ entry: DeviceEntry) -> Phrase {
        Phrase(
            """
            this would forget \(entry.device.name) of \(entry.account), what it is known by, and the \(entry.hidden) messages \
            hidden from it. If the PC comes again, it is a new device and sees what `new-device` says; it may then download \
            mail that it has had. Say --yes to do it.
            """,
            """
            \(entry.account) の端末 \(entry.device.name) と、その識別、非表示の \(entry.hidden) 通の情報を削除します。この PC が再び\
            接続すると新しい端末として扱われ、`new-device` の設定どおりに表示されるため、受信済みのメールを再び受信することがあります。\
            実行するには --yes を指定してください。
            """
        )
    }

    static func removed(_ entry: DeviceEntry) -> Phrase {
        Phrase(
            "Device \(entry.device.name) is forgotten. If the PC comes again, it is a new device.",
            "端末 \(entry.device.name) を削除しました。この PC が再び接続すると新しい端末として扱われます。"
        )
    }
}
