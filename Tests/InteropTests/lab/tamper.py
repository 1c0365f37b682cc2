"""The record is changed behind its triggers: `audit verify` names the record, in each of the ways to change one."""
import glob
import os
import re
import shutil
import sqlite3

import pop3
from lab import PASSWORD, USER, expect, world


def database(state):
    for path in glob.glob(os.path.join(state, "*")):
        with open(path, "rb") as f:
            if f.read(16) == b"SQLite format 3\0":
                return path
    raise SystemExit("expected: a database in " + state)


def tables(connection):
    """The table of the records and its columns: the one with a blob of JSON in each row and the most rows."""
    best = None
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [row[1] for row in connection.execute("PRAGMA table_info(\"%s\")" % name)]
        for column in columns:
            row = connection.execute("SELECT \"%s\" FROM \"%s\" LIMIT 1" % (column, name)).fetchone()
            if row and isinstance(row[0], (bytes, str)) and b"@timestamp" in (
                    row[0] if isinstance(row[0], bytes) else row[0].encode()):
                count = connection.execute("SELECT count(*) FROM \"%s\"" % name).fetchone()[0]
                if best is None or count > best[0]:
                    best = (count, name, column)
    expect(best, "a table that holds the records")
    return best


def tamper(state, change):
    connection = sqlite3.connect(database(state), isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute("DROP TRIGGER \"%s\"" % name)
    connection.execute("PRAGMA foreign_keys = OFF")
    count, table, column = tables(connection)
    change(connection, table, column)
    connection.close()
    return count


def alter(connection, table, column):
    row, value = connection.execute(
        "SELECT rowid, \"%s\" FROM \"%s\" ORDER BY rowid LIMIT 1 OFFSET 3" % (column, table)).fetchone()
    octets = bytearray(value if isinstance(value, bytes) else value.encode())
    place = octets.index(b"@timestamp") + 16
    octets[place] = ord("1") if octets[place] != ord("1") else ord("2")
    changed = bytes(octets) if isinstance(value, bytes) else octets.decode()
    connection.execute("UPDATE \"%s\" SET \"%s\" = ? WHERE rowid = ?" % (table, column), (changed, row))


def delete(connection, table, _):
    connection.execute("DELETE FROM \"%s\" WHERE rowid = (SELECT rowid FROM \"%s\" ORDER BY rowid LIMIT 1 OFFSET 3)"
                       % (table, table))


def cut_tail(connection, table, _):
    connection.execute("DELETE FROM \"%s\" WHERE rowid > (SELECT rowid FROM \"%s\" ORDER BY rowid LIMIT 1 OFFSET 3)"
                       % (table, table))


def main():
    with world(count=5) as here:
        gateway = here.gateway
        session = pop3.Session(gateway.tls, gateway.ca)
        session.login(USER + "#pc", PASSWORD)
        for number in range(1, 6):
            session.retr(number)
            session.ok("DELE %d" % number)
        session.quit()
        gateway.command("audit", "verify")
        gateway.stop()
        kept = gateway.state + ".kept"
        shutil.copytree(gateway.state, kept)
        for change in (alter, delete, cut_tail):
            tamper(gateway.state, change)
            said = gateway.command("audit", "verify", status=1)
            expect(re.search(r"\b[45]\b", said), "the record to be named after %s, not: %s" % (change.__name__, said))
            shutil.rmtree(gateway.state)
            shutil.copytree(kept, gateway.state)
        gateway.command("audit", "verify")
        gateway.start()


if __name__ == "__main__":
    main()
