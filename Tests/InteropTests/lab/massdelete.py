"""A program that is switched over from "leave a copy" to "delete": 20,000 DELEs without a RETR, as Thunderbird sends them.
It takes seconds, the others notice nothing, the record names every message, and cites every line that went upstream."""
import os
import sqlite3
import sys
import time

import pop3
from lab import PASSWORD, USER, expect, field, generator, select_pause, upstream, world

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000


def database(gateway):
    return sqlite3.connect("file:%s?mode=ro" % os.path.join(gateway.state, "leavecopy.sqlite"), uri=True, timeout=30)


def wait(what, seconds, is_so):
    end = time.monotonic() + seconds
    while not is_so():
        expect(time.monotonic() < end, what)
        select_pause()


def poll(gateway, name):
    """A poll that finds nothing to do; gives how long it took from the connection to the answer to QUIT."""
    begun = time.monotonic()
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#" + name, PASSWORD)
    session.count()
    session.quit()
    return time.monotonic() - begun


def switched_over(gateway):
    """Thunderbird asks for the list of unique-ids, and deletes each message that it knows, one after the other."""
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#pc", PASSWORD)
    expect(session.count() == COUNT, "%d messages" % COUNT)
    session.ok("LIST")
    session.body()
    session.ok("UIDL")
    numbers = [int(line.split()[0]) for line in session.body().splitlines()]
    for number in numbers:
        session.ok("DELE %d" % number)
    expect(session.quit().startswith("+OK"), "QUIT is answered +OK")


def main():
    with world(count=COUNT) as here:
        gateway = here.gateway
        ours = set(upstream.sent(here.server.rawlog))  # the lab's own look at the mailbox
        poll(gateway, "pc")  # the first listing of the mailbox is another matter
        begun = time.monotonic()
        switched_over(gateway)
        ended = time.monotonic()
        print("%d DELEs, one after the other, and QUIT: %.2f s" % (COUNT, ended - begun))
        # Far more than it takes: a machine that is busy must not fail it, a quadratic cost must.
        expect(ended - begun < 180, "seconds, not %.2f" % (ended - begun))
        took = max(poll(gateway, "other") for _ in range(3))
        print("a poll of another PC meanwhile: %.2f s" % took)
        expect(took < 5, "nobody to wait for the headers, not %.2f s" % took)
        with database(gateway) as reader:
            wait("the details of all messages", 120, lambda: reader.execute(
                "SELECT count(*) FROM wantedDetail").fetchone()[0] == 0)
            print("details of all: %.2f s after QUIT" % (time.monotonic() - ended))
            known = reader.execute("SELECT count(*) FROM detail").fetchone()[0]
            expect(known == COUNT, "details of %d messages, not of %d" % (COUNT, known))
        look(here, ours)


def look(here, ours):
    gateway = here.gateway
    quits = [r for r in gateway.records("--action", "quit", "--device", "pc") if "rows" in r["leavecopy"]]
    expect(len(quits) == 1, "one QUIT that hides")
    expect(field(quits[0], "leavecopy.done") == "hidden from pc: %d messages" % COUNT, "one line with the count")
    session = field(quits[0], "leavecopy.session")
    begun = time.monotonic()
    deletions = gateway.records("--action", "dele", "--session", session)
    print("%d DELEs listed: %.2f s" % (len(deletions), time.monotonic() - begun))
    rows = sorted(field(r, "leavecopy.message.row") for r in deletions)
    expect(rows == list(range(1, COUNT + 1)), "each message once in the list of the session")
    with database(gateway) as reader:
        # The raw octets are kept; what a person reads is made of them.
        subject, sender = reader.execute("SELECT subject, sender FROM detail WHERE number = 2").fetchone()
        expect(subject.decode() == generator.subject(2), "the Subject as it stands in the message")
        expect(sender == b"Customer 2 <c2@example.net>", "the sender")
    gateway.stop()
    records = gateway.records()
    asked = [r for r in records if field(r, "event.action") == "details" and field(r, "leavecopy.upstream")]
    named = sum(len(numbers(field(r, "leavecopy.rows"))) for r in asked)
    expect(named == COUNT, "each message in one record of what was read, not %d" % named)
    heard = {line.decode().split(" ", 1)[1] for line in upstream.sent(here.server.rawlog) if line not in ours}
    expect(any("HEADER.FIELDS" in line for line in heard), "headers that were read: is the rawlog on?")
    cited = {line.split(" ", 1)[1] for r in records for line in field(r, "leavecopy.upstream") if line != "cache"}
    missing = {line for line in heard if line not in cited}
    expect(not missing, "every line that Dovecot heard on record, but " + "; ".join(sorted(missing)[:5]))
    gateway.start()


def numbers(text):
    ranges = [part.split(":") for part in text.split(",")]
    return [n for ends in ranges for n in range(int(ends[0]), int(ends[-1]) + 1)]


if __name__ == "__main__":
    main()
