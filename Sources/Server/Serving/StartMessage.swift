import Gateway
package import Report

/// What is printed at a start for the person who will set up the PCs.
package struct StartMessage: Sendable {
    private let listeners: [Listener.Settings]
    private let host: String
    private let domain: String?
    private let authorityPath: String?

    /// `host` stands for a listener on all addresses. Below `domain` each PC has a server name of its own. `authorityPath` is the private CA's certificate; nil when the
    /// configuration has certificates.
    package init(listeners: [Listener.Settings], host: String, domain: String? = nil, authorityPath: String?) {
        self.listeners = listeners
        self.host = host
        self.domain = domain
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
            lines.append(server[language] + self.owner(of: listener)[language])
        }
        let name = Phrase(
            "  user name: the mail account, then # and a name for the PC, as in info@example.com#frontdesk",
            "  ユーザー名: メールアカウントの後に # と PC の名前 (例: info@example.com#frontdesk)"
        )
        lines += [name[language], Phrase("  password: the account's own", "  パスワード: アカウントのもの")[language]]
        if let domain = self.domain { lines.append(self.dialledName(below: domain)[language]) }
        if let path = self.authorityPath { lines += self.trust(path, language) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Behind a listener that was given to one PC.
    private func owner(of listener: Listener.Settings) -> Phrase {
        listener.givenDevice.map { Phrase(", for \($0) alone", "、\($0) 専用") } ?? Phrase("", "")
    }

    private func dialledName(below domain: String) -> Phrase {
        Phrase(
            "Or give each PC a server name of its own, and the account alone as user name: the PC called frontdesk dials "
                + "frontdesk.\(domain).\n  In the DNS *.\(domain) must lead here.",
            "または PC ごとに別のサーバー名を使い、ユーザー名はアカウントのみにします。frontdesk という PC のサーバー名は "
                + "frontdesk.\(domain) です。\n  DNS で *.\(domain) をこのサーバーに向けてください。"
        )
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
