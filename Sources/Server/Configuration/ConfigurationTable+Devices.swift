import enum Gateway.DisconnectPolicy
import enum Gateway.NoticePolicy
import enum Gateway.Registration

/// Accounts and devices, and what may be said of each.
extension ConfigurationTable {
    /// These may stand at the top, in `accounts` and in `devices`; the nearest word counts. Only at the top something
    /// holds without them.
    static func policy(isForAll: Bool) -> [ConfigurationKey] {
        func key(
            _ name: String,
            _ kind: ConfigurationKey.Kind,
            _ standard: String,
            example: String,
            _ english: String,
            _ japanese: String
        ) -> ConfigurationKey {
            ConfigurationKey(name, kind, standard: isForAll ? standard : nil, example: example, english, japanese)
        }
        return [
            key(
                "registration",
                .choice(Registration.allCases.map(\.rawValue)),
                "open",
                example: "closed",
                "Whether a device may make itself known by a tag or a server name that is new.",
                "新しいタグやサーバー名の端末を受け入れるか。"
            ),
            key(
                "new-device",
                .form(.newDevice),
                "everything",
                example: "days 30",
                "What a device sees of a mailbox that it opens for the first time.",
                "端末がメールボックスを初めて開くときに見せるもの。"
            ),
            key(
                "window",
                .form(.window),
                "everything",
                example: "days 365",
                "A device never sees mail older than this.",
                "端末にはこれより古いメールを見せない。"
            ),
            key(
                "uidl",
                .form(.uniqueIDs),
                "dovecot",
                example: "cyrus",
                "How the unique-ids of new messages are made; those that were given out stay as they are.",
                "新しいメールの UIDL の形式。一度渡した UIDL は変わらない。"
            ),
            key(
                "commit-on-disconnect",
                .choice(DisconnectPolicy.allCases.map(\.rawValue)),
                "never",
                example: "confirmed",
                "What becomes of DELE when the line breaks before QUIT: nothing (RFC 1939), or hidden if it had the message.",
                "QUIT の前に切れた DELE の扱い: 無効 (RFC 1939)、または全文を受け取ったメールだけ隠す。"
            ),
            key(
                "one-session",
                .choice(["true", "false"]),
                "false",
                example: "true",
                "Whether a second session of a device at the same time is refused.",
                "同じ端末の二つ目の同時接続を断るか。"
            ),
        ]
    }

    /// Not for all at once: scanners and ticket systems would take it for mail, and must be asked for by name.
    private static let notice = ConfigurationKey(
        "notice",
        .choice(NoticePolicy.allCases.map(\.rawValue)),
        example: "mailbox",
        "Whether a device that is set wrong finds a message in its own view that says so, and how to mend it.",
        "設定に問題のある端末に、その内容と直し方を知らせるメールを、その端末にだけ見せるか。"
    )

    static let lists: [ConfigurationKey] = [
        ConfigurationKey(
            "accounts",
            .list(
                Self.account + [Self.messageDetails(isForAll: false)] + Self.policy(isForAll: false) + [Self.notice]
            ),
            "The accounts that are served, and no others; every account when left out.",
            "扱うアカウント。これ以外は断る。省略時は全て。"
        ),
        ConfigurationKey(
            "devices",
            .list(Self.device + Self.policy(isForAll: false) + [Self.notice]),
            "What holds for single devices.",
            "個々の端末の設定。"
        ),
    ]

    private static let account: [ConfigurationKey] = [
        ConfigurationKey(
            "login",
            .form(.login),
            isRequired: true,
            example: "info@example.com",
            "The login at the mail server, as it goes there.",
            "メールサーバーでのログイン名。そのまま送る。"
        ),
        ConfigurationKey(
            "aliases",
            .forms(.login),
            example: "[info]",
            "Other names under which a device may log in to it.",
            "端末がこのアカウントに使える別名。"
        ),
        ConfigurationKey(
            "password-file",
            .secretFile,
            example: "/etc/leavecopy/info.password",
            "Its password, for devices with a name and a password of their own; chmod 600.",
            "独自の名前とパスワードを持つ端末のための、アカウントのパスワード。chmod 600 とする。"
        ),
        ConfigurationKey(
            "password-command",
            .command,
            example: "[/usr/bin/pass, show, mail]",
            "A program that prints the password, and its arguments; no shell.",
            "パスワードを出力するプログラムと引数。シェルは使わない。"
        ),
        ConfigurationKey(
            "token-command",
            .command,
            example: "[/usr/local/bin/token, mail]",
            "A program that prints an OAuth access token, and its arguments; no shell.",
            "OAuth アクセストークンを出力するプログラムと引数。シェルは使わない。"
        ),
    ]

    private static let device: [ConfigurationKey] = [
        ConfigurationKey(
            "name",
            .form(.device),
            isRequired: true,
            example: "frontdesk",
            "The device, as 'leavecopy device list' names it.",
            "'leavecopy device list' での端末名。"
        ),
        ConfigurationKey(
            "account",
            .form(.login),
            example: "info@example.com",
            "The account it is a device of; every account when left out.",
            "その端末のアカウント。省略時は全て。"
        ),
    ]
}
