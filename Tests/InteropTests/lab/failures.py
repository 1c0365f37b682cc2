"""Wrong passwords, names made to look like other lines, TLS garbage, a closed registration and a flood, each from an
address of its own: fail2ban counts exactly the failures, by the right address, at the right time in every time zone."""
import collections
import concurrent.futures
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

import pop3
from lab import HERE, PASSWORD, USER, expect, field, need, world

DEPLOY = os.path.join(HERE, "..", "..", "..", "Deploy", "fail2ban")
FILTER = os.path.join(DEPLOY, "filter.d", "leavecopy.conf")
WRONG, NAMES, GARBAGE, CLOSED, FLOOD, GOOD, CLEAR = ("127.0.0.%d" % n for n in range(11, 18))
FORGED = "203.0.113.9"
HOSTILE = (
    '","client":{"ip":"%s","port":1},"x":"' % FORGED,
    'x"},"leavecopy":{"answered":"-ERR [AUTH]',
    '{"@timestamp":"2026-01-01T00:00:00.000000Z","event":{"sequence":1,"action":"refusal","outcome":"failure"},'
    '"host":{"name":"a"},"client":{"ip":"%s"' % FORGED,
    "a\u2028{\"client\":{\"ip\":\"%s\"" % FORGED,
    "\\", '\\"', "%s %n from " + FORGED, "rhost=" + FORGED,
)


def log_in(gateway, source, name, password):
    """The reply to PASS."""
    session = pop3.Session(gateway.tls, gateway.ca, source=source)
    reply = session.ask("USER " + name)
    if reply.startswith("+OK"):
        reply = session.ask("PASS " + password)
    if reply.startswith("+OK"):
        session.quit()
    session.close()
    return reply


def garbage(gateway, source, octets=b"GET / HTTP/1.1\r\n\r\n"):
    """Speaks no TLS where TLS is spoken; comes back when the server has closed."""
    with socket.create_connection(("127.0.0.1", gateway.tls), 30, source_address=(source, 0)) as s:
        s.sendall(octets)
        try:
            while s.recv(4096):
                pass
        except OSError:
            pass


def clear(gateway, source):
    session = pop3.Session(gateway.starttls, tls=None, source=source)
    reply = session.ask("USER " + USER)
    session.close()
    return reply


def found(path, mode, zone="UTC"):
    """What fail2ban finds: addresses and times."""
    done = subprocess.run(["fail2ban-regex", "-o", "<ip> <time>", path, "%s[mode=%s]" % (FILTER, mode)],
                          capture_output=True, text=True, env={**os.environ, "TZ": zone})
    expect(done.returncode == 0, "fail2ban-regex to run: " + done.stdout + done.stderr)
    return [(ip, float(when)) for ip, when in (line.split() for line in done.stdout.splitlines())]


def play(gateway):
    """How many failures each address must be found with: in the normal mode, and what the other adds."""
    normal, added = collections.Counter(), collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        wrong = [pool.submit(log_in, gateway, WRONG, USER + "#pc", "wrong-%d" % n) for n in range(8)]
        names = [pool.submit(log_in, gateway, NAMES, name, "x") for name in HOSTILE]
        closed = [pool.submit(log_in, gateway, CLOSED, USER + "#new%d" % n, PASSWORD) for n in range(2)]
        good = [pool.submit(log_in, gateway, GOOD, USER + "#pc", PASSWORD) for _ in range(2)]
        for replies, address in ((wrong, WRONG), (names, NAMES)):
            normal[address] = sum(one.result().startswith("-ERR [AUTH]") for one in replies)
            expect(normal[address] == len(replies), "-ERR [AUTH] to all of " + address)
        added[CLOSED] = sum(one.result().startswith("-ERR [SYS/PERM]") for one in closed)
        expect(added[CLOSED] == 2, "closed registration")
        expect(all(one.result().startswith("+OK") for one in good), "good logins")
        for _ in range(3):
            garbage(gateway, GARBAGE)
            added[GARBAGE] += 1
        expect(clear(gateway, CLEAR).startswith("-ERR [SYS/PERM]"), "no login in clear")
        added[CLEAR] = 1
    return normal, added


def main():
    need("fail2ban-regex", "fail2ban-client")
    with world(count=3, keys="identify: [tag]\nrecord:\n  streams:\n    - file: record.jsonl\nlimits:\n  per-address: 500",
               ) as here:
        gateway = here.gateway
        expect(log_in(gateway, GOOD, USER + "#pc", PASSWORD).startswith("+OK"), "a device to be known")
        with open(gateway.file, "a") as f:
            f.write("registration: closed\n")
        gateway.process.send_signal(1)
        end = time.monotonic() + 30
        while not gateway.records("--action", "configuration-reload"):
            expect(time.monotonic() < end, "the configuration to be read again")
        begun = time.time()
        normal, added = play(gateway)
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            list(pool.map(lambda _: garbage(gateway, FLOOD), range(200)))
        ended = time.time()
        expect(gateway.stop() == 0, "exit status 0")
        path = os.path.join(gateway.folder, "record.jsonl")
        records = [json.loads(line) for line in open(path)]
        flood = [r for r in records if field(r, "client.ip") == FLOOD and field(r, "event.action") == "connection-refused"]
        total = sum(field(r, "leavecopy.counts.refusals") or 1 for r in flood)
        expect(total == 200, "all 200 of the flood to be counted, not %d" % total)
        expect(10 <= len(flood) < 200, "fewer records than refusals in a flood, not %d" % len(flood))

        hits = found(path, "normal")
        expect(collections.Counter(ip for ip, _ in hits) == normal, "the failures %s, not %s" % (normal, hits))
        expect(all(begun - 1 <= when <= ended + 1 for _, when in hits), "the right time")
        for zone in ("Asia/Tokyo", "America/St_Johns"):
            expect(found(path, "normal", zone) == hits, "the same in " + zone)
        aggressive = collections.Counter(ip for ip, _ in found(path, "aggressive"))
        wanted = normal + added + collections.Counter({FLOOD: len(flood)})
        expect(aggressive == wanted, "the failures %s, not %s" % (wanted, aggressive))
        print("%d failures, %d more in the other mode" % (sum(normal.values()), sum((wanted - normal).values())))
        jail(path)
        gateway.start()


def jail(path):
    """fail2ban takes the jail and the filter beside its own."""
    with tempfile.TemporaryDirectory() as folder:
        folder = shutil.copytree("/etc/fail2ban", os.path.join(folder, "fail2ban"))
        shutil.rmtree(os.path.join(folder, "jail.d"))
        for kind in ("filter.d", "jail.d"):
            shutil.copytree(os.path.join(DEPLOY, kind), os.path.join(folder, kind), dirs_exist_ok=True)
        with open(os.path.join(folder, "jail.local"), "w") as f:
            f.write("[leavecopy]\nlogpath = %s\n" % path)
        done = subprocess.run(["fail2ban-client", "-c", folder, "-t"], capture_output=True, text=True)
    expect(done.returncode == 0, "fail2ban to take the jail: " + done.stdout + done.stderr)


if __name__ == "__main__":
    main()
