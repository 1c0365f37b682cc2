"""Names and passwords made to look like protocol or log lines; HTTP on the mail port; the password nowhere on disk."""
import base64
import concurrent.futures
import os
import socket
import ssl

import pop3
from lab import PASSWORD, USER, expect, world

NAMES = ("a\x1b[31mred", "b\tc", "d\u2028e\u202ef", "g%s%n'\"=h", "i\r", "j\x00k", "l {5} m", "n\\\"o")


def printable(octets):
    return all(byte in (0x09, 0x0A, 0x0D) or 0x20 <= byte < 0x7F or byte >= 0xA0 for byte in octets)


def until_closed(s):
    """What comes until the other side closes, however it does."""
    answer = b""
    try:
        while piece := s.recv(4096):
            answer += piece
    except OSError:
        pass
    return answer


def http(gateway):
    context = ssl.create_default_context(cafile=gateway.ca)
    with context.wrap_socket(socket.create_connection(("127.0.0.1", gateway.tls), 30),
                             server_hostname="127.0.0.1") as s:
        s.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nUSER x\r\nPASS y\r\nSTAT\r\n")
        answer = until_closed(s)
    expect(answer.count(b"\r\n") <= 2, "HTTP to be closed at its first line, not answered with %r" % answer)


def early_commands(gateway):
    """What is sent in clear behind STLS is never executed under TLS."""
    with socket.create_connection(("127.0.0.1", gateway.starttls), 30) as s:
        s.recv(512)
        s.sendall(b"STLS\r\nUSER x\r\nCAPA\r\n")
        answer = until_closed(s)
    expect(answer.count(b"+OK") <= 1, "nothing executed behind STLS: %r" % answer)


def clear_login(gateway):
    session = pop3.Session(gateway.starttls, tls=None)
    expect(session.ask("USER " + USER).startswith("-ERR"), "no login in clear")
    session.quit()


def log_in(gateway, name, method):
    session = pop3.Session(gateway.tls, gateway.ca)
    try:
        if method == "user":
            session.ask("USER " + name)
            session.ask("PASS wrong-" + name)
        else:
            token = base64.b64encode(b"\0" + name.encode() + b"\0wrong").decode()
            session.send(b"AUTH PLAIN " + token.encode() + b"\r\n")
            session.line()
    except (EOFError, OSError):
        pass
    session.close()


def main():
    with world(count=3, keys="identify: [tag]\nlog-level: debug") as here:
        gateway = here.gateway
        with concurrent.futures.ThreadPoolExecutor(2 * len(NAMES)) as pool:
            for done in [pool.submit(log_in, gateway, name, method) for name in NAMES for method in ("user", "plain")]:
                done.result()
        http(gateway)
        early_commands(gateway)
        clear_login(gateway)
        session = pop3.Session(gateway.tls, gateway.ca)
        session.login(USER + "#pc", PASSWORD)
        body = session.retr(2)
        session.ok("DELE 2")
        session.quit()
        with open(gateway.log, "rb") as f:
            expect(printable(f.read()), "a printable log")
        expect(printable(gateway.command("audit", "list").encode()), "a printable record")
        gateway.stop()
        marks = [PASSWORD.encode(), base64.b64encode(PASSWORD.encode()), body[-60:].strip()]
        for folder, _, names in os.walk(gateway.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    octets = f.read()
                for mark in marks:
                    expect(mark not in octets, "no secret and no mail in " + name)
        gateway.start()


if __name__ == "__main__":
    main()
