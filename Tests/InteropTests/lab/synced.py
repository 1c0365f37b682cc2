"""strace: between a QUIT that hides and its +OK the database has been synced to disk."""
import os
import re
import signal

import pop3
from lab import PASSWORD, USER, expect, free_port, need, world


def child_of(process):
    with open("/proc/%d/task/%d/children" % (process.pid, process.pid)) as f:
        return int(f.read().split()[0])


def main():
    need("strace")
    port = free_port()
    listener = ("- {name: scanner, address: 127.0.0.1, port: %d, tls: starttls, "
                "plaintext: {allowed-from: [127.0.0.1/32]}}" % port)
    with world(count=3, listeners=listener) as here:
        gateway = here.gateway
        gateway.stop()
        trace = os.path.join(here.folder, "trace")
        # Without TLS, so that the reply can be read in the trace.
        gateway.start(wrap=("strace", "-f", "-y", "-s", "200", "-e", "trace=fdatasync,fsync,write,writev,sendto,sendmsg,"
                            "read,recvfrom,readv", "-o", trace))
        session = pop3.Session(port, tls=None)
        session.login(USER + "#scanner", PASSWORD)
        session.ok("DELE 1")
        expect(session.quit().startswith("+OK"), "+OK to QUIT")
        os.kill(child_of(gateway.process), signal.SIGTERM)
        gateway.process.wait(60)
        with open(trace, errors="replace") as f:
            lines = f.read().splitlines()
        asked = max(n for n, line in enumerate(lines) if "QUIT\\r\\n" in line)
        replied = min(n for n, line in enumerate(lines) if n > asked and re.search(r"(write|send|writev).*\+OK", line))
        between = lines[asked:replied]
        expect(any(re.search(r"f(data)?sync\(\d+<[^>]*(db|sqlite|wal)", line) for line in between),
               "an fdatasync of the database between QUIT and its +OK, not:\n" + "\n".join(between[:40]))
        gateway.start()


if __name__ == "__main__":
    main()
