"""A 50 MB message to a slow client: memory stays flat. Where nothing is kept, the mail server dies in the middle of one: the client sees a
closed connection and no final dot, and the next login works once the server is back."""
import signal
import time

import pop3
from generator import deliver
from lab import PASSWORD, USER, expect, world

SIZE = 50_000_000


def resident_peak(process):
    with open("/proc/%d/status" % process.pid) as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


def read_slowly(session, octets_a_second):
    """The octets until the final dot, taken at this speed: a slow line is what is being tested, so time is kept."""
    session.send(b"RETR 1\r\n")
    expect(session.line().startswith("+OK"), "+OK to RETR")
    begun, total, tail = time.monotonic(), len(session.buffer), session.buffer
    session.buffer = b""
    while not tail.endswith(b"\r\n.\r\n"):
        piece = session.socket.recv(1 << 16)
        expect(piece, "the rest of the message")
        total += len(piece)
        tail = (tail + piece)[-5:]
        early = total / octets_a_second - (time.monotonic() - begun)
        if early > 0:
            time.sleep(early)
    return total


def login(gateway, **more):
    session = pop3.Session(gateway.tls, gateway.ca, **more)
    session.login(USER + "#pc", PASSWORD)
    return session


def main():
    with world(count=0, untouched=False) as here:
        gateway, line = here.gateway, b"x" * 76 + b"\n"
        deliver(here.server.maildir(USER), 1, b"Subject: big\n\n" + line * (SIZE // 77))
        here.server.give_to_owner()
        session = login(gateway)
        expect(read_slowly(session, 1e9) > SIZE, "a warm-up of the whole message")
        before = resident_peak(gateway.process)
        read_slowly(session, 2e6)
        grown = resident_peak(gateway.process) - before
        print("VmHWM grew by %d kB" % grown)
        expect(grown < 4096, "VmHWM to grow by less than 4096 kB, not %d" % grown)
        session.quit()
        with here.fresh_gateway("straight", upstream_keys="cache: 0") as straight:
            death(here.server, straight)


def death(server, gateway):
    session = login(gateway, receive_buffer=1 << 16)
    session.send(b"RETR 1\r\n")
    expect(session.line().startswith("+OK"), "+OK to RETR")
    server.stop(signal.SIGKILL)
    tail = b""
    try:
        while piece := session.socket.recv(1 << 16):
            tail = (tail + piece)[-5:]
    except OSError:
        pass
    expect(not tail.endswith(b"\r\n.\r\n"), "no final dot after the mail server's death")
    session.close()
    server.start()
    login(gateway).quit()


if __name__ == "__main__":
    main()
