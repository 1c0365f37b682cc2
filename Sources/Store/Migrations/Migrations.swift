import GRDB

/// The schema, as strings that never change once they were released: what comes later is a migration of its own.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: Self.identities + Self.messages + Self.record) }
        migrator.registerMigration("2") { try $0.execute(sql: Self.views + Self.moves) }
        migrator.registerMigration("3") { database in
            for part in [Self.reading, Self.keeping, Self.details, Self.streams, Self.review] {
                try database.execute(sql: part)
            }
            try MessageTexts.fill(database)
        }
        migrator.registerMigration("4") { try $0.execute(sql: Self.changes) }
        migrator.registerMigration("5") { try $0.execute(sql: Self.notices) }
        return migrator
    }

    private static let identities = """
        CREATE TABLE account (
          id INTEGER PRIMARY KEY,
          upstream TEXT NOT NULL, login TEXT NOT NULL,
          UNIQUE (upstream, login)
        ) STRICT;
        CREATE TABLE device (
          id INTEGER PRIMARY KEY,
          account INTEGER NOT NULL REFERENCES account (id),
          name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 32),
          UNIQUE (account, name)
        ) STRICT;
        CREATE TABLE identifier (
          account INTEGER NOT NULL REFERENCES account (id),
          kind TEXT NOT NULL, value TEXT NOT NULL,
          device INTEGER NOT NULL REFERENCES device (id),
          PRIMARY KEY (account, kind, value)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX identifierOfDevice ON identifier (device);

        """

    private static let messages = """
        CREATE TABLE mailbox (
          id INTEGER PRIMARY KEY,
          account INTEGER NOT NULL REFERENCES account (id),
          name TEXT NOT NULL,
          validity INTEGER CHECK (validity > 0), messages INTEGER NOT NULL DEFAULT 0, uidNext INTEGER,
          UNIQUE (account, name)
        ) STRICT;
        CREATE TABLE message (
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          number INTEGER NOT NULL CHECK (number > 0),
          uidValidity INTEGER NOT NULL, uid INTEGER NOT NULL CHECK (uid > 0),
          uidl TEXT NOT NULL CHECK (length(uidl) BETWEEN 1 AND 70),
          size INTEGER, internalDate INTEGER,
          gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
          PRIMARY KEY (mailbox, number),
          UNIQUE (mailbox, uidValidity, uid),
          UNIQUE (mailbox, uidl)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE hidden (
          device INTEGER NOT NULL REFERENCES device (id),
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
          PRIMARY KEY (device, mailbox, first)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE deviceUIDL (
          device INTEGER NOT NULL REFERENCES device (id),
          mailbox INTEGER NOT NULL, number INTEGER NOT NULL,
          generation INTEGER NOT NULL,
          uidl TEXT NOT NULL CHECK (length(uidl) BETWEEN 1 AND 70),
          PRIMARY KEY (device, mailbox, number, generation),
          UNIQUE (device, mailbox, uidl),
          FOREIGN KEY (mailbox, number) REFERENCES message (mailbox, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deviceUIDLText ON deviceUIDL (mailbox, uidl);
        CREATE TABLE withheld (
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          address TEXT NOT NULL,
          first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
          PRIMARY KEY (mailbox, address, first)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE detail (
          mailbox INTEGER NOT NULL, number INTEGER NOT NULL,
          salt BLOB NOT NULL,
          messageID BLOB NOT NULL, sender BLOB NOT NULL, subject BLOB NOT NULL, date BLOB NOT NULL,
          PRIMARY KEY (mailbox, number),
          FOREIGN KEY (mailbox, number) REFERENCES message (mailbox, number)
        ) STRICT, WITHOUT ROWID;

        """

    // What is searched is made from the bytes that are hashed. `json_valid` keeps a row that somebody broke readable,
    // so that the verification can name it.
    private static let record = """
        CREATE TABLE record (
          sequence INTEGER PRIMARY KEY,
          body BLOB NOT NULL, leaf BLOB NOT NULL CHECK (length(leaf) = 32),
          time TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$."@timestamp"') END) VIRTUAL,
          session TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.leavecopy.session') END) VIRTUAL,
          device INTEGER AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.leavecopy.device.id') END) VIRTUAL,
          deviceName TEXT COLLATE NOCASE AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.leavecopy.device.name') END) VIRTUAL,
          account TEXT COLLATE NOCASE AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.user.name') END) VIRTUAL,
          action TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.event.action') END) VIRTUAL,
          outcome TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.event.outcome') END) VIRTUAL,
          message INTEGER AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.leavecopy.message.row') END) VIRTUAL,
          ip TEXT AS (CASE WHEN json_valid(CAST(body AS TEXT)) THEN
            json_extract(CAST(body AS TEXT), '$.client.ip') END) VIRTUAL
        ) STRICT;
        CREATE INDEX recordTime ON record (time);
        CREATE INDEX recordSession ON record (session) WHERE session IS NOT NULL;
        CREATE INDEX recordDevice ON record (device) WHERE device IS NOT NULL;
        CREATE INDEX recordDeviceName ON record (deviceName) WHERE deviceName IS NOT NULL;
        CREATE INDEX recordAccount ON record (account) WHERE account IS NOT NULL;
        CREATE TRIGGER recordIsNeverChanged BEFORE UPDATE ON record
          BEGIN SELECT RAISE(ABORT, 'records are never changed'); END;
        CREATE TRIGGER recordIsNeverDeleted BEFORE DELETE ON record
          BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END;
        CREATE TRIGGER recordIsAppended BEFORE INSERT ON record
          WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM record)
          BEGIN SELECT RAISE(ABORT, 'records are only appended, one after the other'); END;
        CREATE TABLE checkpoint (
          number INTEGER PRIMARY KEY,
          size INTEGER NOT NULL UNIQUE CHECK (size > 0),
          note TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER checkpointIsNeverChanged BEFORE UPDATE ON checkpoint
          BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
        CREATE TRIGGER checkpointIsNeverDeleted BEFORE DELETE ON checkpoint
          BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
        CREATE TRIGGER checkpointIsAppended BEFORE INSERT ON checkpoint
          WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM checkpoint)
            OR NEW.size IS NOT (SELECT max(sequence) FROM record)
            OR NEW.size <= (SELECT max(size) FROM checkpoint)
          BEGIN SELECT RAISE(ABORT, 'checkpoints are only appended, for the whole record'); END;
        CREATE TABLE tree (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          size INTEGER NOT NULL, edge BLOB NOT NULL, checkpointTime INTEGER NOT NULL
        ) STRICT;
        INSERT INTO tree (id, size, edge, checkpointTime) VALUES (1, 0, X'', 0);

        """

    // What a device does not see for another reason than that it deleted it, and the credentials of its own. While a
    // device has a format of its own, `ownUIDLs` is the row up to which it was followed. A device that was removed leaves
    // its number, which is never given again; one that was merged also who has its place.
    private static let views = """
        CREATE TABLE credential (
          name TEXT PRIMARY KEY,
          device INTEGER NOT NULL UNIQUE REFERENCES device (id),
          salt BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE beginning (
          device INTEGER NOT NULL REFERENCES device (id),
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          ownUIDLs INTEGER CHECK (ownUIDLs >= 0),
          PRIMARY KEY (device, mailbox)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO beginning (device, mailbox)
          SELECT device.id, mailbox.id FROM device JOIN mailbox ON mailbox.account = device.account;
        CREATE TABLE skipped (
          device INTEGER NOT NULL REFERENCES device (id),
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          first INTEGER NOT NULL CHECK (first > 0), last INTEGER NOT NULL CHECK (last >= first),
          PRIMARY KEY (device, mailbox, first)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE formerDevice (
          id INTEGER PRIMARY KEY,
          successor INTEGER REFERENCES device (id)
        ) STRICT;

        """

    // What a message is known by when its UID has changed (the size and date as the mail server tells them now, where ours
    // are others), mailboxes that changed so much that a person must look, and the unique-ids that the provider's own POP3
    // service gave.
    private static let moves = """
        ALTER TABLE message ADD COLUMN serverID TEXT CHECK (length(serverID) BETWEEN 2 AND 256);
        ALTER TABLE message ADD COLUMN headerKey BLOB CHECK (length(headerKey) = 16);
        ALTER TABLE message ADD COLUMN givesNoKey INTEGER NOT NULL DEFAULT 0 CHECK (givesNoKey IN (0, 1));
        ALTER TABLE message ADD COLUMN listedSize INTEGER;
        ALTER TABLE message ADD COLUMN listedDate INTEGER;
        CREATE INDEX messageWithoutKey ON message (mailbox, uidValidity, uid)
          WHERE gone = 0 AND serverID IS NULL AND headerKey IS NULL AND givesNoKey = 0;
        CREATE TABLE doubt (
          mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
          isAccepted INTEGER NOT NULL DEFAULT 0 CHECK (isAccepted IN (0, 1))
        ) STRICT;
        CREATE TABLE adoption (
          mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id),
          state TEXT NOT NULL CHECK (state IN ('finished', 'given-up')), time TEXT NOT NULL,
          matched INTEGER NOT NULL, unmatched INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE learned (
          mailbox INTEGER NOT NULL REFERENCES mailbox (id),
          uidl TEXT NOT NULL CHECK (length(uidl) BETWEEN 1 AND 255),
          headerKey BLOB CHECK (length(headerKey) = 16),
          number INTEGER,
          PRIMARY KEY (mailbox, uidl)
        ) STRICT, WITHOUT ROWID;

        """
}
