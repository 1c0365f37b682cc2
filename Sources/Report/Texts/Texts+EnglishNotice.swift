extension Texts {
    /// What a PC that is set wrong finds among its mail (`notice: mailbox`), beside its diagnosis and steps.
    static let englishNotice: [String: String] = [
        "notice.subject": "{device} asked to delete {count}; nothing was deleted",
        "notice.what": """
        This message is from Leavecopy, the mail gateway of your office. It was made for this PC alone, which is known there as \
        {device}: nobody else gets it, and it is not on the mail server. Nobody reads answers to it.
        """,
        "notice.deleted": """
        Since {time} this PC asked to delete {count} of {account}. Nothing was deleted on the mail server, and the other PCs \
        see it as before.
        """,
        "notice.mend": "How to set this PC's mail program:",
        "notice.end": """
        Delete this message or leave it: after {days} it goes away by itself. As long as the program is set so, another one \
        comes, one a day at most. The administrator of the gateway can switch them off (notice: off).
        """,
    ]
}
