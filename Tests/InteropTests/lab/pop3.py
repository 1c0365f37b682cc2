"""A POP3 client on octets, for what no real client does."""
import hashlib
import socket
import ssl


class Session:
    def __init__(self, port, ca=None, tls="implicit", timeout=120, receive_buffer=None, source=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.buffer = b""
        self.context = ssl.create_default_context(cafile=ca) if tls else None
        if tls == "implicit":
            self.socket = self.context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.greeting = self.line()
        if tls == "stls":
            self.ok("STLS")
            self.socket = self.context.wrap_socket(self.socket, server_hostname="127.0.0.1")

    def send(self, octets):
        self.socket.sendall(octets)

    def more(self):
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise EOFError
        self.buffer += piece

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode(errors="backslashreplace")

    def ask(self, command):
        self.send(command.encode() + b"\r\n")
        return self.line()

    def ok(self, command):
        reply = self.ask(command)
        if not reply.startswith("+OK"):
            raise SystemExit("%s was answered %s" % (command.split(" ")[0], reply))
        return reply

    def login(self, user, password):
        self.ok("USER " + user)
        return self.ok("PASS " + password)

    def body(self):
        """The rest of a multi-line reply, unstuffed."""
        pieces = bytearray()
        while True:
            cut = self.buffer.rfind(b"\n") + 1
            for line in split_lines(self.buffer[:cut]):
                if line == b".\r\n":  # nothing may follow: no command is ever pipelined behind a RETR here
                    self.buffer = self.buffer[cut:]
                    return bytes(pieces)
                pieces += line[1:] if line.startswith(b".") else line
            self.buffer = self.buffer[cut:]
            self.more()

    def retr(self, number):
        self.ok("RETR %d" % number)
        return self.body()

    def count(self):
        return int(self.ok("STAT").split()[1])

    def close(self):
        self.socket.close()

    def quit(self):
        reply = self.ask("QUIT")
        self.close()
        return reply


def split_lines(octets):
    """At LF alone: a bare CR belongs to its line."""
    return [line + b"\n" for line in octets.split(b"\n")[:-1]]


def digest(octets):
    return hashlib.sha256(octets).hexdigest()
