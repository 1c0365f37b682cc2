"""Mailboxes to measure with: the same octets for the same seed, sizes as in an office (log-normal), and a manifest of
what a POP3 client must see."""
import base64
import hashlib
import math
import os
import random

BEGIN = 1_700_000_000
WORDS = ("the of and to in is for on with that invoice order project meeting attached please regards review schedule "
         "shipment confirm update delivery quote number account team week customer report draft final version").split()
JAPANESE = ("いつもお世話になっております。株式会社サンプルの山田です。", "ご確認のほど、よろしくお願いいたします。",
            "先日お送りした見積書の件でご連絡いたしました。", "会議は来週火曜日の午後三時からです。")


class Text:
    """Lines of English, Japanese and base64, from which bodies are cut; one line in fifty begins with a dot."""

    def __init__(self, seed):
        chance = random.Random("text %d" % seed)

        def english():
            if chance.random() < 0.02:
                return chance.choice((b".\n", b"..\n", b".dot first\n"))
            return " ".join(chance.choice(WORDS) for _ in range(chance.randint(3, 12))).encode() + b"\n"
        encoded = base64.b64encode(chance.randbytes(3 << 20))
        self.lines = {
            "us-ascii": [english() for _ in range(8000)],
            "iso-2022-jp": [chance.choice(JAPANESE).encode("iso2022_jp") + b"\n" for _ in range(2000)],
            "base64": [encoded[i:i + 76] + b"\n" for i in range(0, len(encoded), 76)],
        }

    def cut(self, chance, kind, octets):
        lines, at, gathered = self.lines[kind], chance.randrange(len(self.lines[kind])), []
        while octets > 0:
            gathered.append(lines[at % len(lines)])
            octets -= len(gathered[-1])
            at += 1
        return b"".join(gathered)


def message(number, seed, text, small):
    """With LF line ends, as it lies in a Maildir."""
    chance = random.Random(seed * 1_000_003 + number)
    median, sigma, most = (1_500, 0.5, 6_000) if small else (12_000, 1.35, 8_000_000)
    octets = min(int(median * math.exp(chance.gauss(0, sigma))), most)
    kind = chance.choice(("us-ascii", "us-ascii", "iso-2022-jp"))
    stamp = BEGIN + number * 61
    head = ("Return-Path: <bounce-%d@example.net>\nReceived: from mx.example.net (mx.example.net [192.0.2.%d])\n"
            "\tby mail.example.com with ESMTPS id %010X; Tue, 14 Nov 2023 22:13:20 +0000\n"
            "From: Customer %d <c%d@example.net>\nTo: info@example.com\nSubject: %s %d\n"
            "Date: Tue, 14 Nov 2023 22:13:20 +0000\nMessage-ID: <%d.%d@bench.example.net>\nMIME-Version: 1.0\n"
            % (number, number % 250 + 1, chance.getrandbits(40), number, number, chance.choice(WORDS), number, stamp,
               seed)).encode()
    room = max(80, octets - len(head))
    if octets < 24_000:
        return head + b"Content-Type: text/plain; charset=%s\n\n" % kind.encode() + text.cut(chance, kind, room)
    return (head + b'Content-Type: multipart/mixed; boundary="=_bench"\n\n--=_bench\nContent-Type: text/plain; charset='
            + kind.encode() + b"\n\n" + text.cut(chance, kind, 1_200)
            + b'--=_bench\nContent-Type: application/pdf; name="report.pdf"\nContent-Transfer-Encoding: base64\n\n'
            + text.cut(chance, "base64", room) + b"--=_bench--\n")


def fill(maildir, count, manifest, seed=1, small=False):
    text = Text(seed)
    with open(manifest, "w") as rows:
        for number in range(1, count + 1):
            octets = message(number, seed, text, small)
            wire = octets.replace(b"\n", b"\r\n")
            # S= and W= as Dovecot's own delivery writes them: without, each size would be read from the file.
            name = "%d.M%dP1.bench,S=%d,W=%d" % (BEGIN + number * 61, number, len(octets), len(wire))
            with open(os.path.join(maildir, "cur", name + ":2,"), "wb") as f:
                f.write(octets)
            os.utime(f.name, (BEGIN + number * 61,) * 2)
            rows.write("%s\t%d\t%s\n" % (name, len(wire), hashlib.sha256(wire).hexdigest()))


def share(maildir, other):
    """The same messages in another mailbox, as links."""
    for name in os.listdir(os.path.join(maildir, "cur")):
        os.link(os.path.join(maildir, "cur", name), os.path.join(other, "cur", name))
