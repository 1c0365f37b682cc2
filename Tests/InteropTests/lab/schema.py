"""What programs read: records, exports, the live record and the report fit their JSON Schemas; jq, openssl and Python's
csv read them; the manifest of an export is signed; a reader of the report finds the PC that is set wrong."""
import base64
import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile

import pop3
from generator import deliver
from lab import PASSWORD, USER, binary, expect, field, need, select_pause, world
from schemas import check, validator

HOSTILE = b"Subject: =HYPERLINK(\"http://x\") <script>alert(1)</script> \x1b[31m\r\n" \
          b"From: \"a,b\" <attacker@example.com>\r\nMessage-ID: <hostile@example.com>\r\n\r\nx\r\n"


def session(gateway, name, *commands):
    """Each command's answer is taken as it comes."""
    here = pop3.Session(gateway.tls, gateway.ca)
    here.login(USER + "#" + name, PASSWORD)
    for command in commands:
        if here.ask(command).startswith("+OK") and command.split()[0] in ("RETR", "TOP", "LIST", "UIDL"):
            here.body()
    here.quit()


def play(here):
    """Attempts of every kind that devices and an operator can make in a minute."""
    gateway = here.gateway
    deliver(here.server.maildir(USER), 900, HOSTILE)
    here.server.give_to_owner()
    session(gateway, "frontdesk", *[c for n in range(1, 13) for c in ("RETR %d" % n, "DELE %d" % n)])
    session(gateway, "sales", "TOP 1 0", "RETR 2", "DELE 3", "RSET", "RETR 99", "NOOP", "RETR 31")
    lost = pop3.Session(gateway.tls, gateway.ca)
    lost.login(USER + "#sales", PASSWORD)
    lost.ok("DELE 1")
    lost.close()
    refused = pop3.Session(gateway.tls, gateway.ca)
    refused.ask("USER " + USER)
    expect(refused.ask("PASS wrong").startswith("-ERR"), "a wrong password to be refused")
    refused.close()
    plain = pop3.Session(gateway.starttls, tls=None)
    plain.send(b"GET / HTTP/1.1\r\n\r\n")
    plain.close()
    unnamed = pop3.Session(gateway.tls, gateway.ca)
    unnamed.login(USER, PASSWORD)
    unnamed.ok("DELE 1")
    unnamed.quit()
    command = gateway.command
    command("device", "add", "printer", "--account", USER, "--tag", "printer")
    command("device", "rename", "printer", "scanner")
    command("device", "identify", "scanner", "--tag", "second")
    command("device", "restore", "frontdesk", "--all")
    command("device", "remove", "scanner", "--yes")
    gateway.process.send_signal(signal.SIGHUP)
    for _ in range(200):
        if gateway.records("--action", "configuration-reload"):
            break
        select_pause()


def records(here, schema):
    gateway = here.gateway
    found = gateway.records()
    for record in found:
        check(schema, record, "record %s (%s)" % (field(record, "event.sequence"), field(record, "event.action")))
    kinds = {field(record, "event.action") for record in found}
    wanted = {"login", "refusal", "retr", "top", "dele", "rset", "quit", "session-end", "connection-refused", "device-add",
              "device-rename", "device-identify", "device-restore", "device-remove", "server-start", "details",
              "configuration-reload"}
    expect(wanted <= kinds, "every kind of attempt on record, but none of " + ", ".join(sorted(wanted - kinds)))
    print("%d records of %d kinds fit their schema" % (len(found), len(kinds)))
    with_email = [r for r in found if "email" in r]
    expect(any("HYPERLINK" in r["email"]["subject"] for r in with_email), "the subject with its record")
    # What is not hashed is `email` alone, and it is behind the rest.
    for record in with_email[:3]:
        expect(list(record)[-1] == "email", "email behind all that is hashed")
    return found


def export(here, found, folder, schema):
    gateway = here.gateway
    lines = os.path.join(folder, "record.jsonl")
    gateway.command("audit", "export", "--format", "jsonl", "--output", lines)
    with open(lines, "rb") as f:
        octets = f.read()
    exported = [json.loads(line) for line in octets.splitlines()]
    for record in exported:
        check(schema, record, "an exported record")
    # The export itself began before its first octet.
    expect(exported[:len(found)] == found, "the export to hold what the list shows")
    checked = subprocess.run(["jq", "-e", "-c", ".event.sequence"], input=octets, capture_output=True)
    expect(checked.returncode == 0 and len(checked.stdout.split()) == len(exported), "jq to read each line")
    manifest(gateway, lines, octets, len(exported))
    table = os.path.join(folder, "record.csv")
    gateway.command("audit", "export", "--device", "frontdesk", "--action", "dele", "--output", table)
    with open(table, "rb") as f:
        octets = f.read()
    manifest(gateway, table, octets, 12)
    expect(octets.startswith(b"\xef\xbb\xbf"), "a byte order mark")
    rows = list(csv.reader(octets[3:].decode().splitlines()))
    expect(len(rows) == 13 and len({len(row) for row in rows}) == 1, "a heading and 12 rows of as many cells")
    for row in rows:
        expect(not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") and cell[:3] != "+OK" for cell in row), "no formula")
    expect(os.stat(table).st_mode & 0o77 == 0, "a file for nobody else")
    shares = [field(r, "leavecopy.done") for r in gateway.records("--action", "record-export")]
    expect(len(shares) == 4 and shares[-1].startswith("exported 12 records of "), "each export on record: %r" % shares)


def manifest(gateway, path, octets, rows):
    """A signed note: openssl verifies it, and it says which file it is."""
    with open(path + ".manifest") as f:
        note = f.read()
    text, signatures = note.rsplit("\n\n", 1)
    said = dict(line.split(" ", 1) for line in text.split("\n")[1:] if " " in line)
    expect(said["sha256"] == hashlib.sha256(octets).hexdigest(), "the digest of the file in its manifest")
    expect(said["rows"] == str(rows) and said["octets"] == str(len(octets)), "the rows of the file in its manifest")
    expect(json.loads(said["checkpoint"]).count("\n\u2014 ") == 1, "a checkpoint in the manifest")
    with open(os.path.join(gateway.state, "checkpoint.pub")) as f:
        key = base64.b64decode(f.read())
    signature = base64.b64decode(re.match("\u2014 \\S+ (\\S+)", signatures)[1])[4:]
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for name, content in (("key", bytes.fromhex("302a300506032b6570032100") + key), ("signature", signature),
                              ("text", text.encode() + b"\n")):
            names[name] = os.path.join(folder, name)
            with open(names[name], "wb") as f:
                f.write(content)
        good = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", "-inkey", names["key"],
                               "-sigfile", names["signature"], "-in", names["text"]], capture_output=True, text=True)
        expect("Verified Successfully" in good.stdout, "openssl to verify the manifest: " + good.stdout + good.stderr)


def follow(here, schema):
    """Live: what comes while it runs is seen, and Ctrl-C ends it with success."""
    gateway = here.gateway
    live = subprocess.Popen([binary(), "audit", "follow", "--json", "--limit", "1", "--config", gateway.file],
                            stdout=subprocess.PIPE, text=True)
    try:
        check(schema, json.loads(live.stdout.readline()), "the record from before")
        session(gateway, "late", "STAT")
        kinds = []
        while "quit" not in kinds:
            record = json.loads(live.stdout.readline())
            check(schema, record, "a live record")
            kinds.append(field(record, "event.action"))
        live.send_signal(signal.SIGINT)
        expect(live.wait(10) == 0, "exit status 0 after Ctrl-C")
    finally:
        live.kill()


def report(here):
    gateway = here.gateway
    text = gateway.command("audit", "report", "--format", "json")
    told = json.loads(text)
    check(validator("report.schema.json"), told, "the report")
    verdicts = {device["name"]: device["verdict"] for device in told["devices"]}
    expect(verdicts.get("frontdesk") == "set-wrong" and verdicts.get("sales") == "ok", "the verdicts, not %r" % verdicts)
    expect(told["checkpoint"].count("\n\u2014 ") == 1, "a checkpoint in the report")
    for form in ("terminal", "markdown", "html", "csv"):
        for language in ("en", "ja"):
            text = gateway.command("audit", "report", "--format", form, "--language", language)
            expect("frontdesk" in text and "\x1b" not in text and "<script" not in text, "a harmless report as " + form)
    done = subprocess.run([binary(), "audit", "report", "--config", gateway.file], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "", "LANG": "ja_JP.UTF-8"})
    expect("「サーバーにコピーを残す」がオフになっています" in done.stdout, "a report in Japanese:\n" + done.stdout[:2000] + done.stderr)


def show(here, found):
    """A session with its evidence, a message's life, by each of their names."""
    gateway = here.gateway
    deletion = next(r for r in found if field(r, "event.action") == "dele" and field(r, "leavecopy.device.name") == "frontdesk")
    session_id, message = deletion["leavecopy"]["session"], deletion["leavecopy"]["message"]
    text = gateway.command("audit", "show", session_id)
    sent = [line for r in found if r["leavecopy"].get("session") == session_id for line in r["leavecopy"]["upstream"]]
    expect(sent and all(line in text for line in sent), "every command that went upstream:\n" + text)
    key = "%d:%d" % (message["mailbox"], message["row"])
    sentence = "PC frontdesk (known by its tag) asked to delete this mail. It was told yes"
    for name in (key, message["uidl"]):
        text = " ".join(gateway.command("audit", "show", name).split())
        expect(sentence in text and "It is still on the server." in text, "the sentence by %s:\n%s" % (name, text))
    text = gateway.command("audit", "show", "HYPERLINK")
    expect("\x1b" not in text and "Message-ID" in text, "a message by its subject:\n" + text)
    number = str(deletion["event"]["sequence"])
    expect("DELE" in gateway.command("audit", "show", number), "a record by its number")
    gateway.command("audit", "show", "no such thing", status=1)


def main():
    need("jq", "openssl")
    schema = validator("record.schema.json")
    with world(count=30, untouched=False, keys="identify: [tag]\n") as here, tempfile.TemporaryDirectory() as folder:
        play(here)
        found = records(here, schema)
        show(here, found)
        export(here, here.gateway.records(), folder, schema)
        follow(here, schema)
        report(here)


main()
