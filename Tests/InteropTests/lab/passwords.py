"""500 wrong passwords for an account that is in use: few reach the mail server, and the right one logs in at once."""
import concurrent.futures
import time

import pop3
from lab import PASSWORD, USER, expect, world

ALLOWED = 10


def attempt(gateway, password):
    try:
        session = pop3.Session(gateway.tls, gateway.ca, timeout=120)
        session.ask("USER " + USER + "#pc")
        reply = session.ask("PASS " + password)
        session.close()
        return reply
    except (EOFError, OSError):
        return ""


def main():
    with world(count=3, keys="identify: [tag]\nlimits:\n  per-address: 1000") as here:
        gateway = here.gateway
        expect(attempt(gateway, PASSWORD).startswith("+OK"), "a good login")
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            replies = list(pool.map(lambda n: attempt(gateway, "wrong-%d" % n), range(500)))
        expect(not any(reply.startswith("+OK") for reply in replies), "no wrong password to be taken")
        begun = time.monotonic()
        expect(attempt(gateway, PASSWORD).startswith("+OK"), "the right password at once")
        expect(time.monotonic() - begun < 5, "the right password within 5 s")
        with open(here.server.log, errors="replace") as f:
            reached = sum(1 for line in f if "Password mismatch" in line or "password mismatch" in line)
        print("%d reached the mail server" % reached)
        expect(reached <= ALLOWED, "at most %d wrong passwords at the mail server, not %d" % (ALLOWED, reached))


if __name__ == "__main__":
    main()
