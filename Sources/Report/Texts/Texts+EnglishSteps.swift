extension Texts {
    /// Where "leave a copy on the server" stands, by the words of each program's own menus.
    static let englishSteps: [String: String] = [
        "program.all": "First",
        "program.outlook": "Outlook (classic)",
        "steps.where.outlook": """
        File > Account Settings > Account Settings > the account > Change > More Settings > Advanced (in newer versions: \
        File > Account Settings > Manage Profiles > Email Accounts first)
        """,
        "steps.leave.outlook": """
        Tick "Leave a copy of messages on the server"; untick "Remove from server after … days" and "Remove from server \
        when deleted from 'Deleted Items'"
        """,
        "steps.days.outlook":
            "Untick \"Remove from server after … days\"; \"Leave a copy of messages on the server\" stays ticked",

        "program.thunderbird": "Thunderbird",
        "steps.where.thunderbird": "Menu > Account Settings > the account > Server Settings",
        "steps.leave.thunderbird": """
        Tick "Leave messages on server"; untick "For at most … days" and "Until I delete them"
        """,
        "steps.days.thunderbird":
            "Untick \"For at most … days\" (Thunderbird ticks it with 14 days); \"Leave messages on server\" stays ticked",

        "program.windows-live-mail": "Windows Live Mail, Windows Mail, Outlook Express",
        "steps.where.windows-live-mail":
            "Accounts > Properties (older: Tools > Accounts > the account > Properties) > Advanced",
        "steps.leave.windows-live-mail":
            "Tick \"Leave a copy of messages on server\"; untick \"Remove from server after … days\"",
        "steps.days.windows-live-mail": "Untick \"Remove from server after … days\"",

        "program.becky": "Becky! Internet Mail",
        "steps.where.becky": """
        The settings of the mailbox, from the menu or by a right click on it; the words are those of version 2
        """,
        "steps.leave.becky": "Tick \"Leave messages on server\" (受信メールをサーバーに残す); leave the number of days empty",
        "steps.days.becky": "Take the number of days out, beside \"Leave messages on server\" (受信メールをサーバーに残す)",

        "program.apple-mail": "Apple Mail (Mac)",
        "steps.where.apple-mail":
            "Mail > Settings (older: Preferences) > Accounts > the account > Account Information (older: Advanced)",
        "steps.leave.apple-mail": "Untick \"Remove copy from server after retrieving a message\"",
        "steps.days.apple-mail": """
        Untick "Remove copy from server after retrieving a message"; the days stand in the list beneath it
        """,

        "program.hidemaru": "Hidemaru Mail",
        "steps.where.hidemaru": "The settings of the account (アカウント毎の設定) > mail server (メールサーバー)",
        "steps.leave.hidemaru": "Tick 受信したメールをサーバー上に残す (leave received mail on the server)",
        "steps.days.hidemaru": "In the same place, see that old mail is not removed from the server after some days",

        "program.sylpheed": "Sylpheed, Claws Mail",
        "steps.where.sylpheed": "Configuration > Preferences for current account > Receive > POP3",
        "steps.leave.sylpheed": "Untick \"Remove messages on server when received\"",
        "steps.days.sylpheed": """
        Untick "Remove messages on server when received"; the days stand beneath it ("Remove after … days")
        """,

        "program.fetchmail": "fetchmail",
        "steps.where.fetchmail": "The entry of this server in ~/.fetchmailrc (or /etc/fetchmailrc)",
        "steps.leave.fetchmail": "Write `keep` and `uidl`; take `nokeep` out, and --nokeep from the command",
        "steps.days.fetchmail":
            "fetchmail deletes by no number of days: look for a second program that uses this account",

        "program.getmail": "getmail",
        "steps.where.getmail": "The file ~/.getmail/getmailrc (or ~/.config/getmail/getmailrc), section [options]",
        "steps.leave.getmail": "Write `delete = false`; take `--delete` from the command",
        "steps.days.getmail": "Write `delete_after = 0`",

        "program.mpop": "mpop",
        "steps.where.mpop": "The account in ~/.mpoprc (or ~/.config/mpop/config)",
        "steps.leave.mpop": "Write `keep on`",
        "steps.days.mpop": "mpop deletes by no number of days: look for a second program that uses this account",

        "program.machine": "Scanners, printers, fax machines",
        "steps.where.machine": "The machine's page in the browser, among the settings for receiving mail (POP3)",
        "steps.leave.machine": """
        Choose to leave mail on the server, where there is such a choice. Many machines always delete: that is well, as \
        long as the machine has a name of its own
        """,
        "steps.days.machine": "Look for a number of days beside the choice to leave mail on the server",

        "program.ticket-system": "Ticket systems and other programs that take mail in",
        "steps.where.ticket-system": "The settings of the mail account it fetches from",
        "steps.leave.ticket-system": """
        Most delete what they have taken in, and would take it twice otherwise. Leave it so, and give the system a name of \
        its own; nothing is lost to the others
        """,
        "steps.days.ticket-system": "Look for a number of days after which mail is deleted",
    ]
}
