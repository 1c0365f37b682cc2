"""`notice: mailbox`: a device that deletes what it fetches finds one message about that in its own view, once, whether its
program keeps or deletes; others never do, and the mail server knows nothing of it."""
import email
import email.policy
import os

import pop3
from clients import CLIENTS, Place
from lab import PASSWORD, USER, expect, field, need, world

COUNT = 12
KEYS = """identify: [tag]
accounts:
  - {login: %s, notice: mailbox}
devices:
  - {name: scanner, notice: off}""" % USER
OURS = b"no-reply@leavecopy.invalid"


class Device:
    """A real program that is polled as a device of its own, with all that it ever got."""

    def __init__(self, here, gateway, client, name, keep):
        self.client, self.name = client, name
        self.home = os.path.join(here.folder, "%s-%s" % (name, "kept" if keep else "deleted"))
        self.mail = os.path.join(self.home, "mail")
        for part in ("new", "cur", "tmp"):
            os.makedirs(os.path.join(self.mail, part))
        self.got = []
        self.place = Place(gateway.tls, gateway.ca, "%s#%s" % (USER, name), False, keep)

    def poll(self):
        """How many messages of the mailbox it has now, and the octets of each of ours."""
        CLIENTS[self.client](self.place, self.home, self.mail)
        for part in ("new", "cur"):
            for name in os.listdir(os.path.join(self.mail, part)):
                path = os.path.join(self.mail, part, name)
                with open(path, "rb") as f:
                    self.got.append(f.read())
                os.remove(path)  # another poll may use the name again
        ours = [text for text in self.got if OURS in text.replace(b"\r\n", b"\n").split(b"\n\n")[0]]
        return len(self.got) - len(ours), ours


def session(gateway, name):
    opened = pop3.Session(gateway.tls, gateway.ca)
    opened.login("%s#%s" % (USER, name), PASSWORD)
    return opened


def delete(gateway, name, numbers):
    """As a program does that leaves no copy."""
    opened = session(gateway, name)
    for number in numbers:
        opened.retr(number)
        opened.ok("DELE %d" % number)
    expect(opened.quit().startswith("+OK"), "+OK to QUIT")


def read(octets, name, count):
    """What a strict reader makes of it."""
    message = email.message_from_bytes(octets, policy=email.policy.default.clone(raise_on_defect=True))
    said = "%s asked to delete %d messages" % (name, count)
    expect(said in message["Subject"] and "%d 通" % count in message["Subject"], "'%s' in %s" % (said, message["Subject"]))
    expect(message["From"].addresses[0].addr_spec == OURS.decode() and message["To"] == USER, "From and To")
    expect(message["Date"].datetime and message["Message-ID"] and message["Auto-Submitted"] == "auto-generated", "a header")
    expect(message.get_content_type() == "text/plain" and message.get_content_charset() == "utf-8", "plain text in UTF-8")
    text = message.get_content()
    for word in "Thunderbird", "Nothing was deleted on the mail server", "サーバーにメッセージのコピーを", name:
        expect(word in " ".join(text.split()), "'%s' in the text" % word)
    expect(all(len(line) <= 76 for line in octets.decode("ascii").splitlines()), "short lines")


def records(gateway, name):
    return [(field(r, "event.action"), field(r, "leavecopy.done")) for r in gateway.records("--device", name)]


def deletes(here, gateway, client):
    name = client + "-d"
    device = Device(here, gateway, client, name, keep=False)
    expect(device.poll() == (COUNT, []), "all mail of the mailbox first")
    count, ours = device.poll()
    expect(count == COUNT and len(ours) == 1, "one message more for %s, not %d and %d" % (name, count - COUNT, len(ours)))
    for _ in range(2):
        expect(device.poll() == (COUNT, ours), "nothing more for " + name)
    found = records(gateway, name)
    expect(len([1 for action, _ in found if action == "device-notice"]) == 1, "one notice on record, not %s" % found)
    expect(any(a == "quit" and "took away the notice" in done for a, done in found), "its end on record in %s" % found)


def keeps(here, gateway, client):
    name = client + "-k"
    delete(gateway, name, range(1, 6))
    device = Device(here, gateway, client, name, keep=True)
    for _ in range(3):
        count, ours = device.poll()
        expect(count == COUNT - 5 and len(ours) == 1, "%d messages and one of ours for %s, not %d and %d" % (
            COUNT - 5, name, count, len(ours)))
    expect(not any("took away" in done for _, done in records(gateway, name)), "a notice that is left is there")


def exactly(gateway):
    """On octets: its number, size and unique-id, what is on record, and that nothing went upstream for it."""
    delete(gateway, "exact", range(1, 5))
    opened = session(gateway, "exact")
    last = COUNT - 4 + 1
    expect(opened.count() == last, "%d messages" % last)
    unique = opened.ok("UIDL %d" % last).split()[2]
    size = int(opened.ok("LIST %d" % last).split()[2])
    octets = opened.retr(last)
    expect(len(octets) == size, "%d octets as listed, not %d" % (size, len(octets)))
    read(octets, "exact", 4)
    opened.ok("TOP %d 1" % last)
    top = opened.body()
    expect(len(top) < size and octets.startswith(top), "the top of the same")
    opened.ok("DELE %d" % last)
    opened.ok("RSET")
    opened.ok("DELE %d" % last)
    opened.close()
    again = session(gateway, "exact")
    expect(again.ok("UIDL %d" % last).split()[2] == unique, "the same unique-id behind a lost line")
    expect(again.retr(last) == octets, "the same octets")
    again.ok("DELE %d" % last)
    again.quit()
    after = session(gateway, "exact")
    expect(after.count() == last - 1, "no notice any more")
    after.quit()
    ours = [r for r in gateway.records("--device", "exact") if "notice of Leavecopy's own" in field(r, "leavecopy.done")]
    actions = [field(r, "event.action") for r in ours]
    expect(set(actions) == {"login", "retr", "top", "dele", "quit"}, "each attempt on record, not %s" % actions)
    for record in (r for r in ours if field(r, "event.action") != "login"):
        expect(not field(record, "leavecopy.upstream"), "nothing sent upstream for %s" % record)
        expect(field(record, "leavecopy.message") is None, "no message of the mailbox in %s" % record)


def others(gateway):
    """Whoever is set right, is not asked, or is not known."""
    for name in "scanner", "right":
        for _ in range(2):
            if name == "scanner":
                opened = session(gateway, name)
                numbers = range(1, min(5, opened.count() + 1))
                opened.quit()
                delete(gateway, name, numbers)
            else:
                opened = session(gateway, name)
                for number in range(1, COUNT + 1):
                    opened.retr(number)
                opened.quit()
        opened = session(gateway, name)
        expect(opened.count() == (COUNT if name == "right" else COUNT - 8), "the mailbox alone for " + name)
        opened.quit()
    made = [field(r, "leavecopy.done") for r in gateway.records("--action", "device-notice")]
    expect(made and not any("scanner" in done or "right" in done for done in made), "no notice for others: %s" % made)


def unasked(here):
    """Off for everybody where nobody says otherwise."""
    with here.fresh_gateway("unasked") as gateway:
        for numbers in range(1, 5), range(1, 5), ():
            delete(gateway, "pc", numbers)
        opened = session(gateway, "pc")
        expect(opened.count() == COUNT - 8, "no notice that nobody asked for")
        opened.quit()
        expect(not gateway.records("--action", "device-notice"), "none on record")


def words(gateway):
    """What people read of it."""
    listed = gateway.command("audit", "list", "--device", "exact", "--language", "ja")
    expect("Leavecopy からのお知らせ" in listed, "the notice in Japanese in " + listed)
    expect("made a notice for exact alone" in gateway.command("audit", "list", "--action", "device-notice"), "it is listed")


def main():
    need("fetchmail", "mpop", "getmail")
    with world(count=COUNT, keys=KEYS) as here:
        gateway = here.gateway
        exactly(gateway)
        for client in "poplib", "fetchmail", "mpop", "getmail":
            deletes(here, gateway, client)
            keeps(here, gateway, client)
        others(gateway)
        words(gateway)
        unasked(here)


if __name__ == "__main__":
    main()
