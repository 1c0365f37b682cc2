/// Every key there is. A new key is one entry here, one property of `Configuration` and one line of the example file.
package enum ConfigurationTable {
    package static let keys: [ConfigurationKey] = [
        ConfigurationKey(
            "state",
            .folder,
            example: "/var/lib/leavecopy",
            "The folder for what lasts: devices, what each has hidden, the record, made certificates.",
            "残すものを置くフォルダー: 端末、端末ごとの非表示、記録、作成した証明書。"
        ),
        ConfigurationKey(
            "node",
            .name,
            example: "gateway1",
            "This machine's name in the record; the host name when left out.",
            "記録に残すこのマシンの名前。省略時はホスト名。"
        ),
        ConfigurationKey(
            "language",
            .choice(Language.allCases.map(\.rawValue)),
            example: "ja",
            "The language of what is printed for people; LANG decides when left out.",
            "人に向けた表示の言語。省略時は LANG に従う。"
        ),
        ConfigurationKey(
            "log-level",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            standard: "info",
            example: "info",
            "How much goes to the log on standard error.",
            "標準エラー出力へのログの詳しさ。"
        ),
        ConfigurationKey(
            "upstream",
            .section(Self.upstream),
            isRequired: true,
            "The hosted mail server. It is only ever read.",
            "契約先のメールサーバー。読み取りしか行わない。"
        ),
        ConfigurationKey("listeners", .list(Self.listener), "Where the PCs connect.", "PC が接続してくる口。"),
        ConfigurationKey(
            "identify",
            .choices(["tag", "neighbour", "address"]),
            standard: "[tag, neighbour]",
            example: "[tag, neighbour]",
            "How a device is told from another, in this order.",
            "端末を見分ける方法。この順に試す。"
        ),
        ConfigurationKey(
            "unidentified",
            .choice(["once", "keep", "reject"]),
            standard: "once",
            example: "once",
            "What happens to a session of which no device is known.",
            "端末が分からない接続の扱い。"
        ),
        ConfigurationKey(
            "deleted",
            .choice(["hide", "keep"]),
            standard: "hide",
            example: "hide",
            "Whether a message that a device deletes is hidden from that device.",
            "端末が削除したメールをその端末から隠すか。"
        ),
        ConfigurationKey("limits", .section(Self.limits), "What one machine takes on.", "引き受ける量の上限。"),
    ]

    private static let upstream: [ConfigurationKey] = [
        ConfigurationKey(
            "name",
            .name,
            standard: "main",
            example: "main",
            "What accounts of this server are kept under: never change it, also when the host name changes.",
            "このサーバーのアカウントをまとめる名前。ホスト名が変わっても変更しないこと。"
        ),
        ConfigurationKey(
            "url",
            .upstream,
            isRequired: true,
            example: "imaps://mail.example.com",
            "Its address: imaps:// is TLS from the start (993), imap:// needs STARTTLS (143).",
            "アドレス。imaps:// は最初から TLS (993)、imap:// は STARTTLS が必要 (143)。"
        ),
        ConfigurationKey(
            "ca",
            .file,
            example: "/etc/leavecopy/upstream-ca.pem",
            "The CA file its certificate is checked with; the system's CAs when left out.",
            "証明書を確かめる CA ファイル。省略時はシステムの CA。"
        ),
        ConfigurationKey(
            "mailbox",
            .text,
            standard: "INBOX",
            example: "INBOX",
            "The mailbox that is shown to the PCs.",
            "PC に見せるメールボックス。"
        ),
        ConfigurationKey(
            "auth",
            .choice(["auto", "plain", "login"]),
            standard: "auto",
            example: "auto",
            "How the password is given: AUTHENTICATE PLAIN, LOGIN, or what the server offers.",
            "パスワードの渡し方: AUTHENTICATE PLAIN、LOGIN、またはサーバーに合わせる。"
        ),
        ConfigurationKey(
            "login-failures-per-hour",
            .integer(1...1000),
            standard: "10",
            example: "10",
            "Failed logins of one account that reach the mail server in an hour; more are refused here.",
            "一つのアカウントの失敗したログインを一時間に何回まで送るか。超えた分はここで断る。"
        ),
        ConfigurationKey(
            "connections-per-account",
            .integer(1...100),
            standard: "8",
            example: "8",
            "Connections to the mail server for one account at a time.",
            "一つのアカウントで同時に使うメールサーバーへの接続数。"
        ),
        ConfigurationKey(
            "max-message",
            .size(1 << 20...4 << 30),
            standard: "256M",
            example: "256M",
            "The largest message that is fetched.",
            "取得するメールの大きさの上限。"
        ),
    ]

    private static let listener: [ConfigurationKey] = [
        ConfigurationKey(
            "name",
            .name,
            example: "pops",
            "Its name in the record; tls and port when left out.",
            "記録に残す名前。省略時は方式とポート。"
        ),
        ConfigurationKey(
            "address",
            .address,
            standard: "127.0.0.1",
            example: "192.0.2.10",
            "The local address it listens on; 0.0.0.0 and :: mean all.",
            "待ち受けるアドレス。0.0.0.0 と :: は全て。"
        ),
        ConfigurationKey(
            "port",
            .integer(1...65_535),
            example: "995",
            "The TCP port; 995 for implicit TLS and 110 for STLS when left out.",
            "TCP ポート。省略時は implicit が 995、starttls が 110。"
        ),
        ConfigurationKey(
            "tls",
            .choice(["implicit", "starttls"]),
            standard: "implicit",
            example: "implicit",
            "TLS from the first octet, or by the command STLS.",
            "最初から TLS か、STLS コマンドで TLS か。"
        ),
        ConfigurationKey(
            "profile",
            .choice(["modern", "legacy"]),
            standard: "modern",
            example: "modern",
            "TLS 1.2 and later, or TLS 1.0 and later for old devices (needs allowed-from).",
            "TLS 1.2 以降か、古い機器のための TLS 1.0 以降か (allowed-from が必要)。"
        ),
        ConfigurationKey(
            "alpn",
            .choice(["strict", "lenient"]),
            standard: "strict",
            example: "strict",
            "Whether a client that offers protocols without pop3 is refused; lenient for antivirus programs.",
            "pop3 を含まない ALPN を断るか。ウイルス対策ソフトがある場合は lenient。"
        ),
        ConfigurationKey(
            "allowed-from",
            .networks,
            example: "[192.0.2.0/24]",
            "The networks that may connect at all; everybody when left out.",
            "接続を許すネットワーク。省略時は全て。"
        ),
        ConfigurationKey(
            "plaintext",
            .section([
                ConfigurationKey(
                    "allowed-from",
                    .networks,
                    isRequired: true,
                    example: "[192.0.2.40/32]",
                    "The networks of devices that can do no TLS; they may log in without it on this listener.",
                    "TLS を使えない機器のネットワーク。このリスナーでは TLS なしのログインを許す。"
                )
            ]),
            "For devices that can do no TLS at all.",
            "TLS をまったく使えない機器のため。"
        ),
        ConfigurationKey(
            "certificate",
            .files,
            example: "/etc/leavecopy/tls/fullchain.pem",
            "The certificate with its chain, PEM; two files for an ECDSA and an RSA one. Ours when left out.",
            "証明書とチェーン (PEM)。ECDSA と RSA の二つも可。省略時は自動作成したもの。"
        ),
        ConfigurationKey(
            "key",
            .files,
            example: "/etc/leavecopy/tls/privkey.pem",
            "The private key, PEM; two files when there are two certificates.",
            "秘密鍵 (PEM)。証明書が二つなら二つ。"
        ),
    ]

    private static let limits: [ConfigurationKey] = [
        ConfigurationKey(
            "connections",
            .integer(1...100_000),
            standard: "10000",
            example: "10000",
            "Connections of devices at a time.",
            "端末からの同時接続数。"
        ),
        ConfigurationKey(
            "per-address",
            .integer(1...100_000),
            standard: "200",
            example: "200",
            "Connections from one address at a time.",
            "一つのアドレスからの同時接続数。"
        ),
        ConfigurationKey(
            "login-seconds",
            .integer(10...600),
            standard: "60",
            example: "60",
            "The time a device has for TLS and login together.",
            "TLS とログインに許す時間 (秒)。"
        ),
        ConfigurationKey(
            "idle-seconds",
            .integer(600...86_400),
            standard: "600",
            example: "600",
            "How long a session may be silent; RFC 1939 §3 asks for at least ten minutes.",
            "無通信を許す時間 (秒)。RFC 1939 §3 により 10 分以上。"
        ),
    ]
}
