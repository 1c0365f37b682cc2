"""Many devices of one account."""
import subprocess
import threading

from bench import median
from load import popload, popload_command
from table import line

IMAPS_ESTABLISHED = "01"


def devices(bench):
    """A hundred that poll each minute: what reaches the mail server of it."""
    bench.mailboxes(["office"], 100)
    ours = bench.leavecopy()
    minutes = 6

    def one():
        with open(bench.upstream.log) as log:
            before = len(log.read())
        with Connections(bench.upstream.imaps) as connections:
            ours.tag = "#pc%d"
            result = popload(ours, "poll", "office", "--users", "1-100", "-c", 100, "--rate", 100 / 60,
                             "-n", 100 * minutes, "--expect", 100)
        with open(bench.upstream.log) as log:
            logins = log.read()[before:].count("imap-login: Info: Login:")
        return {"value": logins, "connections": connections.most, "sessions": result["sessions"], "ms": result["ms"]}

    values = bench.rounds(1, ours=one)["ours"]
    # The first login, and one more when it is too old to be believed.
    limit = 1 + minutes // 5
    work = "100 devices of one account, a poll a minute, %d minutes: " % minutes
    return [
        line("devices", work + "upstream connections at once", {}, median(values, "connections"), "", limit=3, goal="3",
             detail=values),
        line("devices", work + "upstream logins", {}, median(values), "", limit=limit, goal="1 in 5 minutes"),
    ]


class Connections:
    """The most connections to a local port that were open at once, looked at ten times a second."""

    def __init__(self, port):
        self.end, self.most, self.ended = ":%04X" % port, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ended.wait(0.1):
            with open("/proc/net/tcp") as f:
                rows = [row.split() for row in f][1:]
            self.most = max(self.most, sum(row[2].endswith(self.end) and row[3] == IMAPS_ESTABLISHED for row in rows))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def slow_readers(bench):
    """Ten PCs retrieve a mailbox from which three others read 2 kB a second."""
    bench.mailboxes(["office"], 100)
    manifest = bench.upstream.manifest("office")

    def ten(target, tag, slow):
        """Seconds until the ten are done."""
        load = None
        if slow:
            target.tag = tag and "#slow%d"
            load = subprocess.Popen(popload_command(
                target, "drain", "office", "--users", "1-3", "-c", 3, "-n", 3, "--read-rate", 2_000, "--patience", 600,
                "--manifest", manifest), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            threading.Event().wait(3)
        try:
            target.tag = tag
            return {"value": popload(target, "drain", "office", "--users", "1-10", "-c", 10, "-n", 10,
                                     "--manifest", manifest)["seconds"]}
        finally:
            if load:
                load.kill()
                load.wait()

    def fresh(make, tag, slow):
        target = make()
        try:
            return ten(target, tag, slow)
        finally:
            bench.end(target)

    values = bench.rounds(
        5, alone=lambda: fresh(bench.leavecopy, "#pc%d", False), ours=lambda: fresh(bench.leavecopy, "#pc%d", True),
        imapc_alone=lambda: fresh(bench.imapc, "", False), imapc=lambda: fresh(bench.imapc, "", True))
    alone = median(values["alone"])
    return [line("slow-readers", "three readers at 2 kB/s and ten PCs on one account: time of the ten",
                 {"imapc without": median(values["imapc_alone"]), "with": median(values["imapc"]),
                  "Leavecopy without": alone},
                 median(values["ours"]), "s", against=alone, limit=1.2, goal="as without the three, ± 20 %",
                 detail=values)]
