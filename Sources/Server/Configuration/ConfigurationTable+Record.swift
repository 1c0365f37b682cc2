/// Where the record goes beside the database, and what calls an operator.
extension ConfigurationTable {
    static let record: [ConfigurationKey] = [
        ConfigurationKey(
            "streams",
            .list(Self.stream),
            "Where each record is written once more, as a line of JSON, while the server runs.",
            "サーバーの動作中、記録を 1 行ずつの JSON として書き出す先。"
        ),
        ConfigurationKey(
            "checkpoints",
            .list(Self.checkpointTarget),
            "Where the newest signed checkpoint goes, every hour and at start and stop.",
            "署名済みの最新チェックポイントを 1 時間ごとと起動・停止時に送る先。"
        ),
    ]

    private static let stream: [ConfigurationKey] = [
        ConfigurationKey(
            "file",
            .newFile,
            example: "/var/log/leavecopy/record.jsonl",
            "A file of JSON Lines; opened again at SIGHUP, and when it was renamed.",
            "JSON Lines のファイル。SIGHUP と名前の変更の後は開き直す。"
        ),
        ConfigurationKey(
            "to",
            .choice(Configuration.Stream.Service.allCases.map(\.rawValue)),
            example: "journal",
            "In place of a file: standard output, the local syslog, or systemd's journal.",
            "ファイルの代わりの行き先: 標準出力、このマシンの syslog、systemd のジャーナル。"
        ),
        ConfigurationKey(
            "server",
            .form(.syslogServer),
            example: "tcp://loghost.example:601",
            "In place of a file: a syslog server on another machine, in the form of RFC 5424, without TLS.",
            "ファイルの代わりの行き先: 別のマシンの syslog サーバー (RFC 5424、TLS なし)。"
        ),
    ]

    private static let checkpointTarget: [ConfigurationKey] = [
        ConfigurationKey(
            "file",
            .newFile,
            example: "/mnt/audit/leavecopy.checkpoints",
            "A file that grows by one note at a time; best on another machine.",
            "チェックポイントを追記するファイル。別のマシンに置くのがよい。"
        ),
        ConfigurationKey(
            "to",
            .choice(Configuration.CheckpointTarget.Service.allCases.map(\.rawValue)),
            example: "syslog",
            "In place of a file: the local syslog, or systemd's journal.",
            "ファイルの代わりの行き先: このマシンの syslog、systemd のジャーナル。"
        ),
        ConfigurationKey(
            "command",
            .command,
            example: "[/usr/local/bin/keep-checkpoint]",
            "In place of a file: a program that reads the note on its standard input, and its arguments; no shell.",
            "ファイルの代わり: チェックポイントを標準入力で受け取るプログラムと引数。シェルは使わない。"
        ),
    ]

    static let alerts: [ConfigurationKey] = [
        ConfigurationKey(
            "on-alert",
            .command,
            example: "[/usr/local/bin/office-alert]",
            "A program that is run for each alert, with the details as JSON on its standard input; no shell.",
            "警告のたびに実行するプログラムと引数。詳細は JSON として標準入力に渡す。シェルは使わない。"
        ),
        ConfigurationKey(
            "deletions",
            .integer(1...1_000_000),
            standard: "100",
            example: "100",
            "A mass deletion: a device asks to delete so many messages …",
            "大量削除とみなす件数: 一つの端末がこの件数の削除を求め、…"
        ),
        ConfigurationKey(
            "deletion-minutes",
            .integer(1...1_440),
            standard: "10",
            example: "10",
            "… within so many minutes.",
            "… それがこの分数のうちに起きたとき。"
        ),
        ConfigurationKey(
            "failures",
            .integer(1...1_000_000),
            standard: "10",
            example: "10",
            "Repeated failures: so many logins from one address are refused within an hour.",
            "ログイン失敗の繰り返しとみなす回数: 一つのアドレスから 1 時間に断られた回数。"
        ),
        ConfigurationKey(
            "disk-free",
            .size(1 << 20...1 << 50),
            standard: "1G",
            example: "1G",
            "The disk of the state folder is nearly full: less than this is free.",
            "状態フォルダーのディスクの空きがこれを下回ると警告する。"
        ),
        ConfigurationKey(
            "mailbox-percent",
            .integer(1...100),
            standard: "80",
            example: "80",
            "A mailbox is nearly full: so much of its quota is used, where the mail server tells.",
            "メールボックスの使用率がこれに達すると警告する (メールサーバーが教える場合)。"
        ),
    ]
}
