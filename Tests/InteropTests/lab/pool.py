"""Twenty PCs on one mailbox, each with its own speed: one login upstream, few connections, one download of each message, and
every PC gets every octet. An IMAP user deletes a message in the middle: who asks for it then hears that it is gone."""
import concurrent.futures
import glob
import hashlib
import imaplib
import ssl
import time

import pop3
from lab import PASSWORD, USER, expect, upstream, world

PCS, COUNT = 20, 60


def connections(server):
    """How many logins of ours Dovecot has served: the rawlog has a file for each."""
    return len(glob.glob(server.rawlog + "/*.in"))


def drain(gateway, number):
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login("%s#pc%d" % (USER, number), PASSWORD)
    got = []
    for message in range(1, session.count() + 1):
        got.append(session.retr(message))
        if number < 3:
            time.sleep(0.02)  # a slow one keeps nobody waiting
    session.quit()
    return [hashlib.sha256(octets).hexdigest() for octets in got]


def everybody(here):
    before = connections(here.server)
    with concurrent.futures.ThreadPoolExecutor(PCS) as pool:
        for _ in range(3):
            drained = list(pool.map(lambda number: drain(here.gateway, number), range(PCS)))
            expect(all(one == drained[0] for one in drained), "the same octets for each PC")
            expect(len(set(drained[0])) == COUNT, "%d different messages, not %d" % (COUNT, len(set(drained[0]))))
    made = connections(here.server) - before
    expect(1 <= made <= 3, "at most 3 connections for %d polls, not %d" % (3 * PCS, made))
    fetched = [line for line in upstream.sent(here.server.rawlog) if b"BODY.PEEK[])" in line]
    print("%d polls, %d connections, %d commands for %d messages" % (3 * PCS, made, len(fetched), COUNT))
    expect(len(fetched) <= COUNT, "one download of each message, not %d commands" % len(fetched))


def gone(here):
    gateway, server = here.gateway, here.server
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#late", PASSWORD)
    session.retr(1)
    session.retr(2)
    user = imaplib.IMAP4_SSL("127.0.0.1", server.imaps, ssl_context=ssl.create_default_context(cafile=server.ca))
    user.login(USER, PASSWORD)
    user.select("INBOX")
    user.store("5", "+FLAGS", r"(\Deleted)")
    user.expunge()
    user.logout()
    time.sleep(1.1)  # as long as what is kept is served without asking
    session.retr(4)
    answer = session.ask("RETR 5")
    expect(answer == "-ERR [SYS/PERM] message no longer on server", "message 5 to be gone, not " + answer)
    session.retr(6)
    session.quit()
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#later", PASSWORD)
    expect(session.count() == COUNT - 1, "one message less for the next login")
    session.quit()


def main():
    with world(count=COUNT, untouched=False) as here:
        everybody(here)
        gone(here)


if __name__ == "__main__":
    main()
