import Gateway
import Report
import Store

/// The sentences of alerts: as the record has them, and as an operator reads them, with what to do.
enum AlertText {
    static func massDeletion(_ subject: AlertSubject, _ count: Int, minutes: Int) -> String {
        "\(self.name(subject)) asked to delete \(count) messages within \(minutes) minutes; nothing was deleted on the mail server"
    }

    static func repeatedFailures(_ subject: AlertSubject, _ count: Int, reason: String) -> String {
        let account = subject.account.map { ", the last for \($0)" } ?? ""
        return "\(count) logins from \(self.address(subject)) were refused within an hour\(account): \(reason)"
    }

    static func unidentified(_ subject: AlertSubject) -> String {
        "a PC without a name logged in to \(subject.account ?? "an account") from \(self.address(subject))"
    }

    private static func name(_ subject: AlertSubject) -> String {
        subject.device?.name ?? "a PC without a name at \(self.address(subject))"
    }

    private static func address(_ subject: AlertSubject) -> String {
        subject.address?.description ?? "an unknown address"
    }

    private static func massDeletion(_ alert: StoredRecord) -> Phrase {
        let count = alert.counts["deletions"] ?? 0
        guard !alert.device.isEmpty else {
            let naming = "leavecopy device add NAME --from-session \(alert.session)"
            return Phrase(
                "\(alert.done). Give the PC a name: \(naming)",
                "名前のない PC (\(alert.address)) が短時間に \(count) 通のメールの削除を求めました。"
                    + "メールサーバーからは何も削除されていません。PC に名前を付けてください: \(naming)"
            )
        }
        let restoring = "leavecopy device restore \(alert.device) --all"
        return Phrase(
            "\(alert.done). The PC itself does not see them any more; to give them back: \(restoring). In its mail program, "
                + "leave a copy of the messages on the server.",
            "\(alert.device) が短時間に \(count) 通のメールの削除を求めました。メールサーバーからは何も削除されていません。"
                + "この PC では見えなくなりました。戻すには: \(restoring)。"
                + "メールソフトで「サーバーにメッセージのコピーを残す」を有効にしてください。"
        )
    }

    /// What happened, and what to do about it.
    static func advice(on alert: StoredRecord) -> Phrase {
        switch AlertKind(rawValue: alert.reason) {
        case .massDeletion: return self.massDeletion(alert)
        case .unidentifiedDevice:
            let command = "leavecopy device add NAME --from-session \(alert.session)"
            return Phrase(
                "\(alert.done). Give it a name: \(command)",
                "名前のない PC (\(alert.address)) が \(alert.account) にログインしました。名前を付けてください: \(command)"
            )
        case .repeatedFailures:
            let count = alert.counts["refusals"] ?? 0
            return Phrase(
                "\(alert.done). Look at the password in that PC's mail program, or block the address.",
                "\(alert.address) からのログインが 1 時間に \(count) 回断られました。"
                    + "その PC のメールソフトのパスワードを確かめるか、このアドレスを遮断してください。"
            )
        case .sharedName:
            return Phrase(
                "\(alert.done). Give each PC a name of its own.",
                "複数の PC が同じ名前 \(alert.device) を使っています。PC ごとに別の名前を付けてください。"
            )
        case .recordBroken:
            return Phrase(
                "\(alert.done). Nobody can log in until it works again: look at the disk.",
                "記録を書き込めません。直るまで誰もログインできません。ディスクを確かめてください。"
            )
        case .diskFull:
            return Phrase(
                "\(alert.done). Nobody can log in until there is room: free some.",
                "ディスクがいっぱいです。空きができるまで誰もログインできません。空きを作ってください。"
            )
        case .diskNearlyFull:
            return Phrase("\(alert.done). Free some room.", "ディスクの空きが少なくなりました。空きを作ってください。")
        case .mailboxNearlyFull:
            return Phrase(
                "\(alert.done). Delete old mail there with an IMAP program, or get a larger mailbox.",
                "\(alert.account) のメールボックスがいっぱいに近づいています。IMAP のメールソフトで古いメールを削除するか、容量を増やしてください。"
            )
        case .stoppedWrite:
            return Phrase(
                "\(alert.done). Nothing was changed there. Please report this as a fault of Leavecopy or of the mail server.",
                "メールサーバーへの書き込みになりうる動作を止めました。何も変更されていません。Leavecopy かメールサーバーの不具合として報告してください。"
            )
        case nil: return Phrase(alert.done, alert.done)
        }
    }
}
