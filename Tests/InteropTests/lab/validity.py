"""A mailbox is made anew with the same mail, so that every UID and UIDVALIDITY is another: no device gets a message again,
and what a device deleted stays hidden from it. With other mail nothing is shown until the operator says that it is right."""
import concurrent.futures
import contextlib
import glob
import imaplib
import os
import random
import shutil
import sqlite3
import time

import clients
import generator
import pop3
import upstream
from lab import MASTER, MASTER_PASSWORD, PASSWORD, USER, expect, field, need, select_pause, world

COUNT = 48
TWIN, TWINS = 40, (49, 50)
DAY = 86_400
REFUSED = "-ERR [SYS/TEMP]"


def message(number):
    """Three of one size, which only their headers tell apart, and three that are the same octet for octet."""
    if number in (20, 21, 22):
        return generator.small(number)
    return generator.message(TWIN if number in TWINS else number)


class Mailbox:
    """INBOX, and the ways in which a mail server comes to have it with other UIDs. Dovecot does not run meanwhile."""

    def __init__(self, server):
        self.server, self.mail, self.numbers = server, server.maildir(USER), []

    def deliver(self, numbers, message=message):
        for number in numbers:
            # The three of one size came in one second.
            when = 20 if number in (21, 22) else number
            generator.deliver(self.mail, number, message(number))
            for path in glob.glob(os.path.join(self.mail, "new", "%d.*" % (generator.BEGIN + number))):
                os.utime(path, (generator.BEGIN + when, generator.BEGIN + when))
            self.numbers.append(number)
        self.server.give_to_owner()

    def look(self):
        """{UID: (flags but \\Recent, size, SHA-256)}, and UIDVALIDITY"""
        seen = upstream.picture("127.0.0.1", self.server.imaps, self.server.ca, USER + "*" + MASTER, MASTER_PASSWORD)
        return {key: value if key == "UIDVALIDITY" else (tuple(f for f in value[0] if f != b"\\Recent"), *value[1:])
                for key, value in seen.items()}

    @contextlib.contextmanager
    def stopped(self):
        self.server.stop()
        yield
        self.server.start()

    def forget_numbers(self):
        """(a) What Dovecot numbered the files by is lost: new UIDs, the files and their dates stay."""
        with self.stopped():
            for path in glob.glob(os.path.join(self.mail, "dovecot*")):
                if not os.path.basename(path).startswith("dovecot-uidvalidity"):
                    os.remove(path)

    def append(self, order, moved=0):
        """(b), (c) An empty mailbox is filled by APPEND, as when mail moves to another server. `order` of the numbers;
        `moved` are the seconds by which INTERNALDATE differs."""
        there = self.stored()
        with self.stopped():
            for part in glob.glob(os.path.join(self.mail, "*")):
                if os.path.isdir(part):
                    shutil.rmtree(part)
                elif not os.path.basename(part).startswith("dovecot-uidvalidity"):
                    os.remove(part)
            self.server.maildir(USER)
            self.server.give_to_owner()
        before = set(glob.glob(os.path.join(self.server.rawlog, "*")))
        user = upstream.connect("127.0.0.1", self.server.imaps, self.server.ca, USER, PASSWORD)
        for number in order(sorted(there)):
            octets, when = there[number]
            status, _ = user.append("INBOX", None, imaplib.Time2Internaldate(when + moved), octets)
            expect(status == "OK", "APPEND to succeed")
        user.logout()
        # What the server was filled with is no command of Leavecopy's.
        for path in set(glob.glob(os.path.join(self.server.rawlog, "*"))) - before:
            os.remove(path)

    def stored(self):
        """{number in order of UID: (octets, INTERNALDATE in seconds)}, by EXAMINE."""
        user = upstream.connect("127.0.0.1", self.server.imaps, self.server.ca, USER + "*" + MASTER, MASTER_PASSWORD)
        user.select("INBOX", readonly=True)
        _, answer = user.uid("FETCH", "1:*", "(INTERNALDATE BODY.PEEK[])")
        user.logout()
        whole = [part for part in answer if isinstance(part, tuple)]
        return {place: (octets, time.mktime(imaplib.Internaldate2tuple(head)))
                for place, (head, octets) in enumerate(whole)}

    def put_aside(self, kept):
        """An empty mailbox instead."""
        with self.stopped():
            os.rename(self.mail, kept)
            self.server.maildir(USER)
            self.server.give_to_owner()

    def put_back(self, kept):
        with self.stopped():
            shutil.rmtree(self.mail)
            os.rename(kept, self.mail)


class Picky:
    """A device that deletes every third message, keeps the rest, and knows the unique-ids that it has had."""

    def __init__(self, gateway):
        self.gateway, self.known, self.deleted = gateway, {}, set()

    def session(self):
        session = pop3.Session(self.gateway.tls, self.gateway.ca)
        session.login(USER + "#picky", PASSWORD)
        return session

    def poll(self):
        """Messages that came. What it sees is exactly what it kept, under the unique-ids it knows, octet for octet."""
        session = self.session()
        session.ok("UIDL")
        listed = [line.split() for line in session.body().decode().splitlines()]
        unique = [uidl for _, uidl in listed]
        expect(len(set(unique)) == len(unique) == session.count(), "unique unique-ids, as many as STAT counts")
        expect(not self.deleted & set(unique), "nothing that was deleted: %d of %d are there" % (
            len(self.deleted & set(unique)), len(self.deleted)))
        lost = set(self.known) - self.deleted - set(unique)
        expect(not lost, "all that was kept, but %d of it is gone" % len(lost))
        came = 0
        for number, uidl in listed:
            octets = pop3.digest(session.retr(int(number)))
            if uidl in self.known:
                expect(self.known[uidl] == octets, "each unique-id to be the message that it was")
                continue
            came += 1
            self.known[uidl] = octets
            if len(self.known) % 3 == 0:
                session.ok("DELE " + number)
                self.deleted.add(uidl)
        expect(session.quit() == "+OK bye", "+OK to QUIT")
        return came


class Devices:
    def __init__(self, gateway, folder):
        self.gateway, self.folder, self.picky, self.seen = gateway, folder, Picky(gateway), {}
        self.programs = [("getmail", False), ("mpop", True), ("poplib", True), ("fetchmail", False)]
        for name, _ in self.programs:
            for part in ("new", "cur", "tmp"):
                os.makedirs(os.path.join(folder, name, "mail", part))

    def poll(self):
        """Messages that came, by device; all come at once."""
        ca = self.gateway.ca
        with concurrent.futures.ThreadPoolExecutor() as pool:
            came = {name: pool.submit(self.run, name, keep, ca) for name, keep in self.programs}
            return {"picky": self.picky.poll(), **{name: one.result() for name, one in came.items()}}

    def run(self, name, keep, ca):
        home = os.path.join(self.folder, name)
        mail = os.path.join(home, "mail")
        before = clients.arrived(name, mail).total()
        if not keep:
            # What it deleted it does not see: the program itself would pass it over by its unique-id.
            session = pop3.Session(self.gateway.tls, ca)
            session.login(USER + "#" + name, PASSWORD)
            self.seen[name] = session.count()
            session.quit()
        clients.CLIENTS[name](clients.Place(self.gateway.tls, ca, USER + "#" + name, False, keep), home, mail)
        return clients.arrived(name, mail).total() - before

    def all_get(self, count, text):
        came = self.poll()
        expect(set(came.values()) == {count}, "%s: %d for each device, not %s" % (text, count, came))
        wrong = {name: seen for name, seen in self.seen.items() if seen != count}
        expect(not wrong, "%s: %d shown to who deletes all, not %s" % (text, count, wrong))


def keys_collected(gateway):
    """Waits until every message that is there has been looked at: that happens when a session has ended."""
    path = glob.glob(os.path.join(gateway.state, "*.sqlite"))[0]
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as database:
            left = database.execute("SELECT count(*) FROM message WHERE gone = 0 AND headerKey IS NULL").fetchone()[0]
        if left == 0:
            return
        select_pause()
    raise SystemExit("%d messages without a header key 30 s after the last session" % left)


def changes(gateway):
    """What the record says of each change of UIDVALIDITY."""
    return [r for r in gateway.records() if field(r, "event.action") == "listing-changed"]


def shuffled(numbers):
    return random.Random(4).sample(numbers, len(numbers))


class Test:
    def __init__(self, here, mailbox):
        self.here, self.mailbox, self.next = here, mailbox, TWINS[-1] + 1
        self.devices = Devices(here.gateway, os.path.join(here.folder, "devices"))

    def unchanged(self, shown):
        expect(self.mailbox.look() == shown, "a mailbox that Leavecopy does not change")
        expect(all(not entry[0] for key, entry in shown.items() if key != "UIDVALIDITY"), "no flag on any message")

    def anew(self, text, change, means):
        """`change` gives the mailbox other UIDs; `means` is how some of its messages must be found again."""
        keys_collected(self.here.gateway)
        before = self.mailbox.look()
        change()
        shown = self.mailbox.look()
        expect(shown["UIDVALIDITY"] != before["UIDVALIDITY"], text + ": another UIDVALIDITY")
        expect(sorted(e[1:] for k, e in shown.items() if k != "UIDVALIDITY")
               == sorted(e[1:] for k, e in before.items() if k != "UIDVALIDITY"), text + ": the same mail")
        known = len(changes(self.here.gateway))
        self.devices.all_get(0, text)
        self.devices.all_get(0, text + ", once more")
        record = changes(self.here.gateway)[known:]
        expect(len(record) == 1, "%s: one record of it, not %d" % (text, len(record)))
        counts = counts_of(record[0])
        total = len(self.mailbox.numbers)
        expect(counts["recognised"] == total and not counts["gone"] and not counts["new"] and counts.get(means),
               "%s: %d recognised, by %s too, not %s" % (text, total, means, counts))
        self.unchanged(shown)
        self.mailbox.deliver([self.next])
        self.next += 1
        shown = self.mailbox.look()
        self.devices.all_get(1, text + ", a new message")
        self.devices.all_get(0, text + ", not again")
        self.unchanged(shown)

    def other_mail(self, text, accept):
        """Another mailbox in its place: an error for whoever comes, and one question."""
        gateway, kept = self.here.gateway, os.path.join(self.here.folder, "kept")
        keys_collected(gateway)
        before = self.mailbox.look()
        known, logged = len(changes(gateway)), gateway.text().count("uidl accept")
        self.mailbox.put_aside(kept)
        numbers, self.mailbox.numbers = self.mailbox.numbers, []
        self.mailbox.deliver(range(1001, 1031))
        shown = self.mailbox.look()
        for _ in range(2):
            for name in ("picky", "getmail", "stranger"):
                session = pop3.Session(gateway.tls, gateway.ca)
                session.ok("USER %s#%s" % (USER, name))
                reply = session.ask("PASS " + PASSWORD)
                expect(reply.startswith(REFUSED), "%s: %s, not %s" % (text, REFUSED, reply))
                session.close()
        record = changes(gateway)[known:]
        expect(len(record) == 1 and field(record[0], "event.outcome") == "failure", "%s: asked once on record, not %s" % (
            text, record))
        asked = gateway.text().count("uidl accept") - logged
        expect(asked == 1, "%s: asked once in the log, not %d times" % (text, asked))
        self.unchanged(shown)
        if not accept:
            self.mailbox.put_back(kept)
            self.mailbox.numbers = numbers
            expect(self.mailbox.look() == before, "the mailbox as it was")
            self.devices.all_get(0, text + ", then the right mail again")
            self.unchanged(before)
            return
        gateway.command("uidl", "accept", "--account", USER)
        self.devices.picky.known, self.devices.picky.deleted = {}, set()
        self.devices.all_get(30, text + ", accepted")
        self.devices.all_get(0, text + ", accepted, not again")
        record = changes(gateway)[known + 1:]
        expect([field(r, "event.outcome") for r in record] == ["success"] * 2, "%s: the answer and the change on record, "
               "not %s" % (text, record))
        again = gateway.command("uidl", "accept", "--account", USER, status=1)
        expect("waits to be accepted" in again, "nothing left to accept, not " + again)
        self.unchanged(shown)


def counts_of(record):
    found = field(record, "leavecopy.counts") or {}
    return {means: found.get(means, 0) for means in {"recognised", "gone", "new", *found}}


def main():
    need("getmail", "mpop", "fetchmail", "openssl")
    # A process of Dovecot that outlives it for a moment would still show the old mail to a connection that was parked.
    with world(count=0, untouched=False, upstream_keys="login-cache: 0") as here:
        mailbox = Mailbox(here.server)
        mailbox.deliver([*range(1, COUNT + 1), *TWINS])
        test = Test(here, mailbox)
        shown = mailbox.look()
        test.devices.all_get(COUNT + len(TWINS), "the first poll")
        test.devices.all_get(0, "the second poll")
        test.unchanged(shown)
        test.anew("(a) numbers lost, dates kept", mailbox.forget_numbers, "size-date")
        test.anew("(b) appended with other dates", lambda: mailbox.append(list, 7 * DAY), "header-size")
        test.anew("(c) appended in another order", lambda: mailbox.append(shuffled), "size-date")
        test.anew("other order, other dates", lambda: mailbox.append(shuffled, 3 * DAY), "header-size")
        test.other_mail("(d) other mail, by mistake", accept=False)
        test.other_mail("(d) other mail", accept=True)
        counts, forbidden = upstream.commands(here.server.rawlog)
        expect(not forbidden, "only allowed IMAP commands, not " + "; ".join(forbidden[:5]))
        expect(counts.get("EXAMINE"), "an EXAMINE in Dovecot's rawlog: is it on?")


if __name__ == "__main__":
    main()
