"""Mail to test with: the same for the same count, with a manifest of what a POP3 client must get."""
import base64
import hashlib
import os
import random

BEGIN = 1_756_684_800
JAPANESE = "いつもお世話になっております。見積書をお送りします。"


def nasty(chance, kind):
    """One body for each thing that has broken a POP3 server or client."""
    return (
        lambda: b"NUL here: \0 and here \0\0.\n",
        lambda: b"bare CR: a\rb\r\r and at the end\r\n",
        lambda: b".\n..\n...\n.dot first\n\n.\n",
        lambda: b"ends in a lone dot\n.\n",
        lambda: b"no line end at the end",
        lambda: b"the same, in dots\n..",
        lambda: b"8" * 200_000 + b"\n",
        lambda: b"8-bit that is no UTF-8: caf\xe9 \xff\xfe\n",
        lambda: b"",
        lambda: b"".join(b"." * (i % 4) + b"x" * chance.randrange(300) + b"\n" for i in range(400)),
    )[kind % 10]()


def plain(chance, number):
    charset = ("us-ascii", "iso-2022-jp", "utf-8", "shift_jis")[number % 4]
    line = "A line of plain text, number %d." if number % 4 == 0 else JAPANESE + "%d"
    body = "".join((line % chance.randrange(1000)) + "\n" for _ in range(chance.randrange(1, 60))).encode(charset)
    if number % 7 == 0:
        encoded = base64.b64encode(chance.randbytes(chance.randrange(1000, 120_000)))
        body += b"".join(encoded[i:i + 76] + b"\n" for i in range(0, len(encoded), 76))
    if number % 9 == 0:
        body += b".\n..two\n.\n"
    return body


def message(number, bad=False):
    """Octets with LF line ends, as an MTA leaves them in a Maildir."""
    chance = random.Random(number * 2 + bad)
    head = ("From: Customer %d <c%d@example.net>\nTo: info@example.com\nSubject: message %d\n"
            "Message-ID: <%d.lab@example.net>\nDate: Mon, 01 Sep 2025 00:00:00 +0000\nX-Lab-Number: %d\n\n"
            % (number, number, number, number, number)).encode()
    return head + (nasty(chance, number) if bad else plain(chance, number))


def wire(octets, nul=b"\0"):
    """As a POP3 client must see it once the dots are unstuffed: every line ends in CRLF. NUL, which hangs Outlook, comes
    from Leavecopy as 0x80."""
    lines = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"\0", nul)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def deliver(maildir, number, octets):
    path = os.path.join(maildir, "new", "%d.M%06dP1.lab" % (BEGIN + number, number))
    with open(path, "wb") as f:
        f.write(octets)
    os.utime(path, (BEGIN + number, BEGIN + number))


def subject(number):
    """What a person reads of the Subject of a small message."""
    return "見積書 %d" % number if number % 2 else "message %d" % number


def smallest(number):
    """The smallest: of one size for all numbers with as many digits."""
    return b"From: c@example.net\nSubject: %d\nX-Lab-Number: %d\n\n%d\n" % (number, number, number)


def small(number):
    text = subject(number)
    if number % 2:
        text = "=?ISO-2022-JP?B?%s?=" % base64.b64encode(text.encode("iso-2022-jp")).decode()
    return ("From: Customer %d <c%d@example.net>\nSubject: %s\nMessage-ID: <%d.lab@example.net>\n"
            "Date: Mon, 01 Sep 2025 00:00:00 +0000\nX-Lab-Number: %d\n\n%d\n"
            % (number, number, text, number, number, number)).encode()


def fill(maildir, count, bad=False, nul=b"\0"):
    """Delivers `count` messages; gives the SHA-256 of each as a client must see it, in order."""
    hashes = []
    for number in range(1, count + 1):
        octets = small(number) if count > 2000 else message(number, bad and number % 2 == 0)
        deliver(maildir, number, octets)
        hashes.append(hashlib.sha256(wire(octets, nul)).hexdigest())
    return hashes
