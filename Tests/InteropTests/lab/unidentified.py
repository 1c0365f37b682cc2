"""No configuration file: serve by flags alone. A PC that deletes and that nobody knows is told so; once an operator has
named it, it sees only what is new. Nothing is deleted."""
import json
import random
import socket
import ssl
import subprocess

import pop3
from generator import deliver, message
from lab import PASSWORD, USER, binary, expect, field, need, select_pause, world

REFUSAL = ("-ERR [SYS/PERM] this PC deletes mail it has downloaded: add #pc1 to the login name, "
           "or leave a copy on the server")


def main():
    need("curl")
    with world(count=3, gateway=False) as here:
        # An address of its own in 127/8 in place of a port of its own: the ports are the product's standard ones.
        address = "127.%d.%d.%d" % tuple(random.SystemRandom().randrange(1, 255) for _ in range(3))
        gateway = here.fresh_gateway("zero")
        gateway.tls, gateway.starttls = 1995, 1110
        with open(gateway.log, "wb") as log:
            process = subprocess.Popen(
                [binary(), "serve", "--upstream", "imaps://127.0.0.1:%d" % here.server.imaps, "--upstream-ca",
                 here.server.ca, "--listen", address, "--state", gateway.state], stdout=log, stderr=log)
        try:
            while process.poll() is None:
                try:
                    socket.create_connection((address, 1995), 5).close()
                    break
                except OSError:
                    select_pause()
            expect(process.poll() is None, "a server, not its end:\n" + gateway.text())
            checks(here, gateway, address)
        finally:
            process.terminate()
            process.wait(30)
        expect(process.returncode == 0, "exit status 0 after SIGTERM")
        expect(len(here.look()) == 1 + 4, "all messages to be there")


class Device(pop3.Session):
    """The made certificate is for localhost; the address is ours."""

    def __init__(self, address, ca):
        self.buffer = b""
        self.socket = ssl.create_default_context(cafile=ca).wrap_socket(
            socket.create_connection((address, 1995), 60), server_hostname="localhost")
        self.greeting = self.line()


def checks(here, gateway, address):
    def curl(path):
        return subprocess.run(["curl", "-sS", "--cacert", gateway.ca, "--connect-to", "localhost:1995:%s:1995" % address,
                               "-u", "%s:%s" % (USER, PASSWORD), "pop3s://localhost:1995/" + path],
                              capture_output=True, check=True, timeout=60).stdout
    expect(len(curl("").splitlines()) == 3, "three messages listed by curl")
    expect(pop3.digest(curl("2")) == here.manifest[1], "message 2 whole by curl")

    def device(login):
        session = Device(address, gateway.ca)
        session.login(login, PASSWORD)
        return session
    session = device(USER)
    session.retr(2)
    session.ok("DELE 2")
    session.quit()
    session = device(USER)
    expect(session.count() == 3, "a whole list")
    expect(session.ask("RETR 2") == REFUSAL, "the fixed text for message 2")
    expect(pop3.digest(session.retr(1)) == here.manifest[0], "message 1 served")
    session.quit()

    def command(*arguments):
        done = subprocess.run([gateway.binary, *arguments, "--state", gateway.state], capture_output=True, text=True)
        expect(done.returncode == 0, "%s to succeed: %s" % (arguments, done.stdout + done.stderr))
        return done.stdout
    text = command("audit", "list", "--json").strip()
    records = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
    deletes = [r for r in records if field(r, "event.action") == "dele"]
    expect(len(deletes) == 1, "one DELE on record")
    expect("DELE 2" in repr(deletes[0]) and "+OK" in repr(deletes[0]) and "nothing" in repr(deletes[0]),
           "asked DELE 2, answered +OK, done nothing, not " + repr(deletes[0]))
    expect(not any("STORE" in repr(r) or "EXPUNGE" in repr(r) for r in records), "nothing sent upstream that writes")
    name = field(deletes[0], "session.id") or field(deletes[0], "leavecopy.session") or field(deletes[0], "session")
    command("device", "add", "pc1", "--from-session", str(name))
    deliver(here.server.maildir(USER), 4, message(4))
    here.server.give_to_owner()
    session = device(USER + "#pc1")
    listed = session.count()
    bodies = {pop3.digest(session.retr(n)) for n in range(1, listed + 1)}
    session.quit()
    expect(here.manifest[1] not in bodies and listed == 3, "pc1 to see all but what it had deleted")
    command("audit", "verify")


if __name__ == "__main__":
    main()
