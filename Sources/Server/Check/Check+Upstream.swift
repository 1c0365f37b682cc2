import Report
import enum Gateway.UpstreamFailure

// The mail server: first without an account, then with one, and the provider's own POP3 beside it.
extension Check {
    mutating func mailServer(
        _ configuration: Configuration,
        account: String?,
        password: @Sendable () async -> CheckedAccount?
    ) async {
        guard let upstream = self.environment.upstream(configuration) else {
            return self.report.fail(
                "upstream",
                Phrase("the CA file of the mail server cannot be used", "メールサーバーの CA ファイルを使えません"),
                step: Phrase(
                    "give a PEM file with 'upstream: ca:'",
                    "'upstream: ca:' に PEM ファイルを指定してください"
                ),
                .configuration
            )
        }
        switch await upstream.reach() {
        case .failure(let failure):
            return self.upstreamFailed(failure, "upstream", at: configuration.upstream.url.host)
        case .success(let server): self.reached(server, at: configuration.upstream.url.host)
        }
        await self.otherDoor(upstream, configuration)
        if account == nil {
            self.report.ok(
                "account",
                Phrase(
                    "no account was tried: add --account USER",
                    "アカウントは試していません: --account ユーザー を加えてください"
                )
            )
        } else if let account = await password() {
            await self.mailbox(upstream, account, configuration)
        } else {
            self.report.fail(
                "account",
                Phrase("no password was given", "パスワードがありません"),
                step: Phrase("type it when asked, or pipe it in", "入力するか、標準入力から渡してください"),
                .failure
            )
        }
    }

    private mutating func reached(_ server: ReachedServer, at host: String) {
        guard let version = server.tlsVersion else {
            return self.report.warn(
                "upstream",
                Phrase("\(host) answers, without TLS", "\(host) は応答しました (TLS なし)"),
                step: Phrase(
                    "good for this machine alone; use imaps:// else",
                    "このマシンの中だけで使い、他では imaps:// にしてください"
                )
            )
        }
        let cipher = server.cipher.map { ", \($0)" } ?? ""
        self.report.ok(
            "upstream",
            Phrase(
                "\(host) answers, \(version)\(cipher), certificate verified",
                "\(host) は応答しました。\(version)\(cipher)、証明書は確認済み"
            )
        )
        if let end = server.certificateEnd {
            self.certificateEnd(end, "upstream-certificate", of: Phrase(host, host), .upstreamAway)
        }
    }

    private mutating func upstreamFailed(_ failure: UpstreamFailure, _ subject: String, at host: String) {
        let refusal = Self.refusal(failure, at: host)
        self.report.fail(subject, refusal.what, step: refusal.step, refusal.status)
    }

    private static func refusal(
        _ failure: UpstreamFailure,
        at host: String
    ) -> (what: Phrase, step: Phrase, status: ExitStatus) {
        switch failure {
        case .credentials:
            (
                Phrase("\(host) refuses this name and password", "\(host) がこの名前とパスワードを断りました"),
                Phrase(
                    "try them in webmail; some providers want an app password",
                    "Web メールで試してください。アプリパスワードが必要な場合もあります"
                ), .failure
            )
        case .unavailable(let reason):
            (
                Phrase("\(host) cannot be used: \(reason)", "\(host) を使えません: \(reason)"),
                Phrase(
                    "look at 'upstream: url:' and 'ca:', the network and the firewall",
                    "'upstream: url:' と 'ca:'、ネットワーク、ファイアウォールを確かめてください"
                ), .upstreamAway
            )
        case .tooManyConnections:
            (
                Phrase(
                    "\(host) takes no more connections for this account",
                    "\(host) はこのアカウントの接続をこれ以上受けません"
                ),
                Phrase(
                    "wait, or lower 'connections-per-account'",
                    "待つか、'connections-per-account' を下げてください"
                ), .upstreamAway
            )
        case .misconfigured(let reason):
            (
                Phrase(
                    "the mailbox cannot be opened read-only: \(reason)",
                    "メールボックスを読み取り専用で開けません: \(reason)"
                ),
                Phrase("look at 'upstream: mailbox:'", "'upstream: mailbox:' を確かめてください"), .configuration
            )
        case .uidValidityChanged, .preparing, .messageGone, .messageTooLarge, .messageUnavailable:
            (
                Phrase("\(host) did not give what was asked", "\(host) が求めたものを返しません"),
                Phrase("try again in some minutes", "数分後にもう一度試してください"), .upstreamAway
            )
        }
    }

    /// A PC that is still set to the provider deletes there as before.
    private mutating func otherDoor(_ upstream: any CheckedUpstream, _ configuration: Configuration) async {
        let own = configuration.upstream.url.isLoopback ? Set(configuration.listeners.map(\.port)) : []
        let open = await upstream.openPOP3Ports().filter { !own.contains($0) }
        guard !open.isEmpty else {
            return self.report.ok(
                "other-door",
                Phrase(
                    "the provider's own POP3 does not answer",
                    "事業者自身の POP3 は応答しません"
                )
            )
        }
        let ports = open.map(String.init).joined(separator: ", ")
        self.report.warn(
            "other-door",
            Phrase(
                "the provider's own POP3 still answers (port \(ports)): a PC set to it can empty the mailbox",
                "事業者自身の POP3 が応答します (ポート \(ports)): そこに設定した PC はメールボックスを空にできます"
            ),
            step: Phrase(
                "switch POP3 off in the provider's settings, or block these ports for the PCs",
                "事業者の設定で POP3 を切るか、PC からそのポートへの通信を止めてください"
            )
        )
    }
}

// What only an account shows: the same mailbox is looked at over two connections.
extension Check {
    private mutating func mailbox(
        _ upstream: any CheckedUpstream,
        _ account: CheckedAccount,
        _ configuration: Configuration
    ) async {
        let host = configuration.upstream.url.host
        let first: SeenMailbox
        switch await upstream.look(account) {
        case .failure(let failure): return self.upstreamFailed(failure, "login", at: host)
        case .success(let seen): first = seen
        }
        self.report.ok("login", Phrase("\(host) takes the name and password", "\(host) にログインできました"))
        self.readOnly(first, configuration.upstream.mailbox)
        self.flags(first)
        self.quota(first.quota)
        switch await upstream.look(account) {
        case .failure(let failure): self.upstreamFailed(failure, "uids", at: host)
        case .success(let second): self.uids(first, second)
        }
        self.report.ok(
            "messages",
            Phrase(
                "\(first.messages) messages; sizes in lists may differ a little from what is sent, as the server tells them",
                "\(first.messages) 通。一覧の大きさはサーバーの申告値で、実際に送る大きさと少し違うことがあります"
            )
        )
    }

    private mutating func readOnly(_ seen: SeenMailbox, _ mailbox: String) {
        guard !seen.saysReadOnly else {
            return self.report.ok(
                "read-only",
                Phrase(
                    "\(mailbox) is open read-only",
                    "\(mailbox) は読み取り専用で開きました"
                )
            )
        }
        self.report.warn(
            "read-only",
            Phrase(
                "\(mailbox) is open, and the server does not say read-only",
                "\(mailbox) を開きましたが、サーバーは読み取り専用と言いません"
            ),
            step: Phrase(
                "look at the line about flags; nothing is ever sent that changes one",
                "フラグの行を確かめてください。変更する命令は送りません"
            )
        )
    }

    private mutating func flags(_ seen: SeenMailbox) {
        switch seen.keepsFlags {
        case true:
            self.report.ok(
                "flags",
                Phrase(
                    "reading a message leaves its flags as they were",
                    "メールを読んでもフラグは変わりません"
                )
            )
        case false:
            self.report.fail(
                "flags",
                Phrase(
                    "the flags of a message changed while it was read",
                    "読み取り中にメールのフラグが変わりました"
                ),
                step: Phrase(
                    "run check again while nobody else uses the mailbox; if it stays, tell the provider",
                    "他の人が使っていない時にもう一度試し、続くなら事業者に知らせてください"
                ),
                .failure
            )
        case nil: self.report.ok("flags", Phrase("no message to try flags with", "フラグを試すメールがありません"))
        }
    }

    private mutating func uids(_ first: SeenMailbox, _ second: SeenMailbox) {
        // What came or went between the two is no contradiction; that nothing is common to them is one.
        let isShared = first.uids.contains { range in second.uids.contains { $0.overlaps(range) } }
        guard first.validity == second.validity, isShared || first.uids.isEmpty || second.uids.isEmpty else {
            return self.report.fail(
                "uids",
                Phrase(
                    "the server's UIDs are others on a second connection",
                    "サーバーの UID が二回目の接続で変わりました"
                ),
                step: Phrase(
                    "do not serve this mailbox: PCs would download everything again and again",
                    "このメールボックスは使わないでください。PC が毎回すべて受信し直します"
                ),
                .failure
            )
        }
        self.report.ok("uids", Phrase("UIDs are the same on a second connection", "UID は二回目の接続でも同じです"))
    }

    /// Nothing is deleted any more, so a mailbox fills.
    private mutating func quota(_ quota: SeenMailbox.Quota?) {
        guard let quota, quota.limit > 0 else {
            return self.report.ok("quota", Phrase("the server tells no quota", "サーバーは容量の上限を示しません"))
        }
        let percent = Int(clamping: quota.used.multipliedReportingOverflow(by: 100).partialValue / quota.limit)
        let what = Phrase("the mailbox is \(percent) % full", "メールボックスの使用率は \(percent) %")
        guard percent > 80 else { return self.report.ok("quota", what) }
        self.report.warn(
            "quota",
            what,
            step: Phrase(
                "nothing is deleted by POP any more: archive old mail, or ask for more room",
                "POP では削除されなくなります。古いメールを移すか、容量を増やしてください"
            )
        )
    }
}
