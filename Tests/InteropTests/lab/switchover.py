"""switchover.py SERVER: real mail programs that have polled a provider's own POP3 service, and keep their mail there, are
moved to Leavecopy with server, port and user as before. Whether their UIDLs are computed, learned before, or adopted at
the first login: no message comes twice, and new mail comes once. SERVER is dovecot, cyrus or courier."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import clients
import generator
from courier import Courier
from cyrus import Cyrus
from dovecot import Dovecot, free_port
from gateway import Leavecopy, field
from lab import PASSWORD, USER, binary, expect, need
from redirect import Redirect
from upstream import sent

COUNT = 20
PROGRAMS = ("fetchmail", "mpop", "getmail")


class PlainDovecot(Dovecot):
    computed = "dovecot"

    def __init__(self, folder, user, password):
        super().__init__(folder, {user: password}, pop3=True)

    def deliver(self, number, octets):
        generator.deliver(self.maildir(USER), number, octets)
        self.give_to_owner()

    def forget_pop3(self):
        for name in os.listdir(self.pop3_rawlog):
            os.unlink(os.path.join(self.pop3_rawlog, name))

    def look_at_pop3(self, is_asked):
        """At what its POP3 service was sent after login since `forget_pop3`: Leavecopy alone has logged in meanwhile."""
        verbs = {line.split(b" ")[0].decode(errors="backslashreplace").upper() for line in sent(self.pop3_rawlog)}
        needed = {"LIST", "UIDL", "TOP", "QUIT"} if is_asked else set()
        expect(needed <= verbs <= needed | {"CAPA", "STAT"}, "%s asked of the POP3 service, not %s" % (needed, verbs))


SERVERS = {"dovecot": PlainDovecot, "cyrus": Cyrus, "courier": Courier}


class Programs:
    """The mail programs, each with the state that it keeps in its folder."""

    def __init__(self, folder, place):
        self.folder, self.place = folder, place

    def make(self):
        for name in PROGRAMS:
            for part in ("new", "cur", "tmp"):
                os.makedirs(os.path.join(self.folder, name, "mail", part))

    def poll(self):
        """Messages that came, by program."""
        came = {}
        for name in PROGRAMS:
            home = os.path.join(self.folder, name)
            mail = os.path.join(home, "mail")
            before = self.messages(mail)
            clients.CLIENTS[name](self.place, home, mail)
            came[name] = self.messages(mail) - before
        return came

    @staticmethod
    def messages(mail):
        return sum(len(os.listdir(os.path.join(mail, part))) for part in ("new", "cur"))

    def copy(self, folder):
        subprocess.run(["cp", "-a", self.folder, folder], check=True)
        return Programs(folder, self.place)


def message(number):
    """Two neighbours of one size: what they are only their headers tell."""
    return generator.smallest(number) if number in (11, 12) else generator.message(number)


def all_of(count):
    return {name: count for name in PROGRAMS}


def learn(gateway, server, *more, password=PASSWORD + "\n", status=0):
    done = subprocess.run(
        [gateway.binary, "uidl", "learn", "--config", gateway.file, "--account", USER, "--from",
         "pops://localhost:%d" % server.pop3s, "--ca", server.ca, "--json", *more], input=password,
        capture_output=True, text=True, timeout=120)
    expect(done.returncode == status, "exit status %d of uidl learn, not %d: %s" % (
        status, done.returncode, done.stdout + done.stderr))
    return json.loads(done.stdout)


def gateway_for(mode, server, folder):
    port = free_port()
    listener = "- {name: moved, address: 127.0.0.1, port: %d, tls: implicit, certificate: %s, key: %s}" % (
        port, os.path.join(server.folder, "server.crt"), os.path.join(server.folder, "server.key"))
    keys, upstream_keys = "", ""
    if mode == "computed":
        keys = "uidl: " + server.computed
    if mode == "learned":
        secret = clients.write(server.folder, "password", PASSWORD)
        keys = "accounts:\n  - {login: %s, password-file: %s}" % (USER, secret)
    if mode == "adopted":
        upstream_keys = "adopt: pops://localhost:%d\nadopt-ca: %s" % (server.pop3s, server.ca)
    gateway = Leavecopy(binary(), folder, "imaps://localhost:%d" % server.imaps, server.ca, listeners=listener, keys=keys,
                        upstream_keys=upstream_keys)
    gateway.moved = port
    return gateway


def move(mode, server, redirect, programs, folder, number):
    """`number` is that of the next message."""
    gateway = gateway_for(mode, server, os.path.join(folder, "gateway-" + mode))
    has_rawlog = isinstance(server, PlainDovecot)
    if has_rawlog:
        server.forget_pop3()
    if mode == "learned":
        # With the account's own password; afterwards with one that is given.
        report = learn(gateway, server, "--dry-run", password="")
        expect(report["complete"] and report.get("changed") is None, "a dry run to match all, not %s" % report)
        expect(report["matchedBySize"] == 10 and report["matchedByHeader"] > 2, "sizes, then headers, not %s" % report)
        report = learn(gateway, server)
        expect(report["complete"], "every message matched, not %s" % report)
        expect(report["matchedBefore"] == 0, "no pair of the dry run kept, not %s" % report)
        again = learn(gateway, server)
        expect(again["matchedBefore"] == number - 1 and again["changed"] == 0, "nothing new to learn, not %s" % again)
    with gateway:
        redirect.target = gateway.moved
        came = programs.poll()
        expect(came == all_of(0), "%s: nothing downloaded again, not %s" % (mode, came))
        server.deliver(number, message(number))
        came = programs.poll()
        expect(came == all_of(1), "%s: the new message once, not %s" % (mode, came))
        came = programs.poll()
        expect(came == all_of(0), "%s: and not again, not %s" % (mode, came))
        learned = [r for r in gateway.records() if field(r, "event.action") == "uidl-learned"]
        expect(bool(learned) == (mode != "computed"), "what was learned on record, not %s" % learned)
        gateway.command("audit", "verify")
    if has_rawlog:
        server.look_at_pop3(is_asked=mode != "computed")


def main():
    need("fetchmail", "mpop", "getmail", "openssl")
    kind = SERVERS[sys.argv[1]]
    folder = tempfile.mkdtemp(prefix="leavecopy-lab.")
    os.chmod(folder, 0o755)
    try:
        with kind(os.path.join(folder, "server"), USER, PASSWORD) as server, Redirect() as redirect:
            for number in range(1, COUNT + 1):
                server.deliver(number, message(number))
            redirect.target = server.pop3s
            programs = Programs(os.path.join(folder, "programs"), clients.Place(redirect.port, server.ca, USER, False, True))
            programs.make()
            expected = COUNT
            modes = [mode for mode in ("computed", "learned", "adopted") if mode != "computed" or server.computed]
            for step, mode in enumerate(modes):
                redirect.target = server.pop3s
                came = programs.poll()
                expect(came == all_of(expected), "%d messages of the provider's service, not %s" % (expected, came))
                expected = 1
                move(mode, server, redirect, programs.copy(os.path.join(folder, "moved-" + mode)), folder, COUNT + 1 + step)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
