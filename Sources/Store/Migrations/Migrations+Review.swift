extension Migrations {
    /// Who may read the page, and the filters each of them has kept under a name. A number is never given again: a session of
    /// a token that was taken away must not become another's.
    static let review = """
        CREATE TABLE reviewToken (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 32),
          role TEXT NOT NULL CHECK (role IN ('reader', 'operator')),
          hash BLOB NOT NULL CHECK (length(hash) = 32),
          made TEXT NOT NULL
        ) STRICT;
        CREATE TABLE savedFilter (
          token INTEGER NOT NULL REFERENCES reviewToken (id) ON DELETE CASCADE,
          name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
          query TEXT NOT NULL CHECK (length(query) <= 4096),
          PRIMARY KEY (token, name)
        ) STRICT, WITHOUT ROWID;

        """
}
