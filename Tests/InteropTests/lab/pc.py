"""PCs that dial in from elsewhere: by another server name, from another address, from a network of their own."""
import contextlib
import ctypes
import json
import os
import socket
import ssl
import subprocess

import pop3
from lab import expect


@contextlib.contextmanager
def cables(count):
    made = [Cable(number) for number in range(count)]
    try:
        for cable in made:
            cable.lay()
        yield made
    finally:
        for cable in made:
            cable.remove()


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Cable:
    """A PC on the link: a network namespace, and a cable from it to this one."""

    def __init__(self, number):
        self.name = "leavecopy%d-%d" % (os.getpid(), number)
        net = "10.%d.%d." % (64 + os.getpid() // 256 % 64, os.getpid() % 256)
        self.gateway, self.address = net + str(4 * number + 1), net + str(4 * number + 2)
        self.number = number

    def lay(self):
        near, far = "lc%dn%d" % (os.getpid() % 100_000, self.number), "far"
        ip("netns", "add", self.name)
        ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name)
        ip("address", "add", self.gateway + "/30", "dev", near)
        ip("link", "set", near, "up")
        ip("-n", self.name, "address", "add", self.address + "/30", "dev", far)
        ip("-n", self.name, "link", "set", far, "up")

    @property
    def hardware(self):
        """The MAC address of the PC."""
        with subprocess.Popen(["ip", "-n", self.name, "-j", "link", "show", "far"], stdout=subprocess.PIPE) as shown:
            return json.load(shown.stdout)[0]["address"]

    def remove(self):
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True)

    def connect(self, port):
        """A socket of that PC; this thread goes there and comes back."""
        setns = ctypes.CDLL(None, use_errno=True).setns
        with open("/proc/thread-self/ns/net") as home, open("/run/netns/" + self.name) as there:
            expect(setns(there.fileno(), 0x40000000) == 0, "a way into " + self.name)
            try:
                return socket.create_connection((self.gateway, port), 60)
            finally:
                expect(setns(home.fileno(), 0x40000000) == 0, "a way back from " + self.name)


class Line(pop3.Session):
    """A session of a PC: what it dials, from which address or on which cable, and with which certificate and key."""

    def __init__(self, port, ca, dials="localhost", source="127.0.0.1", cable=None, certificate=None):
        self.buffer = b""
        context = ssl.create_default_context(cafile=ca)
        if certificate:
            context.load_cert_chain(*certificate)
        plain = cable.connect(port) if cable else socket.create_connection(("127.0.0.1", port), 60, (source, 0))
        self.socket = context.wrap_socket(plain, server_hostname=dials)
        self.greeting = self.line()
