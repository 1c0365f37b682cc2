"""Devices with a password of their own, behind an account whose password or token comes from a file or a command: they
log in; a command that fails, hangs, prints garbage or an ended token is [SYS/TEMP], is one line of the log, and is got
over; and 100 devices that wait start it once.
"""
import concurrent.futures
import http.server
import json
import os
import poplib
import ssl
import stat
import subprocess
import threading
import time
import urllib.parse

import pop3
from lab import PASSWORD, USER, expect, need, world

DEVICES = 100
SECONDS = 30  # what a command may take
PAUSE = 10  # for which a failure is not tried again

COMMAND = """#!/usr/bin/env python3
import os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
with open(here + "/runs", "a") as f:
    f.write("%d %s\\n" % (os.getpid(), sys.argv[1:]))
how, what = open(here + "/mode").read().split(" ", 1)
sys.stderr.write("canary-on-standard-error " + what)
if how == "hang":
    if os.fork() == 0:
        time.sleep(1000)
    time.sleep(1000)
if how == "slow":
    time.sleep(3)
print(what)
sys.exit(3 if how == "fail" else 0)
"""


class Tokens:
    """An authorization server's introspection (RFC 7662): a token is good while it is in `good`."""

    def __init__(self):
        self.good, self.asked = set(), []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                token = form.get("token", [""])[0]
                outer.asked.append(token)
                answer = {"active": True, "username": USER} if token in outer.good else {"active": False}
                octets = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configure(self, dovecot):
        path = os.path.join(dovecot.folder, "oauth2.conf")
        with open(path, "w") as f:
            f.write("introspection_mode = post\nintrospection_url = http://127.0.0.1:%d/introspect\n"
                    "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
                    % self.server.server_port)
        dovecot.mechanisms = "plain login xoauth2 oauthbearer"
        dovecot.passdbs = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = %s\n}" % path


class Command:
    def __init__(self, folder):
        os.makedirs(folder)
        self.path = os.path.join(folder, "print-secret")
        self.mode_file, self.runs_file = os.path.join(folder, "mode"), os.path.join(folder, "runs")
        with open(self.path, "w") as f:
            f.write(COMMAND)
        os.chmod(self.path, stat.S_IRWXU)
        self.says("print", "nothing")

    def says(self, how, what):
        with open(self.mode_file + ".new", "w") as f:
            f.write(how + " " + what)
        os.rename(self.mode_file + ".new", self.mode_file)

    def runs(self):
        if not os.path.exists(self.runs_file):
            return []
        with open(self.runs_file) as f:
            return f.read().splitlines()


class Account:
    """A gateway whose one account has its secret from `source`, and devices with passwords of their own."""

    def __init__(self, here, name, source, devices=1):
        keys = "identify: [credential, tag]\naccounts:\n  - login: %s\n    %s\nlimits:\n  per-address: 1000" % (
            USER, source)
        self.gateway = here.fresh_gateway(name, upstream_keys="login-cache: 0", keys=keys)
        with self.gateway:
            self.ca = self.gateway.ca
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.devices = dict(pool.map(self.add, range(1, devices + 1)))

    def add(self, number):
        answer = json.loads(self.gateway.command("device", "add", "pc%d" % number, "--password", "--account", USER,
                                                 "--json"))
        return answer["user"], answer["password"]

    def ask(self, user="pc1"):
        """Gives the reply to PASS, and how many messages there are."""
        session = pop3.Session(self.gateway.tls, self.ca, timeout=120)
        session.ok("USER " + user)
        reply = session.ask("PASS " + self.devices[user])
        count = int(session.ok("STAT").split()[1]) if reply.startswith("+OK") else None
        session.ask("QUIT")
        session.close()
        return reply, count

    def good(self, count, text, user="pc1"):
        reply, seen = self.ask(user)
        expect(seen == count, "%s: %d messages, not '%s' and %s\n%s" % (text, count, reply, seen, self.gateway.text()))

    def bad(self, text):
        reply, _ = self.ask()
        expect(reply.startswith("-ERR [SYS/TEMP]"), "%s: [SYS/TEMP], not '%s'" % (text, reply))

    def log(self, *words):
        found = [line for line in self.gateway.text().splitlines() if all(word in line for word in words)]
        expect(found, "a line of the log with %s in\n%s" % (words, self.gateway.text()))
        return found


def plain(here, count):
    """Passwords from a file and from a command; real clients log in."""
    path = os.path.join(here.folder, "password")
    with open(path, "w") as f:
        f.write(PASSWORD + "\n")
    os.chmod(path, stat.S_IRUSR)
    account = Account(here, "file", "password-file: " + path)
    with account.gateway as gateway:
        account.good(count, "a password from a file")
        context = ssl.create_default_context(cafile=account.ca)
        client = poplib.POP3_SSL("127.0.0.1", gateway.tls, context=context)
        client.user("PC1")
        client.pass_(account.devices["pc1"])
        expect(client.stat()[0] == count, "poplib to see %d messages" % count)
        client.quit()
        done = subprocess.run(["curl", "-sS", "--cacert", account.ca, "-u", "pc1:" + account.devices["pc1"],
                               "pop3s://127.0.0.1:%d/" % gateway.tls], capture_output=True, text=True)
        expect(len(done.stdout.splitlines()) == count, "curl to list %d messages, not %s" % (count, done))
        session = pop3.Session(gateway.tls, account.ca)
        session.ok("USER pc1")
        reply = session.ask("PASS " + PASSWORD)
        expect(reply.startswith("-ERR [AUTH]"), "the account's password to be no device's, not " + reply)
        session.close()
        listed = json.loads(gateway.command("device", "list", "--json"))
        expect([x["identifiers"] for x in listed] == [["credential pc1"]], "one credential, not %s" % listed)
        old = account.devices["pc1"]
        account.devices["pc1"] = json.loads(gateway.command("device", "rotate", "pc1", "--json"))["password"]
        account.good(count, "the new password")
        account.devices["pc1"], new = old, account.devices["pc1"]
        expect(account.ask()[0].startswith("-ERR [AUTH]"), "the old password to be void")
        expect({r["event"]["action"] for r in gateway.records()} >= {"device-add", "device-rotate"}, "both on record")
        os.remove(path)
        account.devices["pc1"] = new
        account.bad("no file")
        account.log("no password or token", "account=" + USER, "file=" + path, "cannot be read")
        database = b"".join(open(os.path.join(gateway.state, name), "rb").read() for name in os.listdir(gateway.state)
                            if name.startswith("leavecopy.sqlite"))
        for secret in (old, new, PASSWORD):
            expect(secret.encode() not in database and secret not in gateway.text(), "no secret on disk or in the log")
    command = Command(os.path.join(here.folder, "password-command"))
    command.says("print", PASSWORD)
    account = Account(here, "command", "password-command: [%s, --account, info]" % command.path)
    with account.gateway:
        for _ in range(3):
            account.good(count, "a password from a command")
        expect([run.split(" ", 1)[1] for run in command.runs()] == ["['--account', 'info']"], "one run with arguments")


def crowd(here, count, server):
    """100 devices at once, and a slow command: it runs once. Then its token ends."""
    command = Command(os.path.join(here.folder, "slow-command"))
    account = Account(here, "slow", "token-command: [%s]" % command.path, devices=DEVICES)
    with account.gateway as gateway:
        server.good.add("one")
        command.says("slow", "one")
        with concurrent.futures.ThreadPoolExecutor(DEVICES) as pool:
            replies = list(pool.map(account.ask, account.devices))
        bad = [reply for reply in replies if reply[1] != count]
        expect(not bad, "%d devices to see %d messages, not %s" % (DEVICES, count, bad[:3]))
        expect(len(command.runs()) == 1, "1 run for %d devices, not %d" % (DEVICES, len(command.runs())))

        # The same login gets a fresh one.
        server.good.remove("one")
        server.good.add("two")
        command.says("print", "two")
        account.good(count, "a token that has ended")
        expect(len(command.runs()) == 2, "one run more")

        # The command goes on printing the one that has ended: [SYS/TEMP], then recovery.
        time.sleep(PAUSE)  # else it were the second within the pause
        server.good.remove("two")
        account.bad("an ended token again")
        account.log("gave again what the mail server refused", "command=" + command.path)
        storm(account, command, 3)
        server.good.add("three")
        command.says("print", '{"access_token": "three", "token_type": "Bearer", "expires_in": 3600}')
        recover(account, count, "a fresh token")
        nobody_refused(gateway)


def trouble(here, count, server, how, what, reason):
    """A good token, then trouble of one kind, then a good one."""
    command = Command(os.path.join(here.folder, how + "-token-command"))
    account = Account(here, "token-" + how, "token-command: [%s, s3cret-Argument]" % command.path)
    old, new = "before-" + how, "after-" + how
    with account.gateway as gateway:
        server.good.add(old)
        command.says("print", old)
        account.good(count, "a token before " + how)
        server.good.remove(old)
        command.says(how, what)
        begun = time.monotonic()
        account.bad(how)
        took = time.monotonic() - begun
        expect((took < SECONDS) == (how != "hang"), "%s to take its time, not %.1f s" % (how, took))
        storm(account, command, 2)
        found = account.log("no password or token for an account", "command=" + command.path)
        expect(len(found) == 1 and 'reason="%s"' % reason in found[0], "one line that says '%s', not %s" % (reason, found))
        if how == "hang":
            left = subprocess.run(["pgrep", "-f", command.path], capture_output=True, text=True).stdout
            expect(not left, "no process left of " + command.path)
        server.good.add(new)
        command.says("print", new)
        recover(account, count, "after " + how)
        for secret in ("canary-on-standard-error", "s3cret-Argument", what, old, new):
            expect(secret not in gateway.text(), "no output of a command in the log: " + secret)
        nobody_refused(gateway)


def nobody_refused(gateway):
    expect("[AUTH]" not in " ".join(r["leavecopy"]["answered"] for r in gateway.records()), "nobody heard [AUTH]")


def storm(account, command, runs):
    """20 logins at once within the pause: nothing runs."""
    devices = list(account.devices)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(account.ask, (devices[n % len(devices)] for n in range(20))))
    expect(all(reply.startswith("-ERR [SYS/TEMP]") for reply, _ in replies), "[SYS/TEMP] for all, not %s" % replies)
    expect(len(command.runs()) == runs, "%d runs in a storm, not %d" % (runs, len(command.runs())))


def recover(account, count, text):
    end = time.monotonic() + 2 * PAUSE
    while account.ask()[1] is None:
        expect(time.monotonic() < end, "%s: a login within %d s\n%s" % (text, 2 * PAUSE, account.gateway.text()))
        time.sleep(1)
    account.good(count, text)


def main():
    need("curl", "pgrep")
    server = Tokens()
    count = 7
    with world(count=count, configure=server.configure) as here:
        # Most of it is waiting: side by side.
        with concurrent.futures.ThreadPoolExecutor(5) as pool:
            parts = [pool.submit(trouble, here, count, server, *kind) for kind in (
                ("hang", "forever-Canary", "took too long and was killed"),
                ("fail", "failing-Canary", "exit status 3"),
                ("print", "no token, a Canary", "gave something that is no password or token"))]
            parts += [pool.submit(crowd, here, count, server), pool.submit(plain, here, count)]
            for part in parts:
                part.result()


if __name__ == "__main__":
    main()
