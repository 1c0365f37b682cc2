"""Lines that are lost before QUIT. By default nothing is deleted, and the mail comes again (RFC 1939). With
commit-on-disconnect: confirmed, what a device deleted once it had it does not come again; what it asked to delete
before it could have it does."""
import poplib
import socket
import ssl
import struct

import pop3
from generator import deliver
from lab import PASSWORD, USER, expect, field, select_pause, world

COUNT = 12
CONFIRMED = "identify: [tag]\ncommit-on-disconnect: confirmed"


def ends(gateway):
    """What the record says of the ends of sessions."""
    return [field(record, "leavecopy.done") for record in gateway.records("--action", "session-end")]


class Gone:
    """What is in it ends with a line that is lost; afterwards the session's end is on record."""

    def __init__(self, gateway):
        self.gateway = gateway

    def __enter__(self):
        self.before = len(ends(self.gateway))

    def __exit__(self, kind, *_):
        while kind is None and len(ends(self.gateway)) == self.before:
            select_pause()


def drop(sock, resets):
    """FIN, or RST as a laptop's that wakes up elsewhere."""
    if resets:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def client(gateway, device):
    done = poplib.POP3_SSL("127.0.0.1", gateway.tls, context=ssl.create_default_context(cafile=gateway.ca), timeout=60)
    done.user(USER + "#" + device if device else USER)
    done.pass_(PASSWORD)
    return done


def left(gateway, device):
    """How many messages a device sees."""
    session = client(gateway, device)
    count = session.stat()[0]
    session.quit()
    return count


def deletes(gateway, device, resets, count=COUNT):
    """RETR and DELE of each message, one after the other, as most mail programs do, and no QUIT."""
    with Gone(gateway):
        session = client(gateway, device)
        for number in range(1, count + 1):
            session.retr(number)
            session.dele(number)
        session.file.close()  # poplib's second hold on the socket
        drop(session.sock, resets)


def pipelines(gateway, device, pieces):
    """The same ahead of the answers: `pieces` of commands, each a write of its own; all answers are read."""
    with Gone(gateway):
        session = pop3.Session(gateway.tls, gateway.ca)
        session.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session.login(USER + "#" + device, PASSWORD)
        for piece in pieces:
            session.send(piece)
        while session.buffer.count(b" deleted\r\n") < COUNT:
            session.more()
        drop(session.socket, False)


def half(gateway, device):
    """DELE while the message is still on its way."""
    with Gone(gateway):
        session = pop3.Session(gateway.tls, gateway.ca, receive_buffer=4096)
        session.login(USER + "#" + device, PASSWORD)
        session.send(b"RETR 1\r\n")
        while len(session.buffer) < 100_000:
            session.more()
        session.send(b"DELE 1\r\n")
        while b" deleted\r\n" not in session.buffer[-60:]:
            session.more()
        drop(session.socket, True)


def main():
    with world(count=COUNT, keys=CONFIRMED) as here:
        gateway = here.gateway
        for device, resets in ("fin", False), ("rst", True):
            deletes(gateway, device, resets)
            again = left(gateway, device)
            expect(again == 0, "nothing to come again to %s, not %d: %s" % (device, again, ends(gateway)))
        expect(left(gateway, "other") == COUNT, "everything for a device that deleted nothing")
        deletes(gateway, "some", True, 5)
        expect(left(gateway, "some") == COUNT - 5, "5 messages gone for the one that got so far")
        pairs = [b"RETR %d\r\nDELE %d\r\n" % (n, n) for n in range(1, COUNT + 1)]
        pipelines(gateway, "burst", [b"".join(pairs)])
        expect(left(gateway, "burst") == COUNT, "everything again for one that sends RETR and DELE in one go")
        pipelines(gateway, "pieces", [line + b"\r\n" for line in b"".join(pairs).split(b"\r\n")[:-1]])
        expect(left(gateway, "pieces") == COUNT, "everything again for one that does not wait for the message")
        deletes(gateway, None, False)
        expect(left(gateway, None) == COUNT, "everything again for one that nobody knows")
        expect("line lost: hidden from fin: %d messages that it had whole" % COUNT in ends(gateway), "a record that says so")
        default = here.fresh_gateway("default")
        with default:
            deletes(default, "pc", True)
            expect(left(default, "pc") == COUNT, "everything again where the operator said nothing")
    with world(count=0, untouched=False, keys=CONFIRMED) as here:
        deliver(here.server.maildir(USER), 1, b"Subject: big\n\n" + (b"x" * 76 + b"\n") * 100_000)
        here.server.give_to_owner()
        half(here.gateway, "pc")
        expect(left(here.gateway, "pc") == 1, "a message again that was deleted while on its way")


if __name__ == "__main__":
    main()
