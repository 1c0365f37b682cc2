"""clients.py CLIENT TLS MODE: a real client polls twice as a device of its own. TLS is implicit or stls, MODE keep or
delete. With CLIENT=control-CLIENT it polls Dovecot's own POP3S instead, to show that the comparison is right."""
import collections
import hashlib
import os
import poplib
import re
import ssl
import subprocess
import sys

from generator import wire
from lab import PASSWORD, USER, expect, field, need, world


def run(command, home, good=(0,), **more):
    done = subprocess.run(command, cwd=home, capture_output=True, timeout=300,
                          env={**os.environ, "HOME": home, "FETCHMAILHOME": home}, **more)
    expect(done.returncode in good, "%s to succeed, not %d: %s" % (
        command[0], done.returncode, (done.stderr or done.stdout).decode(errors="replace")[-1500:]))
    return done.stdout


def write(home, name, text, mode=0o600):
    path = os.path.join(home, name)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def remembered(home):
    """The UIDLs of the last poll, for clients that keep none themselves."""
    try:
        with open(os.path.join(home, "seen")) as f:
            return set(f.read().split())
    except FileNotFoundError:
        return set()


def curl(place, home, mail):
    user = ["--cacert", place.ca, "-u", "%s:%s" % (place.user, PASSWORD), "-sS"]
    if place.stls:
        user.append("--ssl-reqd")
    base = "%s://127.0.0.1:%d/" % ("pop3" if place.stls else "pop3s", place.port)
    seen = remembered(home)
    pairs = [line.split() for line in run(["curl", *user, "-X", "UIDL", base], home).decode().splitlines() if line]
    for number, uidl in ((n, u) for n, u in pairs if u not in seen):
        target = os.path.join(mail, "new", "%s.%d" % (number, len(os.listdir(os.path.join(mail, "new")))))
        run(["curl", *user, base + number, "-o", target], home)
        seen.add(uidl)
    if not place.keep:
        config = "".join('url = "%s%s"\nrequest = "DELE"\nhead\n' % (base, n) for n, _ in pairs)
        if config:
            run(["curl", *user, "-K", write(home, "deletes", config)], home)
    write(home, "seen", "\n".join(seen if place.keep else ()))


def fetchmail(place, home, mail):
    deliver = write(home, "deliver", '#!/bin/sh\nexec cat >"$(mktemp %s/new/XXXXXXXX)"\n' % mail, 0o700)
    tls = 'sslproto "TLS1.2+"' if place.stls else 'ssl sslproto "TLS1.2+"'
    settings = write(home, "rc", 'poll localhost protocol pop3 port %d uidl auth password '
                     'user "%s" password "%s" %s\n'
                     '%s sslcertck sslcertfile "%s" no rewrite no mimedecode mda "%s"\n'
                     % (place.port, place.user, PASSWORD, "keep" if place.keep else "nokeep", tls, place.ca, deliver))
    run(["fetchmail", "-f", settings, "--nodetach", "--nosyslog", "--invisible", "--pidfile", home + "/pid"], home, (0, 1))


def mpop(place, home, mail):
    secret = write(home, "secret", "#!/bin/sh\necho '%s'\n" % PASSWORD, 0o700)
    run(["mpop", "-C", "/dev/null", "--host=127.0.0.1", "--port=%d" % place.port, "--tls=on",
         "--tls-starttls=" + ("on" if place.stls else "off"), "--tls-trust-file=" + place.ca, "--user=" + place.user,
         "--passwordeval=" + secret, "--delivery=maildir," + mail, "--uidls-file=" + home + "/uidls",
         "--keep=" + ("on" if place.keep else "off"), "--received-header=off", "--quiet"], home)


# getmail delivers each message in a child, and on a busy machine misses the signal of one that ends at once: then it stops
# after 60 s (its issues 226 and 245). This wait misses none; all else is getmail's own.
GETMAIL_WAITS = """import os
from getmailcore.baseclasses import ForkingBase
ForkingBase._prepare_child = lambda self: None
ForkingBase._wait_for_child = lambda self, child: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


def getmail(place, home, mail):
    write(home, "rc", "[retriever]\ntype = SimplePOP3SSLRetriever\nserver = 127.0.0.1\nport = %d\nusername = %s\n"
          "password = %s\nca_certs = %s\n[destination]\ntype = Maildir\npath = %s/\n[options]\ndelete = %s\n"
          "read_all = false\ndelivered_to = false\nreceived = false\nverbose = 0\n"
          % (place.port, place.user, PASSWORD, place.ca, mail, "false" if place.keep else "true"))
    write(home, "sitecustomize.py", GETMAIL_WAITS)
    as_nobody = []
    if os.getuid() == 0:  # it will not deliver as root
        subprocess.run(["chown", "-R", "65534:65534", home], check=True)
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    run([*as_nobody, "env", "PYTHONPATH=" + home, "getmail", "--getmaildir=" + home, "--rcfile=" + home + "/rc"], home)


def poplib_client(place, home, mail):
    poplib._MAXLINE = 1 << 20
    context = ssl.create_default_context(cafile=place.ca)
    if place.stls:
        session = poplib.POP3("127.0.0.1", place.port, timeout=120)
        session.stls(context)
    else:
        session = poplib.POP3_SSL("127.0.0.1", place.port, context=context, timeout=120)
    session.user(place.user)
    session.pass_(PASSWORD)
    seen = remembered(home)
    for line in session.uidl()[1]:
        number, uidl = line.decode().split()
        if uidl in seen:
            continue
        with open(os.path.join(mail, "new", "%s.%d" % (number, len(seen))), "wb") as f:
            f.write(b"".join(x + b"\r\n" for x in session.retr(int(number))[1]))
        seen.add(uidl)
        if not place.keep:
            session.dele(int(number))
    session.quit()
    write(home, "seen", "\n".join(seen if place.keep else ()))


CLIENTS = {"curl": curl, "fetchmail": fetchmail, "mpop": mpop, "getmail": getmail, "poplib": poplib_client}
EXACT = ("curl", "poplib")


class Place:
    def __init__(self, port, ca, user, stls, keep):
        self.port, self.ca, self.user, self.stls, self.keep = port, ca, user, stls, keep


def arrived(client, mail):
    """SHA-256 of each message, the client's own rewriting undone."""
    result = collections.Counter()
    for part in ("new", "cur"):
        for name in os.listdir(os.path.join(mail, part)):
            with open(os.path.join(mail, part, name), "rb") as f:
                octets = f.read()
            if client not in EXACT:
                octets = octets.replace(b"\r\n", b"\n")
                # What they put above the rest: fetchmail a Received field, getmail a Return-Path.
                octets = re.sub(rb"\AReturn-Path: <unknown>\n", b"", octets)
                octets = re.sub(rb"\AReceived: from [^\n]*\n(?:[ \t][^\n]*\n)*", b"", octets)
                octets = wire(octets)
            result[hashlib.sha256(octets).hexdigest()] += 1
    return result


def poll_twice(client, place, folder, manifest):
    home = os.path.join(folder, client)
    mail = os.path.join(home, "mail")
    for part in ("new", "cur", "tmp"):
        os.makedirs(os.path.join(mail, part))
    want = collections.Counter(manifest)
    for poll in (1, 2):
        CLIENTS[client](place, home, mail)
        got = arrived(client, mail)
        expect(sum(got.values()) == len(manifest), "%d messages after poll %d, not %d" % (
            len(manifest), poll, sum(got.values())))
        wrong = sum((want - got).values())
        expect(wrong == 0, "the same octets, but %d messages differ after poll %d" % (wrong, poll))


def main():
    client, tls, mode = sys.argv[1:4]
    control, client = client.startswith("control-"), client.removeprefix("control-")
    need({"poplib": "python3"}.get(client, client))
    keep, stls = mode == "keep", tls == "stls"
    with world(count=60, nasty=client in EXACT, pop3=control, gateway=not control) as here:
        if control:
            os.chmod(here.folder, 0o755)
            poll_twice(client, Place(here.server.pop3s, here.server.ca, USER, False, keep), here.folder, here.manifest)
            return
        gateway = here.gateway
        port = gateway.starttls if stls else gateway.tls
        for device in ("one", "two"):
            folder = os.path.join(here.folder, device)
            os.makedirs(folder)
            poll_twice(client, Place(port, gateway.ca, USER + "#" + device, stls, keep), folder, here.manifest)
        for device in ("one", "two"):
            deletes = len([r for r in gateway.records("--device", device) if field(r, "event.action") == "dele"])
            expect(deletes == (0 if keep else len(here.manifest)), "%d DELEs of %s on record, not %d" % (
                0 if keep else len(here.manifest), device, deletes))


if __name__ == "__main__":
    main()
