import Gateway

/// What is printed at a start for the person who will set up the PCs.
package struct StartMessage: Sendable {
    private let listeners: [Listener.Settings]
    private let host: String
    private let authorityPath: String?

    /// `host` stands for a listener on all addresses. `authorityPath` is the private CA's certificate; nil when the
    /// configuration has certificates.
    package init(listeners: [Listener.Settings], host: String, authorityPath: String?) {
        self.listeners = listeners
        self.host = host
        self.authorityPath = authorityPath
    }

    package func text(in language: Language) -> String {
        var lines = [Phrase("Enter this in the mail program of a PC:", "PC のメールソフトには次のように設定してください:")[language]]
        for listener in self.listeners {
            let host = Self.isAny(listener) ? self.host : listener.address.description
            let protection =
                listener.isImplicitTLS
                ? Phrase("SSL/TLS", "SSL/TLS")
                : Phrase("STARTTLS (STLS)", "STARTTLS (STLS)")
            let server = Phrase(
                "  POP3 server \(host), port \(listener.port), \(protection.english)",
                "  POP3 サーバー \(host)、ポート \(listener.port)、\(protection.japanese)"
            )
            lines.append(server[language])
        }
        let name = Phrase(
            "  user name: the mail account, then # and a name for the PC, as in info@example.com#frontdesk",
            "  ユーザー名: メールアカウントの後に # と PC の名前 (例: info@example.com#frontdesk)"
        )
        lines += [name[language], Phrase("  password: the account's own", "  パスワード: アカウントのもの")[language]]
        if let path = self.authorityPath { lines += self.trust(path, language) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func trust(_ path: String, _ language: Language) -> [String] {
        let how = Phrase(
            "  Windows: copy it to the PC, open it, Install Certificate, Local Machine, Trusted Root Certification "
                + "Authorities.\n  Thunderbird: Settings, Privacy & Security, View Certificates, Authorities, Import.\n"
                + "  curl: --cacert FILE",
            "  Windows: PC にコピーして開き、「証明書のインストール」「ローカル コンピューター」「信頼されたルート証明機関」を選びます。\n"
                + "  Thunderbird: 「設定」「プライバシーとセキュリティ」「証明書を表示」「認証局証明書」「インポート」。\n"
                + "  curl: --cacert ファイル"
        )
        return [
            Phrase("The PC must trust this certificate authority:", "PC には次の認証局を信頼させてください:")[language],
            path,
            how[language],
        ]
    }

    private static func isAny(_ listener: Listener.Settings) -> Bool {
        listener.address.octets.allSatisfy { $0 == 0 }
    }
}
