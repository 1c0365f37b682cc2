"""Twelve devices on one mailbox, each known another way, half of them keep and half of them delete. Mail arrives and an
IMAP user deletes between the polls: each device gets each message that is there once, and only the IMAP user changes the
mailbox."""
import glob
import hashlib
import json
import os
import re
import signal
import subprocess

import pop3
from generator import deliver, message, wire
from lab import MASTER, MASTER_PASSWORD, PASSWORD, USER, expect, field, free_port, need, upstream, world
from pc import Line, cables

DOMAIN = "pop.office.example"
POLLS = 3
REFUSED = "-ERR [SYS/PERM] this PC deletes mail"


class Device:
    """One PC, and what it must have seen. `kind` is how it must be known; None for nobody."""

    def __init__(self, name, kind, deletes, port, login=USER, password=PASSWORD, dials="localhost", source="127.0.0.1",
                 cable=None, certificate=None):
        self.name, self.kind, self.deletes, self.port = name, kind, deletes, port
        self.login, self.password, self.dials, self.source = login, password, dials, source
        self.cable, self.certificate = cable, certificate
        self.got, self.known, self.deleted = [], {}, set()

    @property
    def value(self):
        """What the record must say it was known by."""
        if self.kind == "certificate":
            key = ["openssl", "pkey", "-in", self.certificate[1], "-pubout", "-outform", "DER"]
            return hashlib.sha256(subprocess.run(key, check=True, capture_output=True).stdout).hexdigest()
        return {None: lambda: None, "tag": lambda: self.login.split("#")[1], "name": lambda: self.name,
                "credential": lambda: self.login, "neighbour": lambda: self.cable.hardware,
                "address": lambda: self.source}[self.kind]()

    def poll(self, ca, there):
        """One poll, with `there` in the mailbox: {SHA-256: number of the message}."""
        line = Line(self.port, ca, self.dials, self.source, self.cable, self.certificate)
        line.login(self.login, self.password)
        line.ok("UIDL")
        listed = [entry.split() for entry in line.body().decode().splitlines()]
        must = set(there.values()) - (self.deleted if self.kind else set())
        expect(len(listed) == len(must), "%s to see %d messages, not %d" % (self.name, len(must), len(listed)))
        expect(line.count() == len(must), "the same from STAT")
        seen = set()
        for number, unique in listed:
            if unique in self.known:
                seen.add(self.known[unique])
                expect(self.kind is None or not self.deletes, "%s never to see again what it deleted" % self.name)
                if self.deletes:
                    expect(line.ask("RETR " + number).startswith(REFUSED), "the fixed text for " + self.name)
                continue
            which = there.get(pop3.digest(line.retr(int(number))))
            expect(which is not None, "%s to get a message as it is" % self.name)
            self.got.append(which)
            self.known[unique] = which
            seen.add(which)
            if self.deletes:
                line.ok("DELE " + number)
                self.deleted.add(which)
        expect(seen == must, "%s to see %s, not %s" % (self.name, sorted(must), sorted(seen)))
        expect(line.quit() == "+OK bye", "+OK to QUIT")
        expect(len(set(self.got)) == len(self.got), "nothing twice for " + self.name)


class Mailbox:
    """What is delivered, and what an IMAP user does."""

    def __init__(self, server):
        self.server, self.there, self.delivered = server, {}, 0

    def arrive(self, count):
        for _ in range(count):
            self.delivered += 1
            octets = message(self.delivered)
            deliver(self.server.maildir(USER), self.delivered, octets)
            self.there[hashlib.sha256(wire(octets)).hexdigest()] = self.delivered
        self.server.give_to_owner()

    def look(self):
        """{SHA-256: (flags but \\Recent, size)}"""
        shown = upstream.picture("127.0.0.1", self.server.imaps, self.server.ca, USER + "*" + MASTER, MASTER_PASSWORD)
        return {entry[2]: (tuple(f for f in entry[0] if f != b"\\Recent"), entry[1])
                for key, entry in shown.items() if key != "UIDVALIDITY"}

    def expunge(self, numbers):
        """An IMAP user deletes, with a mail program. What it sent is taken out of Dovecot's rawlog."""
        before = set(glob.glob(os.path.join(self.server.rawlog, "*")))
        user = upstream.connect("127.0.0.1", self.server.imaps, self.server.ca, USER, PASSWORD)
        user.select("INBOX")
        for number in numbers:
            _, found = user.uid("SEARCH", "HEADER", "X-Lab-Number", str(number))
            uid = [u for u in found[0].split() if number == number_of(user, u)][0]
            user.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)")
        user.expunge()
        user.logout()
        for path in set(glob.glob(os.path.join(self.server.rawlog, "*"))) - before:
            os.remove(path)
        self.there = {digest: n for digest, n in self.there.items() if n not in numbers}


def number_of(user, uid):
    _, answer = user.uid("FETCH", uid, "(BODY.PEEK[HEADER.FIELDS (X-LAB-NUMBER)])")
    return int(re.search(rb"X-Lab-Number: (\d+)", answer[0][1])[1])


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def client_certificate(folder):
    """A CA of the office for its PCs, and one PC's certificate."""
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "pcs.key", "-out", "pcs.crt", "-days", "2", "-subj", "/CN=PCs of the office")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "notebook.key",
            "-out", "notebook.csr", "-subj", "/CN=notebook")
    with open(os.path.join(folder, "use"), "w") as f:
        f.write("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=clientAuth\n")
    openssl(folder, "x509", "-req", "-in", "notebook.csr", "-CA", "pcs.crt", "-CAkey", "pcs.key", "-CAcreateserial",
            "-days", "2", "-extfile", "use", "-out", "notebook.crt")
    for name in "pcs.crt", "notebook.crt", "notebook.key":
        os.chmod(os.path.join(folder, name), 0o644)
    return [os.path.join(folder, name) for name in ("notebook.crt", "notebook.key")]


def gateway_for(here):
    ports = dict(printer=free_port(), lan=free_port(), fixed=free_port(), pcs=free_port())
    certificate = client_certificate(here.folder)
    password = os.path.join(here.folder, "info.password")
    with open(password, "w") as f:
        f.write(PASSWORD + "\n")
    os.chmod(password, 0o600)
    listeners = "\n".join([
        "- {name: printer, address: 127.0.0.1, port: %(printer)d, tls: implicit, device: printer}",
        "- {name: lan, address: 0.0.0.0, port: %(lan)d, tls: implicit}",
        "- {name: fixed, address: 127.0.0.1, port: %(fixed)d, tls: implicit, identify: [address]}",
        "- {name: pcs, address: 127.0.0.1, port: %(pcs)d, tls: implicit, client-ca: CA}",
    ]) % ports
    listeners = listeners.replace("CA}", os.path.join(here.folder, "pcs.crt") + "}")
    keys = "domain: %s\naccounts:\n  - {login: %s, aliases: [info], password-file: %s}" % (DOMAIN, USER, password)
    return here.fresh_gateway("gateway", listeners=listeners, keys=keys), ports, certificate


def devices_of(gateway, ports, certificate, laid):
    def credential(name):
        made = json.loads(gateway.command("device", "add", name, "--account", USER, "--password", "--json"))
        made = made[0] if isinstance(made, list) else made
        return {"login": made["user"], "password": made["password"]}
    pops = gateway.tls
    return [
        Device("front", "tag", True, pops, login=USER + "#front"),
        Device("back", "tag", False, pops, login="Info#back"),
        Device("till", "name", False, pops, dials="till." + DOMAIN),
        Device("store", "name", True, pops, dials="store." + DOMAIN),
        Device("printer", "name", True, ports["printer"]),
        Device("scanner", "credential", True, pops, **credential("scanner")),
        Device("fax", "credential", False, pops, **credential("fax")),
        Device("notebook", "certificate", True, ports["pcs"], certificate=certificate),
        Device("neighbour", "neighbour", True, ports["lan"], cable=laid[0]),
        Device("neighbour that keeps", "neighbour", False, ports["lan"], cable=laid[1]),
        Device("fixed address", "address", True, ports["fixed"], source="127.0.0.77"),
        Device("nobody", None, True, pops),
    ]


def on_record(gateway, devices):
    """Each login says which device it was, and by what it was known; in the order of the polls."""
    logins = [record for record in gateway.records() if field(record, "event.action") == "login"]
    expect(len(logins) == POLLS * len(devices), "%d logins on record, not %d" % (POLLS * len(devices), len(logins)))
    ids, values = {}, {device.name: device.value for device in devices}
    for number, record in enumerate(logins):
        device = devices[number % len(devices)]
        expect(field(record, "leavecopy.device.identified_by.kind") == device.kind,
               "%s known by %s, not %s" % (device.name, device.kind, record))
        value = field(record, "leavecopy.device.identified_by.value")
        expect(value == values[device.name], "%s known by %s, not %s" % (device.name, values[device.name], value))
        expect(field(record, "user.name") == USER, "the account's own name for " + device.name)
        ids.setdefault(device.name, set()).add(field(record, "leavecopy.device.id"))
        if device.kind in ("tag", "name", "credential", "certificate"):
            expect(field(record, "leavecopy.device.name") == device.name, "%s by its name in %s" % (device.name, record))
        if device.kind is None:
            expect(field(record, "leavecopy.unidentified") == "once", "nobody to be nobody in %s" % record)
    expect(len({number for numbers in ids.values() for number in numbers}) == len(devices), "each its own: %s" % ids)
    listed = json.loads(gateway.command("device", "list", "--json"))
    hidden = sorted(len(device.deleted) if device.deletes else 0 for device in devices if device.kind)
    expect(sorted(device["hidden"] for device in listed) == hidden, "what each hides in %s" % listed)


def main():
    need("openssl", "ip")
    with world(count=0, gateway=False) as here:
        gateway, ports, certificate = gateway_for(here)
        mailbox = Mailbox(here.server)
        mailbox.arrive(8)
        with cables(2) as laid, gateway:
            check(gateway, mailbox, devices_of(gateway, ports, certificate, laid))
        counts, forbidden = upstream.commands(here.server.rawlog)
        expect(not forbidden, "only allowed IMAP commands, not " + "; ".join(forbidden[:5]))
        expect(counts.get("EXAMINE"), "an EXAMINE in Dovecot's rawlog: is it on?")


def check(gateway, mailbox, devices):
    for poll in range(POLLS):
        if poll:
            mailbox.arrive(3)
            there = sorted(mailbox.there.values())
            mailbox.expunge({there[0], there[len(there) // 2], there[-1]})
        if poll == POLLS - 1:  # all must be on disk
            gateway.stop(signal.SIGKILL)
            gateway.start()
        shown = mailbox.look()
        for device in devices:
            device.poll(gateway.ca, mailbox.there)
        expect(mailbox.look() == shown, "a mailbox that only the IMAP user changes")
        expect(set(shown) == set(mailbox.there), "the messages that must be there")
        expect(all(not flags for flags, _ in shown.values()), "no flag on any message")
    on_record(gateway, devices)
    gateway.command("audit", "verify")


if __name__ == "__main__":
    main()
