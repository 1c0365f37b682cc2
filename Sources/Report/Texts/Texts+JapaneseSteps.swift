extension Texts {
    static let japaneseSteps: [String: String] = [
        "program.all": "はじめに",
        "program.outlook": "Outlook (クラシック)",
        "steps.where.outlook": """
        「ファイル」>「アカウント設定」>「アカウント設定」> アカウントを選んで「変更」>「詳細設定」>「詳細設定」タブ \
        (新しい版では、先に「ファイル」>「アカウント設定」>「プロファイルの管理」>「電子メール アカウント」)
        """,
        "steps.leave.outlook": """
        「サーバーにメッセージのコピーを置く」(版によっては「残す」)にチェックを入れ、「サーバーから削除する」と\
        「[削除済みアイテム] から削除されたら、サーバーから削除」のチェックを外す
        """,
        "steps.days.outlook": "「サーバーから削除する … 日後」のチェックを外す。「サーバーにメッセージのコピーを置く」のチェックは残す",

        "program.thunderbird": "Thunderbird",
        "steps.where.thunderbird": "メニュー >「アカウント設定」> アカウントの「サーバー設定」",
        "steps.leave.thunderbird": """
        「ダウンロード後もサーバーにメッセージを残す」にチェックを入れ、「ダウンロードしてから … 日以上経過したメッセージは削除する」と\
        「ダウンロードしたメッセージを削除したらサーバーからも削除する」のチェックを外す
        """,
        "steps.days.thunderbird": """
        「ダウンロードしてから … 日以上経過したメッセージは削除する」のチェックを外す (初期設定では 14 日)。\
        「ダウンロード後もサーバーにメッセージを残す」のチェックは残す
        """,

        "program.windows-live-mail": "Windows Live メール、Windows メール、Outlook Express",
        "steps.where.windows-live-mail": "「アカウント」>「プロパティ」(以前の版は「ツール」>「アカウント」>「プロパティ」)>「詳細設定」タブ",
        "steps.leave.windows-live-mail": "「サーバーにメッセージのコピーを置く」にチェックを入れ、「サーバーから削除する … 日後」のチェックを外す",
        "steps.days.windows-live-mail": "「サーバーから削除する … 日後」のチェックを外す",

        "program.becky": "Becky! Internet Mail",
        "steps.where.becky": "メールボックスの設定 (メニュー、またはメールボックスを右クリック)。項目名はバージョン 2 のものです",
        "steps.leave.becky": "「受信メールをサーバーに残す」にチェックを入れ、日数は空欄にする",
        "steps.days.becky": "「受信メールをサーバーに残す」の横の日数を消す",

        "program.apple-mail": "メール (Mac)",
        "steps.where.apple-mail": "「メール」>「設定」(以前の版は「環境設定」)>「アカウント」> アカウントの「アカウント情報」(以前の版は「詳細」)",
        "steps.leave.apple-mail": "メッセージの受信後に「サーバからコピーを削除」する項目のチェックを外す (文言は版により異なります)",
        "steps.days.apple-mail": "メッセージの受信後に「サーバからコピーを削除」する項目のチェックを外す。日数はその下の一覧にあります",

        "program.hidemaru": "秀丸メール",
        "steps.where.hidemaru": "「アカウント毎の設定」>「メールサーバー」",
        "steps.leave.hidemaru": "「受信したメールをサーバー上に残す」をオンにする",
        "steps.days.hidemaru": "同じ画面で、日数が過ぎたメールをサーバーから削除する設定になっていないか確認する",

        "program.sylpheed": "Sylpheed、Claws Mail",
        "steps.where.sylpheed": "「設定」>「現在のアカウントの設定」>「受信」> POP3",
        "steps.leave.sylpheed": "「受信時にサーバ上のメッセージを削除」のチェックを外す",
        "steps.days.sylpheed": "「受信時にサーバ上のメッセージを削除」のチェックを外す。日数はその下にあります",

        "program.fetchmail": "fetchmail",
        "steps.where.fetchmail": "~/.fetchmailrc (または /etc/fetchmailrc) の、このサーバーの項目",
        "steps.leave.fetchmail": "keep と uidl を書き、nokeep とコマンドの --nokeep を消す",
        "steps.days.fetchmail": "fetchmail に日数で削除する機能はありません。このアカウントを使う別のソフトがないか確認する",

        "program.getmail": "getmail",
        "steps.where.getmail": "~/.getmail/getmailrc (または ~/.config/getmail/getmailrc) の [options]",
        "steps.leave.getmail": "delete = false と書き、コマンドの --delete を消す",
        "steps.days.getmail": "delete_after = 0 と書く",

        "program.mpop": "mpop",
        "steps.where.mpop": "~/.mpoprc (または ~/.config/mpop/config) の、このアカウントの項目",
        "steps.leave.mpop": "keep on と書く",
        "steps.days.mpop": "mpop に日数で削除する機能はありません。このアカウントを使う別のソフトがないか確認する",

        "program.machine": "スキャナー、プリンター、FAX 複合機",
        "steps.where.machine": "ブラウザーで開く機器の設定画面の、メール受信 (POP3) の項目",
        "steps.leave.machine": "「サーバーにメールを残す」に当たる項目があればオンにする。必ず削除する機器も多くありますが、専用の端末名があれば問題ありません",
        "steps.days.machine": "「サーバーにメールを残す」に当たる項目に、日数の指定がないか確認する",

        "program.ticket-system": "問い合わせ管理システムなど、メールを取り込むソフト",
        "steps.where.ticket-system": "メールを取り込むアカウントの設定",
        "steps.leave.ticket-system": """
        多くのソフトは、二重に取り込まないように、取り込んだメールを削除します。そのままにして、専用の端末名を付けてください。\
        ほかの人のメールは失われません
        """,
        "steps.days.ticket-system": "日数が過ぎたメールを削除する設定がないか確認する",
    ]
}
