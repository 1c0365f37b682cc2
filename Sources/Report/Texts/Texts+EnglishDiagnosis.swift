extension Texts {
    /// What the record means, and what mends it.
    static let englishDiagnosis: [String: String] = [
        "time.moment": "d MMM yyyy HH:mm",
        "time.day": "d MMM yyyy",
        "count.message": "{count} messages",
        "count.message.one": "{count} message",
        "count.session": "{count} sessions",
        "count.session.one": "{count} session",
        "count.time": "{count} times",
        "count.time.one": "{count} time",
        "count.second": "{count} seconds",
        "count.second.one": "{count} second",
        "count.minute": "{count} minutes",
        "count.minute.one": "{count} minute",
        "count.hour": "{count} hours",
        "count.hour.one": "{count} hour",
        "count.day": "{count} days",
        "count.day.one": "{count} day",

        "chart.per-day": "Attempts a day",
        "chart.per-device": "Attempts a device",
        "chart.retrieved": "retrieved",
        "chart.asked-to-delete": "asked to delete",
        "chart.refused": "logins refused",

        "verdict.ok": "set right",
        "verdict.look-at-it": "look at it",
        "verdict.set-wrong": "set wrong",

        "diagnosis.leaves-no-copy": "\"Leave a copy on the server\" is off",
        "diagnosis.leaves-no-copy.sentence": """
        It asks to delete what it has just retrieved: {deleted}, of {retrieved} that it retrieved.
        """,
        "diagnosis.leaves-no-copy.steps": """
        Nothing is lost: what it asked to delete is hidden from this PC alone.
        Switch on "leave a copy on the server" in its mail program, as below.
        """,
        "diagnosis.deletes-after": "Deletes after {days}",
        "diagnosis.deletes-after.sentence": """
        It asks to delete its mail about {days} after it retrieved it: {deleted}.
        """,
        "diagnosis.deletes-after.steps": """
        Nothing is lost: what it asked to delete is hidden from this PC alone.
        Switch off "remove from server after N days" in its mail program, as below.
        """,
        "diagnosis.was-switched-over": "Was switched over to \"leave no copy\"",
        "diagnosis.was-switched-over.sentence": """
        It asked to delete {count} in {duration} on {time}; {unread} of them it had never retrieved.
        """,
        "diagnosis.was-switched-over.steps": """
        Nothing is lost: the messages are hidden from this PC alone, and the others still see them.
        If its user wants them back: leavecopy device restore NAME --since DAY, or the button on the device's page.
        See that its mail program leaves a copy again, as below.
        """,
        "diagnosis.has-no-name-and-deletes": "Has no name and deletes",
        "diagnosis.has-no-name-and-deletes.sentence": """
        Nobody knows which PC it is. It asked to delete {deleted}, and was stopped {withheld} when it asked for one of these again.
        """,
        "diagnosis.has-no-name-and-deletes.sentence.before": """
        Nobody knows which PC it is. It asked to delete {deleted}, and will be stopped when it asks for one of these again.
        """,
        "diagnosis.has-no-name-and-deletes.steps": """
        Find the PC by its address, and give it a name: leavecopy device add pc1 --from-session ID (the session is in the \
        record). What it deleted so far does not come again.
        In its mail program, add #pc1 to the user name: info@example.com#pc1. The password stays.
        Or switch on "leave a copy on the server" in its mail program, as below.
        """,
        "diagnosis.old-tls": "Old encryption",
        "diagnosis.old-tls.sentence": "It connects by {version} alone, which is not safe any more: {sessions}.",
        "diagnosis.old-tls.sentence.none":
            "It connects without encryption: {sessions}. Its password can be read on the way.",
        "diagnosis.old-tls.steps": """
        In its mail program, choose SSL/TLS and port 995 (or STARTTLS and port 110) for the incoming server.
        Update the mail program and the system: TLS 1.2 needs Windows 8.1 or later, or Windows 7 with its updates.
        A machine that cannot do it belongs on a listener of its own that only its network reaches (listeners: profile: legacy).
        """,
        "diagnosis.stale-password": "An old password is tried again and again",
        "diagnosis.stale-password.sentence":
            "Its login was refused {refused}, one about every {pause}: a program does that, no person.",
        "diagnosis.stale-password.steps": """
        Find the PC by its address. Its mail program still has an old password for this account.
        Enter the new password in the program's account settings, or remove the account there if it is not used any more.
        Thunderbird keeps it in Settings > Privacy & Security > Saved Passwords; Outlook asks for it at Send/Receive.
        """,
        "diagnosis.two-on-one-name": "Two PCs use one name",
        "diagnosis.two-on-one-name.sentence": """
        Two PCs log in by this name (alert {alert} of the record): what one deletes is hidden from the other, too.
        """,
        "diagnosis.two-on-one-name.steps": """
        Give one of them a name of its own: behind the # of its user name (info@example.com#pc2), or as its server's name.
        What the one has missed is shown again by: leavecopy device restore NAME --since DAY
        """,
    ]
}
