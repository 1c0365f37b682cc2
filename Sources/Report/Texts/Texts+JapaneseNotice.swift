extension Texts {
    static let japaneseNotice: [String: String] = [
        "notice.subject": "{device} が {count}の削除を要求しました (メールは削除されていません)",
        "notice.what": """
        このメッセージは、社内のメールゲートウェイ Leavecopy が自動で作成しました。端末名 {device} のこの PC だけに表示され、ほかの人には届きません。\
        メールサーバーにもありません。返信しても誰にも届きません。
        """,
        "notice.deleted": """
        {time} 以降、この PC は {account} のメール {count}の削除を要求しました。メールサーバーでは何も削除されていません。\
        ほかの PC からは今までどおり見えます。
        """,
        "notice.mend": "この PC のメールソフトの設定方法:",
        "notice.end": """
        このメッセージは削除しても、そのままでも構いません。{days}後に自動で消えます。設定が変わらない間は、1 日 1 通を上限にまた届きます。\
        ゲートウェイの管理者は notice: off で止めることができます。
        """,
    ]
}
