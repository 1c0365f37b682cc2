"""Leavecopy in front of a mail server, on free loopback ports, with a state folder of its own."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from dovecot import free_port, select_pause


def port_if_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return port
        except OSError:
            return free_port()


def field(record, name):
    """A field of a record by its dotted name, whether its JSON is nested or flat."""
    if name in record:
        return record[name]
    for part in name.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


class Leavecopy:
    """`upstream` is a URL, `ca` its CA file or None. `listeners` and `keys` are lines of YAML put in beside ours."""

    def __init__(self, binary, folder, upstream, ca=None, listeners="", keys="", upstream_keys="", ports=None,
                 review=None):
        self.binary, self.folder = os.path.abspath(binary), folder
        self.state = os.path.join(folder, "state")
        self.log = os.path.join(folder, "leavecopy.log")
        self.file = os.path.join(folder, "leavecopy.yaml")
        self.tls, self.starttls = ports or (free_port(), free_port())
        self.review = review or free_port()
        self.process = None
        os.makedirs(folder, exist_ok=True)
        lines = ["state: " + self.state, "upstream:", "  url: " + upstream]
        lines += ["  ca: " + ca] if ca else []
        lines += ["  " + line for line in upstream_keys.splitlines()]
        lines += ["listeners:",
                  "  - {name: pops, address: 127.0.0.1, port: %d, tls: implicit}" % self.tls,
                  "  - {name: pop, address: 127.0.0.1, port: %d, tls: starttls}" % self.starttls]
        lines += ["  " + line for line in listeners.splitlines()]
        lines += [] if "review:" in keys else ["review: {listen: 127.0.0.1:%d}" % self.review]
        lines += keys.splitlines()
        with open(self.file, "w") as f:
            f.write("\n".join(lines) + "\n")

    def start(self, wrap=()):
        self.output = open(self.log, "ab")
        self.process = subprocess.Popen([*wrap, self.binary, "serve", "--config", self.file], stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT)
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.starttls), 5) as s:
                    if s.recv(3) == b"+OK":
                        s.sendall(b"QUIT\r\n")
                        s.recv(512)
                        return self
            except OSError:
                pass
            select_pause()
        raise SystemExit("leavecopy did not start:\n" + self.text())

    def stop(self, how=signal.SIGTERM, seconds=30):
        """Gives the exit status; a process that does not end in time is killed and is a failure."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise SystemExit("leavecopy did not stop within %d s" % seconds)
        self.output.close()
        return self.process.returncode

    def text(self):
        with open(self.log, errors="backslashreplace") as f:
            return f.read()

    @property
    def ca(self):
        """A copy, for everybody to read, of the CA file whose path it printed: as one gives it to the PCs."""
        for path in re.findall(r"/[^\s'\",]+\.(?:pem|crt)", self.text()):
            if path.startswith(self.state) and os.path.exists(path):
                copy = os.path.join(self.folder, "ca.crt")
                new = "%s.%d" % (copy, threading.get_ident())
                os.replace(shutil.copyfile(path, new), copy)  # others may be reading it
                return copy
        raise SystemExit("no CA file is named in what it printed:\n" + self.text())

    def command(self, *arguments, status=0):
        """Runs a subcommand on the same configuration; gives what it printed."""
        done = subprocess.run([self.binary, *arguments, "--config", self.file], capture_output=True, text=True,
                              timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"})
        if status is not None and done.returncode != status:
            raise SystemExit("leavecopy %s: exit status %d, not %d\n%s%s" % (
                " ".join(arguments), done.returncode, status, done.stdout, done.stderr))
        return done.stdout + done.stderr

    @property
    def page(self):
        """Where the record is read in a browser."""
        return "http://127.0.0.1:%d" % self.review

    def token(self, name, role):
        """A new token for the page."""
        return json.loads(self.command("review", "token", name, "--role", role, "--json"))["token"]

    def records(self, *filters):
        """The record as a list of JSON objects, oldest first."""
        text = self.command("audit", "list", "--json", *filters).strip()
        if text.startswith("["):
            return json.loads(text)
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        try:
            self.stop()
        finally:
            if kind is not None:
                print("--- leavecopy's log ---\n" + self.text()[-6000:], flush=True)
