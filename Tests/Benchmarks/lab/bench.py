"""What the rows are measured with."""
import os
import shutil
import statistics
import sys

import mail
from load import Failed, Target
from servers import FAR, FarRoad, ImapcPeer, NginxPeer, Upstream
from gateway import Leavecopy  # found by servers

USERS = ["u%d" % i for i in range(1, 17)] + ["small%d" % i for i in range(1, 9)] + ["far", "part", "office"]
USERS += ["many%d" % i for i in range(1, 65)] + ["whole%d" % i for i in range(1, 4)]
# All devices of the benchmark come from one address.
KEYS = "identify: [tag]\nlimits: {connections: 20000, per-address: 20000}\nlog-level: warning"


class Bench:
    """What rows need: servers that are started when first asked for, mailboxes, and rounds."""

    def __init__(self, binary, folder, quick):
        self.binary, self.folder, self.quick = binary, folder, quick
        self.servers, self.numbers, self.failures = [], {}, {}
        self.upstream = Upstream(os.path.join(folder, "upstream"), USERS)
        self.tools = os.environ["LEAVECOPY_BENCH_TOOLS"]
        # Its address is what the upstream listens on.
        road = self.started(FarRoad(os.path.join(folder, "road"), os.path.join(self.tools, "wanmirror")))
        self.lasting = [road, self.upstream]
        self.filled = set()

    def started(self, server):
        server.start()
        self.servers.append(server)
        return server

    def close(self):
        for server in reversed(self.servers):
            server.stop()

    def path(self, name):
        """A new one each time."""
        self.numbers[name] = self.numbers.get(name, 0) + 1
        return os.path.join(self.folder, "%s-%d" % (name, self.numbers[name]))

    def mailboxes(self, names, count, small=False):
        """Sees to it that these users have so many messages; those of a kind share their octets."""
        new = [name for name in names if name not in self.filled]
        for place, name in enumerate(new):
            if place == 0:
                mail.fill(self.upstream.maildir(name), count, self.upstream.manifest(name), len(self.filled) + 1, small)
            else:
                mail.share(self.upstream.maildir(new[0]), self.upstream.maildir(name))
                shutil.copyfile(self.upstream.manifest(new[0]), self.upstream.manifest(name))
            self.filled.add(name)
        self.upstream.give_to_owner()
        if self.upstream.process is None:
            self.started(self.upstream)

    def native(self, far=False):
        return Target("native POP3", self.upstream.pop3s, self.upstream.process.pid, host=FAR if far else "127.0.0.1")

    def peer(self, kind, **more):
        """A fresh one that knows nothing yet."""
        peer = self.started(kind(self.path(kind.__name__), self.upstream, **more))
        return Target(kind.name, peer.pop3s, peer.process.pid, self.upstream.process.pid, server=peer)

    def imapc(self, far=False):
        return self.peer(ImapcPeer, host=FAR if far else "127.0.0.1")

    def nginx(self):
        return self.peer(NginxPeer)

    def leavecopy(self, far=False, url=None, ca=None, keys="", upstream_keys=""):
        """A fresh one, with an empty state folder."""
        url = url or "imaps://%s:%d" % (FAR if far else "127.0.0.1", self.upstream.imaps)
        gateway = self.started(Leavecopy(self.binary, self.path("leavecopy"), url, ca or self.upstream.ca,
                                         keys=KEYS + "\n" + keys, upstream_keys=upstream_keys))
        return Target("Leavecopy", gateway.tls, gateway.process.pid,
                      self.upstream.process.pid if self.upstream.process else None, tag="#pc1", server=gateway)

    def end(self, target):
        """Stops what was started for one measurement."""
        target.server.stop()
        self.servers.remove(target.server)

    def rounds(self, count, **measurements):
        """Each in turn, so that a disturbance meets all; {name: [what it gave]}. One that fails is not tried again."""
        values = {name: [] for name in measurements}
        for number in range(1 if self.quick else count):
            first = number % len(measurements)
            for name in list(measurements)[first:] + list(measurements)[:first]:
                try:
                    if name not in self.failures:
                        values[name].append(measurements[name]())
                except Failed as failure:
                    self.failures[name] = str(failure)
                    print("   %s: %s" % (name, failure), file=sys.stderr)
        return values


def median(values, key="value"):
    """None when there are none."""
    values = [value[key] for value in values]
    return statistics.median(values) if values else None
