import enum Gateway.IdentifierKind

/// The mail server, and where the PCs connect.
extension ConfigurationTable {
    static let upstream: [ConfigurationKey] = [
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
            .choice(["auto", "plain", "login", "scram"]),
            standard: "auto",
            example: "auto",
            "How the password is given: AUTHENTICATE PLAIN, LOGIN, SCRAM-SHA-256, or what the server offers.",
            "パスワードの渡し方: AUTHENTICATE PLAIN、LOGIN、SCRAM-SHA-256、またはサーバーに合わせる。"
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
            standard: "3",
            example: "3",
            "Connections to the mail server for one account, shared by all its PCs.",
            "一つのアカウントで使うメールサーバーへの接続数。すべての PC が共有する。"
        ),
        ConfigurationKey(
            "login-cache",
            .integer(0...3600),
            standard: "300",
            example: "300",
            "Seconds for which a password that the mail server has accepted is good without asking it; 0 asks each time.",
            "メールサーバーが受け入れたパスワードを、確認せずに有効とみなす秒数。0 は毎回確認。"
        ),
        ConfigurationKey(
            "cache",
            .size(0...4 << 30),
            standard: "32M",
            example: "32M",
            "Memory for messages that other PCs of the account will ask for, and for reading ahead; 0 turns both off.",
            "同じアカウントの他の PC が取得するメールと先読みに使うメモリー。0 はどちらも使わない。"
        ),
        ConfigurationKey(
            "cache-disk",
            .size(0...1 << 40),
            standard: "256M",
            example: "256M",
            "Disk for the same in the state folder, in a file without a name that is gone when the server ends; 0 for none.",
            "同じ目的で状態フォルダーに使うディスク。名前のないファイルで、サーバーの終了とともに消える。0 は使わない。"
        ),
        ConfigurationKey(
            "max-message",
            .size(1 << 20...4 << 30),
            standard: "256M",
            example: "256M",
            "The largest message that is fetched.",
            "取得するメールの大きさの上限。"
        ),
        ConfigurationKey(
            "header-keys",
            .choice(["true", "false"]),
            standard: "true",
            example: "true",
            "Whether headers are fetched after a session, so that messages are known again if the server renumbers them.",
            "サーバーが番号を振り直しても同じメールと分かるよう、接続の後にヘッダーを取得するか。"
        ),
        ConfigurationKey(
            "adopt",
            .form(.adoption),
            example: "pops://pop.provider.example",
            "The provider's own POP3 service: its unique-ids are taken over at an account's first login. pop3:// needs STLS.",
            "契約先自身の POP3。アカウントの最初のログイン時に UIDL を引き継ぐ。pop3:// は STLS が必要。"
        ),
        ConfigurationKey(
            "adopt-ca",
            .file,
            example: "/etc/leavecopy/pop-ca.pem",
            "The CA file the certificate of 'adopt' is checked with; the system's CAs when left out.",
            "'adopt' の証明書を確かめる CA ファイル。省略時はシステムの CA。"
        ),
    ]

    static let listener: [ConfigurationKey] = [
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
        ConfigurationKey(
            "client-ca",
            .file,
            example: "/etc/leavecopy/devices-ca.pem",
            "Devices may show a certificate that one of these CAs has issued, PEM.",
            "端末は、この CA (PEM) が発行した証明書を示すことができる。"
        ),
        ConfigurationKey(
            "device",
            .form(.device),
            example: "printer",
            "The one device whose listener this is: whoever connects here is it.",
            "このリスナーを使う唯一の端末。接続したものはすべてこの端末とみなす。"
        ),
        ConfigurationKey(
            "identify",
            .choices(IdentifierKind.allCases.map(\.rawValue)),
            example: "[name]",
            "How a device is told from another on this listener; as everywhere when left out.",
            "このリスナーで端末を見分ける方法。省略時は全体の設定に従う。"
        ),
    ]
}
