extension Migrations {
    // How far each follower of the record has come; what alerts count, by the minute; whom they were told of, and when
    // last; and which addresses logged in without a name, and on which day last. Whoever calls for help begins with what
    // comes from now on.
    static let streams = """
        CREATE TABLE stream (
          name TEXT PRIMARY KEY,
          position INTEGER NOT NULL CHECK (position >= 0)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO stream (name, position)
          SELECT follower.column1, coalesce((SELECT max(sequence) FROM record), 0)
          FROM (VALUES ('alerts'), ('on-alert')) AS follower;
        CREATE TABLE alertCount (
          kind TEXT NOT NULL, subject TEXT NOT NULL, minute INTEGER NOT NULL,
          count INTEGER NOT NULL CHECK (count > 0),
          PRIMARY KEY (kind, subject, minute)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE alertTold (
          kind TEXT NOT NULL, subject TEXT NOT NULL, time INTEGER NOT NULL,
          PRIMARY KEY (kind, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE unnamedAddress (
          address TEXT PRIMARY KEY, day INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        """
}
