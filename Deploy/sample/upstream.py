"""What a mailbox is upstream, seen without touching it: to be compared before and after."""
import glob
import hashlib
import imaplib
import os
import re
import ssl


def connect(host, port, ca, user, password):
    context = ssl.create_default_context(cafile=ca)
    connection = imaplib.IMAP4_SSL(host, port, ssl_context=context)
    connection.login(user, password)
    return connection


def picture(host, port, ca, user, password, octets=True):
    """{UID: (flags with \\Recent, size, SHA-256)}, by EXAMINE and PEEK alone."""
    connection = connect(host, port, ca, user, password)
    try:
        status, _ = connection.select("INBOX", readonly=True)
        if status != "OK":
            raise SystemExit("EXAMINE failed")
        validity = connection.response("UIDVALIDITY")[1][0]
        result = {"UIDVALIDITY": validity}
        items = "(UID FLAGS RFC822.SIZE BODY.PEEK[])" if octets else "(UID FLAGS RFC822.SIZE)"
        _, answers = connection.uid("FETCH", "1:*", items)
        for answer in answers or []:
            head, body = answer if isinstance(answer, tuple) else (answer, b"")
            if not head:
                continue
            uid = re.search(rb"UID (\d+)", head)
            if uid:
                flags = tuple(sorted(re.search(rb"FLAGS \(([^)]*)\)", head)[1].split()))
                size = int(re.search(rb"RFC822.SIZE (\d+)", head)[1])
                result[int(uid[1])] = (flags, size, hashlib.sha256(body).hexdigest())
        return result
    finally:
        connection.logout()


def files(maildir):
    """{name with its flags: SHA-256} of a Maildir's files: the same on disk, whatever IMAP says."""
    result = {}
    for path in glob.glob(os.path.join(maildir, "new", "*")) + glob.glob(os.path.join(maildir, "cur", "*")):
        with open(path, "rb") as f:
            result[os.path.relpath(path, maildir)] = hashlib.sha256(f.read()).hexdigest()
    return result


def differences(before, after):
    """What changed, as lines; empty when nothing did."""
    lines = ["%s is gone" % key for key in before if key not in after]
    lines += ["%s is new" % key for key in after if key not in before]
    lines += ["%s was %s, is %s" % (key, before[key], after[key]) for key in before
              if key in after and before[key] != after[key]]
    return lines


ALLOWED = {"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ID", "ENABLE", "EXAMINE", "UNSELECT",
           "UID FETCH", "UID SEARCH", "GETQUOTAROOT", "NAMESPACE", "LIST", "STATUS"}
ITEMS = re.compile(rb"UID FETCH [0-9:,*]+ \(?"
                   rb"((UID|RFC822\.SIZE|INTERNALDATE|FLAGS|BODY\.PEEK\[[^]]*\](<[0-9.]+>)?)[ )]*)+$")
SPECIAL = re.compile(rb"^\S+ ([A-Za-z]+(?: (?:FETCH|SEARCH|STORE|COPY|MOVE|EXPUNGE))?)", re.IGNORECASE)


def sent(rawlog):
    """Each line that a Dovecot's rawlog says it was sent after login."""
    for path in sorted(glob.glob(os.path.join(rawlog, "*.in"))):
        with open(path, "rb") as f:
            for line in f.read().split(b"\n"):
                # Each begins with the time.
                line = re.sub(rb"^\d+\.\d+ ", b"", line.rstrip(b"\r"))
                if line:
                    yield line


def commands(rawlog):
    """({verb: count}, [lines that are not allowed]) of what Dovecot's rawlog says it was sent after login."""
    counts, bad = {}, []
    for line in sent(rawlog):
        found = SPECIAL.match(line)
        verb = found[1].decode().upper() if found else ""
        counts[verb] = counts.get(verb, 0) + 1
        if verb not in ALLOWED or (verb == "UID FETCH" and not ITEMS.match(line.split(b" ", 1)[1])):
            bad.append(line.decode(errors="backslashreplace"))
    return counts, bad
