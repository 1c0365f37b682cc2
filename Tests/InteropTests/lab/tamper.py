"""The record is changed behind its triggers, by a program of its own that knows the format from the standard: `audit
verify` calls each change by its kind. What `audit prove` wrote is checked with the gateway switched off and away."""
import base64
import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess

import pop3
import schemas
from lab import PASSWORD, USER, expect, need, world

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "Deploy")


def leaf(octets):
    return hashlib.sha256(b"\0" + octets).digest()


def edge(leaves):
    """The roots of the full subtrees, as RFC 9162 section 2.1 has them; the largest first."""
    nodes = []
    for size, node in enumerate(leaves):
        while size & 1:
            node, size = hashlib.sha256(b"\1" + nodes.pop() + node).digest(), size >> 1
        nodes.append(node)
    return nodes


def root(leaves):
    nodes = edge(leaves)
    node = nodes.pop()
    while nodes:
        node = hashlib.sha256(b"\1" + nodes.pop() + node).digest()
    return node


def sign(key, text):
    with open(key + ".text", "wb") as f:
        f.write(text.encode())
    return subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", key + ".text"],
                          capture_output=True, check=True).stdout


@contextlib.contextmanager
def database(state):
    connection = sqlite3.connect(os.path.join(state, "leavecopy.sqlite"), isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute("DROP TRIGGER \"%s\"" % name)
    connection.execute("PRAGMA foreign_keys = OFF")
    yield connection
    connection.close()


def change_byte(c, state):
    c.execute("UPDATE record SET body = CAST(replace(CAST(body AS TEXT), '+OK', '-OK') AS BLOB) WHERE sequence = 7")


def delete(c, state):
    c.execute("DELETE FROM record WHERE sequence = 7")


def delete_and_number_anew(c, state):
    c.execute("DELETE FROM record WHERE sequence = 7")
    c.execute("UPDATE record SET sequence = -sequence + 1 WHERE sequence > 7")
    c.execute("UPDATE record SET sequence = -sequence WHERE sequence < 0")


def cut(c, state):
    c.execute("DELETE FROM record WHERE sequence >= 7")


def insert(c, state):
    c.execute("UPDATE record SET sequence = -sequence - 1 WHERE sequence >= 7")
    c.execute("UPDATE record SET sequence = -sequence WHERE sequence < 0")
    c.execute("INSERT INTO record (sequence, body, leaf) SELECT 7, body, leaf FROM record WHERE sequence = 3")


def swap(c, state):
    for old, new in ((7, -1), (9, 7), (-1, 9)):
        c.execute("UPDATE record SET sequence = ? WHERE sequence = ?", (new, old))


def remake(c, state):
    """Record 7 and all that is hashed over it."""
    (body,) = c.execute("SELECT body FROM record WHERE sequence = 7").fetchone()
    body = body.replace(b'"done":"', b'"done":"not ')
    c.execute("UPDATE record SET body = ?, leaf = ? WHERE sequence = 7", (body, leaf(body)))
    leaves = [row[0] for row in c.execute("SELECT leaf FROM record ORDER BY sequence")]
    c.execute("UPDATE tree SET edge = ?", (b"".join(edge(leaves)),))
    return leaves


def remake_with_key(c, state):
    leaves = remake(c, state)
    key = os.path.join(state, "checkpoint.key")
    for size, note in c.execute("SELECT size, note FROM checkpoint WHERE size >= 7").fetchall():
        origin, line = note.split("\n")[0], note.split("\n")[4]
        text = "%s\n%d\n%s\n" % (origin, size, base64.b64encode(root(leaves[:size])).decode())
        signature = base64.b64decode(line.split(" ")[2])[:4] + sign(key, text)
        note = "%s\n\u2014 %s %s\n" % (text, origin, base64.b64encode(signature).decode())
        c.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (note, size))


def replace_key(c, state):
    """By one that is made with openssl; and everything is signed again."""
    key = os.path.join(state, "checkpoint.key")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    der = subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER"], check=True,
                         capture_output=True).stdout
    with open(os.path.join(state, "checkpoint.pub"), "wb") as f:
        f.write(base64.b64encode(der[-32:]) + b"\n")
    for size, note in c.execute("SELECT size, note FROM checkpoint").fetchall():
        text, origin = note.split("\n\n")[0] + "\n", note.split("\n")[0]
        hint = hashlib.sha256(origin.encode() + b"\n\1" + der[-32:]).digest()[:4]
        line = "\u2014 %s %s\n" % (origin, base64.b64encode(hint + sign(key, text)).decode())
        c.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (text + "\n" + line, size))


def poll(gateway, messages):
    session = pop3.Session(gateway.tls, gateway.ca)
    session.login(USER + "#pc", PASSWORD)
    for number in range(1, messages + 1):
        session.retr(number)
        session.ok("DELE %d" % number)
    session.quit()


def verified(gateway, *arguments, status=0):
    said = json.loads(gateway.command("audit", "verify", "--json", *arguments, status=status))
    schemas.check(schemas.validator("verification.schema.json"), said, "a verification")
    return said


def kinds(gateway, *arguments):
    said = verified(gateway, *arguments, status=1)
    expect(not said["clean"] and said["findings"], "a finding, not: %s" % said)
    return {finding["kind"]: (finding.get("first"), finding.get("last")) for finding in said["findings"]}


def prove(here, kept_key):
    """With the gateway off, and its state taken away, from the files alone."""
    gateway = here.gateway
    proof = os.path.join(here.folder, "seven.proof")
    gateway.command("audit", "prove", "7", "--output", proof)
    expect(os.path.getsize(proof) <= 2000, "a proof of at most 2 kB, not %d" % os.path.getsize(proof))
    os.rename(gateway.state, gateway.state + ".away")

    def check(*arguments):
        done = subprocess.run(["/usr/bin/python3", "-I", "-S", os.path.join(DEPLOY, "check-proof"), *arguments, proof],
                              capture_output=True, text=True, env={"PATH": "/nowhere"})
        return done.returncode, done.stdout + done.stderr

    status, said = check("--key", kept_key)
    expect(status == 0 and "PROVEN: record 7 is in" in said, "record 7 to be proven, not: " + said)
    with open(proof) as f:
        text = f.read()
    for old, new in (('"index":6', '"index":7'), ("+OK", "-OK")):
        expect(old in text, "%s in the proof" % old)
        with open(proof, "w") as f:
            f.write(text.replace(old, new))
        status, said = check()
        expect(status == 1, "a changed proof to be none (%s): %s" % (new, said))
    os.rename(gateway.state + ".away", gateway.state)


def main():
    need("openssl")
    with world(count=5) as here:
        gateway = here.gateway
        poll(gateway, 5)
        gateway.command("audit", "verify")
        gateway.stop()
        earlier = shutil.copytree(gateway.state, gateway.state + ".earlier")
        gateway.start()
        poll(gateway, 0)
        gateway.stop()
        kept = shutil.copytree(gateway.state, gateway.state + ".kept")
        clean = verified(gateway, "--signatures")
        expect(clean["clean"], "a clean record")
        records, note = clean["records"], os.path.join(here.folder, "mail.txt")
        with open(note, "w") as f:
            f.write("Report of Monday.\n\n%s\nEnd.\n" % clean["checkpoint"])
        key = os.path.join(kept, "checkpoint.pub")
        agrees = verified(gateway, "--against", note, "--key", key)
        expect(agrees["clean"] and agrees["against"][0]["verdict"] == "agrees", "agreement, not: %s" % agrees)
        expect(agrees["consistency"]["oldSize"] == records, "a proof of it in: %s" % agrees)
        prove(here, key)

        def holds(change, kind, record=7, arguments=()):
            with database(gateway.state) as connection:
                change(connection, gateway.state)
            found = kinds(gateway, *arguments)
            expect(list(found) == [kind], "%s to be called %s, not %s" % (change.__name__, kind, found))
            first, last = found[kind]
            expect(record is None or first <= record <= last, "record %s in %s" % (record, found))
            shutil.rmtree(gateway.state)
            shutil.copytree(kept, gateway.state)

        holds(change_byte, "changed")
        holds(delete, "deleted")
        holds(delete_and_number_anew, "deleted")
        holds(cut, "cut-off", records)
        holds(insert, "inserted")
        holds(swap, "swapped")
        holds(remake, "rewritten")
        with database(gateway.state) as connection:
            remake_with_key(connection, gateway.state)
        gateway.command("audit", "verify", "--signatures")
        holds(lambda *_: None, "rewritten-with-key", 7, ("--against", note))
        with database(gateway.state) as connection:
            replace_key(connection, gateway.state)
        gateway.command("audit", "verify", "--signatures")
        holds(lambda *_: None, "key-replaced", None, ("--key", key))
        with database(gateway.state) as connection:
            replace_key(connection, gateway.state)
        holds(lambda *_: None, "key-replaced", None, ("--against", note))
        shutil.rmtree(gateway.state)
        shutil.copytree(earlier, gateway.state)
        gateway.command("audit", "verify")
        holds(lambda *_: None, "rolled-back", records, ("--against", note))
        said = gateway.command("audit", "verify", "--language", "ja")
        expect("記録は完全です" in said, "Japanese, not: " + said)
        gateway.start()


if __name__ == "__main__":
    main()
