"""kill -9 between polls and in a session loses nothing that was answered; SIGTERM lets the reply under way finish."""
import os
import signal
import subprocess
import time

import pop3
from generator import deliver
from lab import PASSWORD, USER, expect, field, need, world


def login(gateway, **more):
    session = pop3.Session(gateway.tls, gateway.ca, **more)
    session.login(USER + "#pc", PASSWORD)
    return session


def main():
    with world(count=6) as here:
        gateway = here.gateway
        session = login(gateway)
        session.retr(1)
        session.ok("DELE 1")
        expect(session.quit().startswith("+OK"), "+OK to QUIT")
        gateway.stop(signal.SIGKILL)
        gateway.start()
        session = login(gateway)
        expect(session.count() == 5, "message 1 to stay hidden after kill -9, not %d listed" % session.count())
        session.ok("DELE 1")
        gateway.stop(signal.SIGKILL)
        gateway.start()
        session = login(gateway)
        expect(session.count() == 5, "a DELE without QUIT to hide nothing")
        session.quit()
        deletes = [r for r in gateway.records("--action", "dele") if field(r, "event.action") == "dele"]
        expect(len(deletes) == 2, "both DELEs on record, not %d" % len(deletes))
        gateway.command("audit", "verify")


def finish():
    """A RETR under way when SIGTERM comes is served whole."""
    with world(count=0, untouched=False) as here:
        gateway = here.gateway
        octets = b"Subject: long\n\n" + b"y" * 76 + b"\n"
        octets += (b"z" * 76 + b"\n") * 200_000
        deliver(here.server.maildir(USER), 1, octets)
        here.server.give_to_owner()
        session = login(gateway, receive_buffer=1 << 16)
        session.ok("RETR 1")
        gateway.process.send_signal(signal.SIGTERM)
        body = session.body()
        expect(body.count(b"\n") == octets.count(b"\n"), "the whole message after SIGTERM")
        expect(gateway.process.wait(20) == 0, "exit status 0")
        gateway.start()


def behind_quit():
    """What is fetched when a session has ended keeps nobody waiting, also when the mail server says nothing any more."""
    with world(count=60) as here:
        gateway, server = here.gateway, here.server.process.pid
        session = login(gateway)
        session.count()
        serving = subprocess.run(["pgrep", "-P", str(server), "-x", "imap|imap-login"], capture_output=True, text=True)
        processes = [int(pid) for pid in serving.stdout.split()]
        expect(processes, "processes of Dovecot that serve this session")
        try:
            for pid in processes:
                os.kill(pid, signal.SIGSTOP)
            expect(session.quit().startswith("+OK"), "+OK to QUIT")
            begun = time.monotonic()
            expect(gateway.stop() == 0, "exit status 0")
            expect(time.monotonic() - begun < 5, "an end within 5 s, not %.1f" % (time.monotonic() - begun))
        finally:
            for pid in processes:
                os.kill(pid, signal.SIGCONT)
        gateway.start()


if __name__ == "__main__":
    need("pgrep")
    main()
    finish()
    behind_quit()
