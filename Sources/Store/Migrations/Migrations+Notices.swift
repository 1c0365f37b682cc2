extension Migrations {
    // The last message of ours to each device that is set wrong (`notice: mailbox`), which says nothing of any mail's text.
    // Times are microseconds since 1970. It is shown until the device deletes it, or has left it for days; the row stays, and
    // says when the next one may be made.
    static let notices = """
        CREATE TABLE notice (
          device INTEGER PRIMARY KEY REFERENCES device (id),
          uidl TEXT NOT NULL UNIQUE CHECK (length(uidl) BETWEEN 1 AND 70),
          made INTEGER NOT NULL, ended INTEGER,
          body BLOB NOT NULL
        ) STRICT;

        """
}
