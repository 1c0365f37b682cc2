import Report

import enum Gateway.IdentifierKind
import struct Gateway.IdentityChain

/// Every key there is. A new key is one entry here, one property of `Configuration` and one line of the example file.
package enum ConfigurationTable {
    package static let keys: [ConfigurationKey] =
        Self.machine + Self.listening + [Self.messageDetails(isForAll: true)] + Self.policy(isForAll: true) + Self.lists
        + Self.outgoing

    private static let machine: [ConfigurationKey] = [
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
        ConfigurationKey(
            "zone",
            .form(.zone),
            example: "Asia/Tokyo",
            "Where a day begins, for 'days' below; the system's time zone when left out.",
            "下の 'days' で一日が始まる地域。省略時はシステムのタイムゾーン。"
        ),
        ConfigurationKey("limits", .section(Self.limits), "What one machine takes on.", "引き受ける量の上限。"),
    ]

    private static let listening: [ConfigurationKey] = [
        ConfigurationKey("listeners", .list(Self.listener), "Where the PCs connect.", "PC が接続してくる口。"),
        ConfigurationKey(
            "domain",
            .forms(.domain),
            example: "pop.office.example",
            "Below this name each PC has a server name of its own: frontdesk.pop.office.example is frontdesk.",
            "この名前の下に PC ごとのサーバー名を置く: frontdesk.pop.office.example は frontdesk。"
        ),
        ConfigurationKey(
            "identify",
            .choices(IdentifierKind.allCases.map(\.rawValue)),
            standard: "[\(IdentityChain.usualKinds.map(\.rawValue).joined(separator: ", "))]",
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
    ]

    private static let outgoing: [ConfigurationKey] = [
        ConfigurationKey(
            "record",
            .section(Self.keeping + Self.record),
            "How long the record is kept, and where it goes beside the database.",
            "記録の保存期間と、データベースの外への書き出し。"
        ),
        ConfigurationKey("review", .section(Self.review), "The page over the record.", "記録を確認するページ。"),
        ConfigurationKey("alerts", .section(Self.alerts), "What calls the operator.", "管理者に知らせる出来事。"),
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
