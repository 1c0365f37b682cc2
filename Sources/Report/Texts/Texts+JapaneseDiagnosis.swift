extension Texts {
    static let japaneseDiagnosis: [String: String] = [
        "time.moment": "yyyy年M月d日 HH:mm",
        "time.day": "yyyy年M月d日",
        "count.message": "{count} 通",
        "count.message.one": "{count} 通",
        "count.session": "{count} セッション",
        "count.session.one": "{count} セッション",
        "count.time": "{count} 回",
        "count.time.one": "{count} 回",
        "count.second": "{count} 秒",
        "count.second.one": "{count} 秒",
        "count.minute": "{count} 分",
        "count.minute.one": "{count} 分",
        "count.hour": "{count} 時間",
        "count.hour.one": "{count} 時間",
        "count.day": "{count} 日",
        "count.day.one": "{count} 日",

        "chart.per-day": "日ごとの操作",
        "chart.per-device": "端末ごとの操作",
        "chart.retrieved": "受信",
        "chart.asked-to-delete": "削除要求",
        "chart.refused": "ログイン拒否",

        "verdict.ok": "正常",
        "verdict.look-at-it": "要確認",
        "verdict.set-wrong": "設定に問題あり",

        "diagnosis.leaves-no-copy": "「サーバーにコピーを残す」がオフになっています",
        "diagnosis.leaves-no-copy.sentence": "受信したメールをすぐに削除しようとしています: 受信した {retrieved}のうち {deleted}。",
        "diagnosis.leaves-no-copy.steps": """
        メールは失われていません。削除を要求されたメールは、この PC にだけ表示されなくなります。
        以下を参考に、メールソフトで「サーバーにコピーを残す」設定をオンにしてください。
        """,
        "diagnosis.deletes-after": "{days}後に削除する設定になっています",
        "diagnosis.deletes-after.sentence": "受信してから約 {days}後に、そのメールを削除しようとしています: {deleted}。",
        "diagnosis.deletes-after.steps": """
        メールは失われていません。削除を要求されたメールは、この PC にだけ表示されなくなります。
        以下を参考に、メールソフトで「○日後にサーバーから削除する」設定をオフにしてください。
        """,
        "diagnosis.was-switched-over": "「サーバーにコピーを残さない」設定に変更された形跡があります",
        "diagnosis.was-switched-over.sentence":
            "{time}、{duration}の間に {count}の削除を要求しました。そのうち {unread} 通は一度も受信していないメールです。",
        "diagnosis.was-switched-over.steps": """
        メールは失われていません。この PC にだけ表示されなくなり、ほかの PC からは今までどおり見えます。
        この PC に再び表示するには: leavecopy device restore 端末名 --since 日付、または端末のページのボタンを使ってください。
        以下を参考に、メールソフトがサーバーにコピーを残す設定に戻っているか確認してください。
        """,
        "diagnosis.has-no-name-and-deletes": "端末名がないまま削除しようとしています",
        "diagnosis.has-no-name-and-deletes.sentence":
            "どの PC か分かりません。{deleted}の削除を要求し、同じメールを再び受信しようとして {withheld}止められました。",
        "diagnosis.has-no-name-and-deletes.sentence.before":
            "どの PC か分かりません。{deleted}の削除を要求しました。同じメールを再び受信しようとすると止められます。",
        "diagnosis.has-no-name-and-deletes.steps": """
        アドレスから PC を探し、名前を付けてください: leavecopy device add pc1 --from-session ID (セッション ID は記録にあります)。\
        それまでに削除したメールは、もう届きません。
        メールソフトのユーザー名の後ろに #pc1 を付けてください: info@example.com#pc1。パスワードはそのままです。
        または、以下を参考に、メールソフトで「サーバーにコピーを残す」設定をオンにしてください。
        """,
        "diagnosis.old-tls": "暗号化の方式が古いです",
        "diagnosis.old-tls.sentence": "安全ではなくなった {version} だけで接続しています: {sessions}。",
        "diagnosis.old-tls.sentence.none": "暗号化せずに接続しています: {sessions}。パスワードが途中で読み取られるおそれがあります。",
        "diagnosis.old-tls.steps": """
        メールソフトの受信サーバーの設定で、SSL/TLS とポート 995 (または STARTTLS とポート 110) を選んでください。
        メールソフトと OS を更新してください。TLS 1.2 には Windows 8.1 以降、または更新済みの Windows 7 が必要です。
        対応できない機器には、そのネットワークからだけ届く専用の受け口を用意してください (listeners: profile: legacy)。
        """,
        "diagnosis.stale-password": "古いパスワードで繰り返しログインしようとしています",
        "diagnosis.stale-password.sentence": "ログインが {refused}拒否されました。間隔が約 {pause}と一定なので、人ではなくソフトによるものです。",
        "diagnosis.stale-password.steps": """
        アドレスから PC を探してください。メールソフトにこのアカウントの古いパスワードが残っています。
        メールソフトのアカウント設定で新しいパスワードを入力するか、使っていなければアカウントを削除してください。
        Thunderbird では「設定」>「プライバシーとセキュリティ」>「保存されているパスワード」にあります。Outlook では送受信のときに入力を求められます。
        """,
        "diagnosis.two-on-one-name": "2 台の PC が同じ端末名を使っています",
        "diagnosis.two-on-one-name.sentence": "2 台の PC がこの名前でログインしています (記録 {alert} の警告)。一方が削除したメールは、もう一方にも表示されなくなります。",
        "diagnosis.two-on-one-name.steps": """
        一方に別の名前を付けてください: ユーザー名の # の後ろ (info@example.com#pc2)、またはサーバー名で区別します。
        表示されなくなったメールを再び表示するには: leavecopy device restore 端末名 --since 日付
        """,
    ]
}
