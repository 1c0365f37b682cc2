extension Migrations {
    // Times are UTC, as records write them. `firstSeen` is when a listing showed the message first, nil for those from before
    // this was kept; `vanished` when a listing missed
    // it first, once a second one has said the same. `mailbox.listed` is when a listing agreed with
    // the mail server last. `missing` are rows that one session has not found upstream any more, until another says the
    // same. `wantedDetail` are messages that somebody asked to delete and whose header nobody has read; the oldest wish is
    // the lowest id.
    static let details = """
        ALTER TABLE message ADD COLUMN firstSeen TEXT;
        ALTER TABLE message ADD COLUMN vanished TEXT;
        ALTER TABLE mailbox ADD COLUMN listed TEXT;
        CREATE TABLE missing (
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
          seen TEXT, missed TEXT NOT NULL, session TEXT NOT NULL,
          PRIMARY KEY (mailbox, first)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE wantedDetail (
          id INTEGER PRIMARY KEY,
          mailbox INTEGER NOT NULL, number INTEGER NOT NULL,
          state TEXT NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'unobtainable', 'erased')),
          UNIQUE (mailbox, number),
          FOREIGN KEY (mailbox, number) REFERENCES message (mailbox, number)
        ) STRICT;
        CREATE INDEX detailStillWanted ON wantedDetail (mailbox, id) WHERE state = 'wanted';
        INSERT INTO wantedDetail (mailbox, number)
          SELECT DISTINCT message.mailbox, message.number FROM message JOIN
            (SELECT mailbox, first, last FROM hidden UNION SELECT mailbox, first, last FROM withheld) AS asked
            ON asked.mailbox = message.mailbox AND message.number BETWEEN asked.first AND asked.last
          WHERE NOT EXISTS
            (SELECT 1 FROM detail WHERE detail.mailbox = message.mailbox AND detail.number = message.number);

        """
}
