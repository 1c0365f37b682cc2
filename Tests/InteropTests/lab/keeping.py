"""What is kept: a disk that is full lets nobody in and nothing be hidden, and goes on by itself; old records are dropped as
a sealed segment; details are hashed, or erased from every file; a backup made while devices delete is the same state again.
"""
import contextlib
import os
import re
import shutil
import subprocess
import threading
import time

import pop3
from lab import PASSWORD, USER, expect, field, need, world


def login(gateway, tag="pc"):
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#" + tag, PASSWORD)
    return session


def refusal(gateway):
    """What PASS is answered."""
    session = pop3.Session(gateway.tls, gateway.ca)
    session.ok("USER " + USER + "#pc")
    reply = session.ask("PASS " + PASSWORD)
    session.close()
    return reply


def unique_ids(gateway, tag="pc"):
    session = login(gateway, tag)
    session.ok("UIDL")
    lines = session.body().split()
    session.quit()
    return lines[1::2]


@contextlib.contextmanager
def small_disk(path, megabytes):
    os.makedirs(path, mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=0700" % megabytes, "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as f, contextlib.suppress(OSError):
        while True:
            f.write(b"\0" * 4096)


def wait_for(truth, text, seconds=60):
    end = time.monotonic() + seconds
    while not truth():
        expect(time.monotonic() < end, text)
        time.sleep(0.2)


def full_disk(here):
    gateway = here.fresh_gateway("small")
    with small_disk(gateway.state, 120), gateway:
        wait_for(lambda: os.path.exists(os.path.join(gateway.state, "reserve")), "a reserve in the state folder")
        session = login(gateway)
        before = session.count()
        session.retr(1)
        ballast = os.path.join(gateway.state, "ballast")
        fill(ballast)
        # What is left in pages that were used before is used up by refused logins at last.
        wait_for(lambda: "nobody is let in" in gateway.text() or not refusal(gateway), "a disk that is full")
        reply = refusal(gateway)
        expect(reply.startswith("-ERR [SYS/TEMP]"), "[SYS/TEMP] at PASS, not " + reply)
        expect(session.ask("DELE 1").startswith("+OK"), "+OK at DELE")
        reply = session.ask("RETR 2")
        expect(reply.startswith("-ERR [SYS/TEMP]"), "[SYS/TEMP] at RETR, not " + reply)
        reply = session.quit()
        expect(reply.startswith("-ERR [SYS/TEMP]"), "[SYS/TEMP] at QUIT, not " + reply)
        told = gateway.text().count("nobody is let in until there is room")
        expect(told == 1, "one line in the log, not %d" % told)
        gateway.command("audit", "list")
        gateway.command("device", "restore", "pc", "--all")
        expect(not os.path.exists(os.path.join(gateway.state, "reserve")), "the command to have used the reserve")
        expect(refusal(gateway).startswith("-ERR [SYS/TEMP]"), "the reserve to be for commands alone")
        os.remove(ballast)
        session = login(gateway)
        expect(session.count() == before, "nothing hidden that is not on record")
        session.ok("DELE 1")
        expect(session.quit().startswith("+OK"), "+OK to QUIT when there is room")
        session = login(gateway)
        expect(session.count() == before - 1, "one message hidden")
        session.quit()
        wait_for(lambda: os.path.exists(os.path.join(gateway.state, "reserve")), "the reserve again")
        expect(gateway.text().count("the record can be written again") == 1, "the log to say that it works again")
        gateway.command("audit", "verify")


def retention(here):
    gateway = here.fresh_gateway("retention", keys="identify: [tag]\nrecord: {keep-size: 1M}")
    with gateway:
        for _ in range(3):
            session = login(gateway)
            session.send(b"".join(b"DELE %d\r\n" % n for n in range(1, 1001)) + b"RSET\r\n")
            expect(all(session.line().startswith("+OK") for _ in range(1001)), "+OK to each")
            session.quit()
        gateway.stop()
        gateway.start()
        wait_for(lambda: "dropped old records" in gateway.text(), "old records to be dropped")
        dropped = gateway.records("--action", "records-dropped")
        expect(dropped, "a record of it")
        said = field(dropped[0], "leavecopy.done")
        expect(re.match(r"dropped records 1 to \d+, from .*; the root over all up to \d+ is [0-9a-f]{64}$", said), said)
        expect(field(dropped[0], "leavecopy.reason") == "size", "the size to be the reason")
        expect(len(gateway.records("--action", "dele")) < 3000, "fewer records")
        gateway.command("audit", "verify")


def details(here):
    gateway = here.fresh_gateway("details")
    with gateway:
        session = login(gateway)
        header = session.retr(1).split(b"\r\n\r\n")[0].decode()
        session.quit()
        # The sample's subject is too plain a text to look for.
        identity = re.search(r"^Message-ID: *(<.*>)", header, re.M | re.I).group(1)
        sender = re.search(r"^From: .*?([^ <>]+@[^ <>\r]+)", header, re.M | re.I).group(1)
        files = [os.path.join(gateway.state, name) for name in os.listdir(gateway.state)]
        holds = lambda text: [f for f in files if os.path.exists(f) and text.encode() in open(f, "rb").read()]
        expect(holds(identity), "the Message-ID '%s' to be kept" % identity)
        said = gateway.command("audit", "erase", "--from", sender, status=1)
        expect("--yes" in said, "to be asked first, not " + said)
        gateway.command("audit", "erase", "--from", sender, "--yes")
        expect(not holds(identity), "nothing of '%s' in %s" % (identity, holds(identity)))
        erased = gateway.records("--action", "details-erased")
        expect(len(erased) == 1 and sender not in str(erased), "one record, without the address")
        gateway.command("audit", "verify")
    gateway = here.fresh_gateway("hashed", keys="identify: [tag]\nmessage-details: hashed")
    with gateway:
        session = login(gateway)
        session.retr(1)
        session.quit()
        files = [os.path.join(gateway.state, name) for name in os.listdir(gateway.state)]
        for text in (identity, sender):
            readable = [f for f in files if text.encode() in open(f, "rb").read()]
            expect(not readable, "no readable '%s' in %s" % (text, readable))
        expect(gateway.records("--action", "details"), "hashes on record")
        gateway.command("audit", "verify")


def backup(here):
    gateway = here.gateway
    session = login(gateway)
    for number in range(1, 31):
        session.ok("DELE %d" % number)
    expect(session.quit().startswith("+OK"), "+OK to QUIT")
    gateway.command("device", "restore", "pc", "--message", "5")
    folder = os.path.join(here.folder, "backup")
    session = login(gateway)
    count = session.count()
    burst = b"".join(b"DELE %d\r\n" % n for n in range(1, count + 1))
    sender = threading.Thread(target=session.send, args=(burst,))
    sender.start()
    said = gateway.command("state", "backup", folder)
    expect(sum(session.line().startswith("+OK") for _ in range(count)) == count, "+OK to each DELE")
    sender.join()
    session.close()
    expect(oct(os.stat(folder).st_mode & 0o777) == "0o700", "a closed folder")
    expect("leavecopy" in said and not os.path.exists(os.path.join(folder, "reserve")), "a checkpoint: " + said)
    here_now, other = unique_ids(gateway), unique_ids(gateway, "other")
    said = gateway.command("state", "restore", folder, "--into", gateway.state, status=None)
    expect("in use by process" in said, "to be refused while the server runs, not " + said)
    copy = here.fresh_gateway("restored")
    said = copy.command("state", "restore", folder, "--into", copy.state)
    expect("The record is whole" in said and said.count("equal") >= 6, "a proof of the restored state, not " + said)
    with copy:
        expect(unique_ids(copy) == here_now, "the same unique-ids and the same hidden messages")
        expect(unique_ids(copy, "other") == other, "the same for another device")
        actions = [field(record, "event.action") for record in copy.records()]
        expect("state-backup" in actions and "state-restore" in actions, "backup and restore on record")
        copy.command("audit", "verify")
    expect("--replace" in copy.command("state", "restore", folder, "--into", copy.state, status=1), "a warning")
    copy.command("state", "restore", folder, "--into", copy.state, "--replace")
    expect([name for name in os.listdir(copy.state) if name.startswith("replaced-")], "the old state kept aside")
    with open(os.path.join(folder, "leavecopy.sqlite"), "r+b") as f:
        f.seek(20_000)
        f.write(b"x")
    said = copy.command("state", "restore", folder, "--into", os.path.join(here.folder, "never"), status=1)
    expect("leavecopy.sqlite" in said, "the file that was changed to be named, not " + said)
    shutil.rmtree(folder)


def main():
    need("mount", "umount")
    with world(count=1000) as here:
        backup(here)
        details(here)
        retention(here)
        full_disk(here)


if __name__ == "__main__":
    main()
