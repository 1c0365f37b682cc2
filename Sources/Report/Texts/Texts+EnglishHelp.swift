extension Texts {
    /// The page of help, for people who are no engineers.
    static let englishHelp: [String: String] = [
        "help.title": "Help",
        "help.contents": "On this page",
        "help.lost": "A mail seems lost: who deleted it?",
        "help.lost.steps": """
        Open "Mail", type a word of its subject or its sender, and press "Find".
        Open the mail. The first sentence says which PC asked to delete it and when, what that PC was told, what really \
        happened, and whether the mail is still on the server.
        Below it, "Who has it?" shows every device. "Give it again" brings the mail back to the one that misses it, at \
        its next poll. An operator's token is needed for that.
        """,
        "help.lost.otherWay": """
        If it says that the mail vanished and that none of our devices was able to do it, somebody deleted it by another \
        way: in webmail, on a phone, or in a program that uses IMAP. Leavecopy stands before POP3 alone, and cannot see \
        who that was; it can only say between which times it was.
        """,

        "help.record": "What the record tells",
        "help.record.intro": """
        Every attempt has three parts. They are never mixed, since they are often not the same.
        """,
        "help.record.asked": "Asked",
        "help.record.asked.text": "What the mail program wanted: to read a message, to delete one, to log in.",
        "help.record.answered": "It was told",
        "help.record.answered.text": """
        What the program heard. It hears yes (+OK) to "delete" too: a program that hears no would complain to its user, \
        or try again for ever.
        """,
        "help.record.done": "Really done",
        "help.record.done.text": """
        What happened. A deletion is never carried out: the message is hidden from this one device, and stays on the \
        server for everybody else. Beside it stands every command that went to the mail server for it.
        """,
        "help.record.kept": """
        An entry cannot be changed or taken out without it being seen. Whoever reads this page, or takes a copy of the \
        record, is on record, too. Passwords and the text of the mail are never on record.
        """,

        "help.troubles": "Three troubles of a shared address, and what became of them",
        "help.trouble.1": "One PC takes the mail away from everybody",
        "help.trouble.1.was": """
        A mail program that does not leave a copy on the server deletes what it has fetched. One PC set like that is \
        enough: the others never get the mail. Often nobody knows which one it was.
        """,
        "help.trouble.1.now": """
        The server keeps every mail, whatever a PC asks for. The PC that "deleted" it sees it no more; all others do. \
        The overview names the PC that is set wrong, and how to mend it.
        """,
        "help.trouble.2": "Mail that was read in the office is missing on the phone",
        "help.trouble.2.was": """
        A phone that uses IMAP shows what is on the server. What a PC has fetched and deleted there is gone for the phone.
        """,
        "help.trouble.2.now": """
        Nothing leaves the server, and nothing is marked as read by a PC that fetches it. The phone shows all of it.
        """,
        "help.trouble.3": "Deleted mail comes back, or everything comes twice",
        "help.trouble.3.was": """
        A server that only ignores "delete" offers the mail again at each poll, and the program fetches it again. After a \
        move to another server, programs take every mail for a new one.
        """,
        "help.trouble.3.now": """
        What a device deleted is not offered to it again. Each mail keeps its mark for ever, and after a move the marks of \
        the old server are taken over, so nothing comes twice.
        """,

        "help.setting": "Where “leave a copy on the server” stands",
        "help.setting.intro": """
        With Leavecopy a wrong setting harms nobody else. It is still better mended: a PC that has no name and deletes is \
        stopped at what it deleted before. The words differ a little from version to version.
        """,
        "help.setting.where": "Where",
        "help.setting.what": "What to do",

        "help.words": "Words on these pages",
        "help.word.device": "Device",
        "help.word.device.text": """
        A PC or a machine that fetches mail. It is known by a name behind # in its user name (info@example.com#frontdesk), \
        by the server name it dials, by a password of its own, or by its network card.
        """,
        "help.word.hidden": "Hidden",
        "help.word.hidden.text":
            "Not shown to one device any more, since that device asked to delete it. It is still on the server.",
        "help.word.checkpoint": "Checkpoint",
        "help.word.checkpoint.text": """
        The number of entries and a digest of all of them. Whoever wrote one down can show later that nothing before it was \
        changed, added or taken out.
        """,
        "help.word.proof": "Proof",
        "help.word.proof.text": """
        A small file about one entry. An auditor can check it without this server, with nothing installed but Python.
        """,
        "help.word.reader": "Reader and operator",
        "help.word.reader.text": """
        Two kinds of tokens. A reader may read and export everything; an operator may also give mail again to a device.
        """,
    ]
}
