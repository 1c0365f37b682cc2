/// The page over the record.
extension ConfigurationTable {
    static let review: [ConfigurationKey] = [
        ConfigurationKey(
            "listen",
            .form(.reviewPlace),
            standard: Configuration.Review.usualPlace,
            example: "192.0.2.10:8995",
            "Where browsers reach it; 'off' for no page.",
            "ブラウザーからの接続先。off ならページなし。"
        ),
        ConfigurationKey(
            "tls",
            .choice(["true", "false"]),
            example: "true",
            "Whether it is https; always so on an address that is not loopback.",
            "https にするか。ループバック以外のアドレスでは必ず https になる。"
        ),
        ConfigurationKey(
            "certificate",
            .files,
            example: "/etc/leavecopy/tls/fullchain.pem",
            "The certificate with its chain, PEM; that of the first listener, or ours, when left out.",
            "証明書とチェーン (PEM)。省略時は最初のリスナーのもの、または自動作成したもの。"
        ),
        ConfigurationKey(
            "key",
            .files,
            example: "/etc/leavecopy/tls/privkey.pem",
            "The private key, PEM.",
            "秘密鍵 (PEM)。"
        ),
        ConfigurationKey(
            "names",
            .forms(.domain),
            example: "[gateway.office.example]",
            "The names by which browsers may call it, beside this machine's name and address.",
            "ブラウザーで使ってよい名前。このマシンの名前とアドレスは常に使える。"
        ),
    ]
}
