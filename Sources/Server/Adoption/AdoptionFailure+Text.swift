import Gateway
import POP3
package import Report
import Store

extension AdoptionFailure {
    package var text: Phrase {
        switch self {
        case .upstream(let failure): Phrase("the mail server: \(failure)", "メールサーバー: \(failure)")
        case .service(.credentials):
            Phrase(
                "the POP3 service refused the name or password",
                "POP3 サービスがユーザー名またはパスワードを拒否しました"
            )
        case .service(.busy):
            Phrase("the POP3 service is busy: try again later", "POP3 サービスが使用中です。後で再試行してください")
        case .service(.deletesWhatIsRead):
            Phrase(
                "the POP3 service may delete what is read (EXPIRE 0): nothing was read there",
                "POP3 サービスは読んだメールを削除することがあるため (EXPIRE 0)、何も読みませんでした"
            )
        case .service(.noUniqueIDs): Phrase("the POP3 service has no UIDL", "POP3 サービスに UIDL がありません")
        case .service(.noTLS):
            Phrase(
                "the POP3 service has no STLS: no password was sent",
                "POP3 サービスに STLS がなく、パスワードは送信していません"
            )
        case .service(.unsendable):
            Phrase("the name or password cannot be sent by POP3", "ユーザー名またはパスワードを POP3 で送信できません")
        case .service(.misbehaved(let reason)), .service(.unavailable(let reason)):
            Phrase("the POP3 service: \(reason)", "POP3 サービス: \(reason)")
        case .service(.disconnected):
            Phrase("the POP3 service closed the connection", "POP3 サービスが接続を閉じました")
        case .store(let error): Phrase("\(error)", "\(error)")
        }
    }

    package var status: ExitStatus {
        switch self {
        case .upstream(.credentials), .service(.credentials), .store: .failure
        case .upstream, .service: .upstreamAway
        }
    }
}
