"""A plain IMAP client that knows all it will ask: the bound for anything that translates."""
import hashlib
import re
import socket
import ssl
import time

from load import Failed


class Client:
    def __init__(self, host, port, ca, user, password):
        self.begun = time.monotonic()
        raw = socket.create_connection((host, port), 30)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = ssl.create_default_context(cafile=ca).wrap_socket(raw, server_hostname=host)
        self.file = self.socket.makefile("rb", 1 << 20)
        self.file.readline()
        self.messages = 0
        # Sent together: what a client does that knows the server.
        self.ask([b"LOGIN %s %s" % (user.encode(), password.encode())])
        self.ask([b"EXAMINE INBOX"])

    def ask(self, commands, on_literal=None):
        """Sends all at once. Servers answer such commands in any order: read until each tag has come."""
        tags = {b"t%d" % i for i in range(len(commands))}
        self.socket.sendall(b"".join(b"t%d %s\r\n" % (i, c) for i, c in enumerate(commands)))
        lines = 0
        while tags:
            line = self.file.readline()
            if not line:
                raise Failed("the mail server closed the connection")
            literal = re.search(rb"\{(\d+)\}\r\n$", line)
            while literal:
                octets = self.file.read(int(literal[1]))
                if on_literal:
                    on_literal(line, octets)
                line = self.file.readline()
                literal = re.search(rb"\{(\d+)\}\r\n$", line)
            lines += 1
            exists = re.match(rb"\* (\d+) EXISTS", line)
            if exists:
                self.messages = int(exists[1])
            tag, _, rest = line.partition(b" ")
            if tag in tags:
                if not rest.startswith(b"OK"):
                    raise Failed(repr(line))
                tags.remove(tag)
        return lines

    def close(self):
        seconds = time.monotonic() - self.begun
        self.socket.close()
        return seconds


def all_bodies(host, upstream, user, password):
    """Every message, in commands of fifty that are sent together; seconds from connect to the last octet."""
    client = Client(host, upstream.imaps, upstream.ca, user, password)
    found = {}

    def keep(line, octets):
        number = re.match(rb"\* (\d+) FETCH", line)
        if number:
            found[int(number[1])] = octets
    client.ask([b"FETCH %d:%d (UID RFC822.SIZE BODY.PEEK[])" % (i, min(i + 49, client.messages))
                for i in range(1, client.messages + 1, 50)], keep)
    seconds = client.close()
    with open(upstream.manifest(user)) as rows:
        for number, row in enumerate(rows, 1):
            if hashlib.sha256(found.get(number, b"")).hexdigest() != row.split("\t")[2].strip():
                raise Failed("message %d is not the one in the manifest" % number)
    return seconds


def all_sizes(host, upstream, user, password):
    """UID, size and date of every message by one command; seconds from connect to the last octet."""
    client = Client(host, upstream.imaps, upstream.ca, user, password)
    if client.ask([b"UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)"]) <= client.messages:
        raise Failed("the list is not whole")
    return client.close()
