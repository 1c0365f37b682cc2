"""The sample shared mailbox: 40 messages of an office, Japanese and English, some with attachments; always the same."""
import base64
import hashlib
import os
import random

BEGIN = 1_756_684_800  # Monday, 2025-09-01 00:00 UTC
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CHARSETS = ("ISO-2022-JP", "UTF-8", "Shift_JIS")
JAPANESE = (
    ("お見積りの件", "山田太郎", "いつもお世話になっております。\n先日お送りした見積書の件でご連絡いたしました。"),
    ("会議のご案内", "鈴木花子", "会議は来週火曜日の午後三時からです。\n資料を添付いたします。"),
    ("請求書送付のご連絡", "佐藤健", "請求書を郵送いたしました。\nご確認のほど、よろしくお願いいたします。"),
    ("ご注文ありがとうございます", "高橋美咲", "発送は明日の予定です。\n到着まで今しばらくお待ちください。"),
    ("サーバー停止のお知らせ", "田中一郎", "土曜日の深夜に停止いたします。\nご迷惑をおかけいたします。"),
)
ENGLISH = (
    ("Opening hours next week", "John Smith", "Hello,\n\nare you open on Friday next week?\n\nKind regards\nJohn"),
    ("Order 4711", "Claire Miller", "Please find our order attached.\n.\nThe line above is a lone dot.\n"),
    ("Quotation", "Ken Sato", "Thank you for your quotation.\n..two dots begin this line.\nWe will reply soon.\n"),
)


def date(seconds):
    day = (seconds - BEGIN) // 86400
    return "%s, %02d Sep 2025 %02d:%02d:%02d +0000" % (
        DAYS[day % 7], day + 1, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)


def word(text, charset):
    """RFC 2047 encoded words of whole characters."""
    step = 10
    return "\r\n ".join("=?%s?B?%s?=" % (charset, base64.b64encode(text[i:i + step].encode(charset)).decode())
                        for i in range(0, len(text), step))


def message(number):
    """The octets of message `number` (1 to 40), with CRLF line ends."""
    chance = random.Random(number)
    japanese = number % 3 != 0
    charset = CHARSETS[number // 3 % 3] if japanese else "US-ASCII"
    subject, name, text = chance.choice(JAPANESE if japanese else ENGLISH)
    shown = (lambda s: word(s, charset)) if japanese else (lambda s: s)
    head = ("Return-Path: <customer%d@example.net>\r\n"
            "Received: from mx.example.net (mx.example.net [192.0.2.25]) by mail.example.com with ESMTPS; %s\r\n"
            "From: %s <customer%d@example.net>\r\nTo: info@example.com\r\nSubject: %s\r\nDate: %s\r\n"
            "Message-ID: <%d.%08x@example.net>\r\nMIME-Version: 1.0\r\n"
            ) % (number, date(arrival(number)), shown(name), number, shown("%s (%d)" % (subject, number)),
                 date(arrival(number)), number, chance.getrandbits(32))
    encoding = "8bit" if charset in ("UTF-8", "Shift_JIS") else "7bit"
    kind = "Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n" % (charset, encoding)
    body = text.replace("\n", "\r\n").encode(charset) + b"\r\n"
    if number % 5:
        return (head + kind + "\r\n").encode() + body
    line = "=_sample_%d" % number
    octets = chance.randbytes(3000 * number)
    encoded = base64.b64encode(octets)
    attachment = b"".join(encoded[i:i + 76] + b"\r\n" for i in range(0, len(encoded), 76))
    return (head + "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n%s\r\n" % (line, line, kind)
            ).encode() + body + (
        "--%s\r\nContent-Type: application/pdf; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        % (line, word("見積書.pdf", "UTF-8"))).encode() + attachment + ("--%s--\r\n" % line).encode()


def arrival(number):
    return BEGIN + number * 40_000 + number * number % 3600


def fill(maildir, count=40):
    """Delivers the messages into new/, as an MTA does; gives the SHA-256 of each, in order."""
    hashes = []
    for number in range(1, count + 1):
        octets = message(number)
        path = os.path.join(maildir, "new", "%d.M%dP1.sample" % (arrival(number), number))
        with open(path, "wb") as f:
            f.write(octets.replace(b"\r\n", b"\n"))
        os.utime(path, (arrival(number), arrival(number)))
        hashes.append(hashlib.sha256(octets).hexdigest())
    return hashes
