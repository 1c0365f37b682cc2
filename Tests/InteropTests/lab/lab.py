"""What every scenario begins with: a Dovecot, a mailbox, Leavecopy in front, and the proof at the end that the
mailbox is what it was. A scenario is a script of its own; it prints why and exits 1 when something is not as it must be.
"""
import contextlib
import os
import shutil
import signal
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "Deploy", "sample"))

# Some test runners start us with signals blocked, and the servers would inherit that.
signal.pthread_sigmask(signal.SIG_SETMASK, ())

import generator  # noqa: E402
import upstream  # noqa: E402
from dovecot import MASTER, MASTER_PASSWORD, Dovecot, free_port, select_pause  # noqa: E402, F401
from gateway import Leavecopy, field  # noqa: E402, F401

USER, PASSWORD = "info@example.com", "s3cret-Canary.of/the+Office"


def expect(truth, text):
    if not truth:
        raise SystemExit("expected: " + text)


def need(*programs):
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise SystemExit("missing: %s; run Deploy/test" % ", ".join(missing))


def binary():
    path = os.environ.get("LEAVECOPY_BINARY", "")
    expect(os.access(path, os.X_OK), "an executable named by LEAVECOPY_BINARY, not '%s'; run Deploy/test" % path)
    return path


class World:
    def __init__(self, folder, count, nasty, pop3, gateway, nul, configure):
        self.folder = folder
        self.server = Dovecot(os.path.join(folder, "dovecot"), {USER: PASSWORD}, pop3=pop3)
        if configure:
            configure(self.server)
            self.server.write_configuration()
        self.manifest = generator.fill(self.server.maildir(USER), count, nasty, nul)
        self.server.give_to_owner()
        self.gateway_keys = gateway

    def fresh_gateway(self, name, **keys):
        """Not yet started."""
        return Leavecopy(binary(), os.path.join(self.folder, name), "imaps://127.0.0.1:%d" % self.server.imaps,
                         self.server.ca, **{"keys": "identify: [tag]", **keys})

    def look(self):
        return upstream.picture("127.0.0.1", self.server.imaps, self.server.ca, USER + "*" + MASTER, MASTER_PASSWORD,
                                octets=len(self.manifest) <= 2000)


@contextlib.contextmanager
def world(count=60, nasty=False, pop3=False, gateway=True, untouched=True, configure=None, **keys):
    """Gives a World that serves; afterwards the mailbox, the rawlog and the record are looked at. `configure` is given
    the Dovecot before it starts."""
    need("openssl")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="leavecopy-lab.")
    os.chmod(folder, 0o755)
    try:
        here = World(folder, count, nasty, pop3, keys, b"\x80" if gateway else b"\0", configure)
        with here.server:
            before, files = here.look(), upstream.files(here.server.maildir(USER))
            if not gateway:
                yield here
                return
            here.gateway = here.fresh_gateway("gateway", **keys)
            with here.gateway:
                yield here
                if untouched:
                    changes = upstream.differences(before, here.look())
                    changes += upstream.differences(files, upstream.files(here.server.maildir(USER)))
                    expect(not changes, "an untouched mailbox, but " + "; ".join(changes[:5]))
                    counts, forbidden = upstream.commands(here.server.rawlog)
                    expect(not forbidden, "only allowed IMAP commands, not " + "; ".join(forbidden[:5]))
                    expect(counts.get("EXAMINE"), "an EXAMINE in Dovecot's rawlog: is it on?")
                here.gateway.command("audit", "verify")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
