"""The record as streams write it: rotated under load, across kill -9, to a syslog server whose line breaks; checkpoints
that openssl verifies; a command that is called once."""
import base64
import concurrent.futures
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pop3
from generator import deliver
from lab import PASSWORD, USER, expect, field, free_port, need, select_pause, world

KEYS = """identify: [tag]
record:
  streams:
    - file: record.jsonl
    - server: tcp://127.0.0.1:%d
  checkpoints:
    - file: notes
    - command: [/bin/sh, -c, 'cat >> %s.notes']
alerts:
  on-alert: [/bin/sh, -c, 'cat >> %s.alerts; echo "$LEAVECOPY_ALERT|$LEAVECOPY_DEVICE" >> %s.names']
  deletions: 10
  disk-free: 1M
"""


class SyslogServer:
    """Takes messages with their length in front (RFC 6587), and breaks the line now and then."""

    def __init__(self, port):
        self.numbers, self.breaks, self.bad = [], 0, []
        self.lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.read, args=(connection,), daemon=True).start()

    def read(self, connection):
        octets, taken = b"", 0
        with connection:
            while piece := connection.recv(1 << 16):
                octets += piece
                while match := re.match(rb"(\d+) ", octets):
                    end = match.end() + int(match[1])
                    if len(octets) < end:
                        break
                    self.take(octets[match.end():end])
                    octets, taken = octets[end:], taken + 1
                if taken >= 100 and self.breaks < 3:
                    self.breaks += 1
                    return

    def take(self, message):
        head = re.match(rb'<2[0-2]>1 (\S+) (\S+) leavecopy \d+ (\S+) \[meta sequenceId="(\d+)"\] ', message)
        with self.lock:
            if not head:
                self.bad.append(message)
                return
            record = json.loads(message[head.end():])
            number = field(record, "event.sequence")
            if int(head[4]) != number or head[3].decode() != field(record, "event.action"):
                self.bad.append(message)
            self.numbers.append(number)


def poll(gateway, device):
    """Retrieves what is there and deletes some, in three polls fewer than an alert is about; whether the server let it."""
    try:
        session = pop3.Session(gateway.tls, gateway.ca, timeout=30)
        session.login(USER + "#" + device, PASSWORD)
        for number in range(1, session.count() + 1):
            session.retr(number)
            if number % 16 == 0:
                session.ok("DELE %d" % number)
        return session.quit().startswith("+OK")
    except (EOFError, OSError, SystemExit):
        return False


def rotate(folder, generation):
    path = os.path.join(folder, "record.jsonl")
    if os.path.exists(path):
        os.rename(path, "%s.%d" % (path, generation))


def eventually(text, is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        expect(time.monotonic() < end, text)
        select_pause()


def lines(folder):
    """Of all files, the oldest first; each must be JSON to jq."""
    names = sorted((name for name in os.listdir(folder) if name.startswith("record.jsonl")),
                   key=lambda name: int(name.rpartition(".")[2]) if name[-1].isdigit() else 1 << 30)
    found = []
    for name in names:
        path = os.path.join(folder, name)
        checked = subprocess.run(["jq", "-e", "-c", ".event.sequence"], stdin=open(path), capture_output=True, text=True)
        expect(checked.returncode in (0, 4), "jq to read every line of %s: %s" % (name, checked.stderr))
        with open(path) as f:
            text = f.read()
        expect(not text or text.endswith("\n"), "whole lines in " + name)
        expect(len(checked.stdout.split()) == text.count("\n"), "one record a line in " + name)
        found += text.splitlines()
    return found


def rotated_under_load(here, syslog):
    gateway = here.gateway
    stopping, serving = threading.Event(), threading.Lock()

    def turn():
        generation = 0
        while not stopping.wait(0.05):
            generation += 1
            rotate(gateway.folder, generation)
            if generation % 5 == 0:
                with serving:  # a SIGHUP is for a server that has started
                    gateway.process.send_signal(signal.SIGHUP)

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        turning = pool.submit(turn)
        try:
            for _ in range(2):
                polls = [pool.submit(poll, gateway, "pc%d" % n) for n in range(8)]
                before = len(syslog.numbers)
                eventually("records before the kill", lambda: len(syslog.numbers) > before + 50)
                with serving:
                    gateway.stop(signal.SIGKILL)
                    gateway.start()
                for one in polls:
                    one.result()
            polls = [pool.submit(poll, gateway, "pc%d" % n) for n in range(8)]
            expect(all(one.result() for one in polls), "every poll to be served")
        finally:
            stopping.set()
        turning.result()
    expect(gateway.stop() == 0, "exit status 0")
    gateway.start()
    eventually("every record at the syslog server", lambda: set(syslog.numbers) >= set(range(1, size(gateway) + 1)))
    expect(gateway.stop() == 0, "exit status 0")


def size(gateway):
    return max(field(record, "event.sequence") for record in gateway.records("--limit", "1"))


def compare(here, syslog):
    gateway = here.gateway
    records = gateway.records()
    written = [json.loads(line) for line in lines(gateway.folder)]
    numbers = [field(record, "event.sequence") for record in written]
    wanted = list(range(1, len(records) + 1))
    expect(sorted(set(numbers)) == wanted, "every record in the files: %d of %d" % (len(set(numbers)), len(wanted)))
    twice = len(numbers) - len(wanted)
    print("%d records, %d of them twice in the files, %d twice at the syslog server, which broke the line %d times" % (
        len(wanted), twice, len(syslog.numbers) - len(wanted), syslog.breaks))
    expect(field(records[-1], "event.action") == "server-stop", "the stop to be the last record")
    by_number = {field(record, "event.sequence"): record for record in written}
    for record in records:
        record.pop("email", None)  # what may be erased is not streamed
        expect(by_number[field(record, "event.sequence")] == record, "each line to be the record")
    expect(not syslog.bad, "messages of RFC 5424, not %r" % syslog.bad[:1])
    expect(syslog.breaks == 3, "a line that breaks")
    missing = set(wanted) - set(syslog.numbers)
    expect(not missing, "every record at the syslog server, but %d are missing" % len(missing))


def checkpoints(here, mark):
    """One note for each start and stop at least, in the file as the command got them; openssl verifies one."""
    with open(os.path.join(here.gateway.folder, "notes")) as f:
        text = f.read()
    with open(mark + ".notes") as f:
        expect(f.read().count("\n\u2014 ") >= 3, "notes at the command")
    notes = re.findall(r"(\S+\n(\d+)\n\S+\n)\n\u2014 \S+ (\S+)\n", text)
    sizes = [int(size) for _, size, _ in notes]
    expect(len(notes) >= 3 and sizes == sorted(set(sizes)), "a file that grows by notes, not " + text)
    with open(os.path.join(here.gateway.state, "checkpoint.pub")) as f:
        key = base64.b64decode(f.read())
    signed, _, signature = notes[-1]
    with tempfile.TemporaryDirectory() as folder:
        def put(name, octets):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(octets)
            return os.path.join(folder, name)

        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin",
                  "-inkey", put("key", bytes.fromhex("302a300506032b6570032100") + key),
                  "-sigfile", put("signature", base64.b64decode(signature)[4:])]
        good = subprocess.run(verify + ["-in", put("note", signed.encode())], capture_output=True, text=True)
        expect("Verified Successfully" in good.stdout, "openssl to verify a note: " + good.stdout + good.stderr)
        other = signed.replace("\n%s\n" % sizes[-1], "\n%d\n" % (sizes[-1] + 1))
        expect(other != signed, "another size in the note that was changed")
        bad = subprocess.run(verify + ["-in", put("note", other.encode())], capture_output=True)
        expect(bad.returncode != 0, "openssl to refuse a note that was changed")


def alerts(here, mark):
    """A mass deletion calls once a day and device; the record, the log and the command say the same."""
    gateway = here.gateway
    gateway.start()

    def delete(device):
        session = pop3.Session(gateway.tls, gateway.ca)
        session.login(USER + "#" + device, PASSWORD)
        for number in range(1, 13):
            session.ok("DELE %d" % number)
        session.quit()

    before = len(gateway.records("--action", "alert"))
    delete("hasty")
    eventually("the command to be called", lambda: os.path.exists(mark + ".names"))
    for number in range(100, 120):
        deliver(here.server.maildir(USER), number, b"Subject: more\n\nmore\n")
    here.server.give_to_owner()
    delete("hasty")
    delete("other")
    eventually("two calls", lambda: len(open(mark + ".names").read().split("\n")) > 2)
    gateway.stop()
    with open(mark + ".names") as f:
        expect(sorted(f.read().split("\n")) == ["", "mass deletion|hasty", "mass deletion|other"], "one call a device")
    with open(mark + ".alerts") as f:
        given = [json.loads(line) for line in f]
    found = gateway.records("--action", "alert")[before:]
    expect([field(r, "leavecopy.device.name") for r in found] == ["hasty", "other"], "two alerts on record")
    expect([field(r, "event.sequence") for r in given] == [field(r, "event.sequence") for r in found], "the same alerts")
    expect(gateway.text().count("warning alert alert=\"mass deletion\"") == 2, "two warnings in the log")


def full_disk():
    """A file whose disk is full keeps whole lines, and has the others once there is room: each once, in order."""
    if os.geteuid() != 0:
        print("not root: no disk of our own to fill")
        return
    with world(count=30, untouched=False, gateway=False) as here:
        gateway = here.fresh_gateway("full", keys="identify: [tag]\nrecord:\n  streams:\n    - file: small/record.jsonl")
        small = os.path.join(gateway.folder, "small")
        path = os.path.join(small, "record.jsonl")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", small], check=True)
        try:
            with gateway:
                poll(gateway, "pc")
                eventually("a word about the full disk", lambda: "held up reason=\"write: No space left" in gateway.text())
                with open(path) as f:
                    torn = f.read()
                expect(torn.endswith("\n") and [json.loads(line) for line in torn.splitlines()], "whole lines")
                subprocess.run(["mount", "-o", "remount,size=4m", small], check=True)
                eventually("the stream to go on", lambda: "a stream of the record goes on" in gateway.text())
                gateway.stop()
                with open(path) as f:
                    numbers = [field(json.loads(line), "event.sequence") for line in f]
                expect(numbers == list(range(1, size(gateway) + 1)), "every record once and in order")
        finally:
            subprocess.run(["umount", small], check=True)


def main():
    need("jq", "openssl")
    mark = tempfile.mktemp(prefix="leavecopy-streams.")
    port = free_port()
    syslog = SyslogServer(port)
    try:
        with world(count=40, untouched=False, keys=KEYS % (port, mark, mark, mark)) as here:
            rotated_under_load(here, syslog)
            compare(here, syslog)
            checkpoints(here, mark)
            alerts(here, mark)
    finally:
        for kind in ("notes", "alerts", "names"):
            if os.path.exists("%s.%s" % (mark, kind)):
                os.remove("%s.%s" % (mark, kind))


if __name__ == "__main__":
    main()
    full_disk()
