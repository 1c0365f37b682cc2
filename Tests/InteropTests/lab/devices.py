"""Devices and their operator, on a server that runs: who is let in, one session or two, two PCs on one name, and what
`device` changes from the next login on."""
import concurrent.futures
import json

import pop3
from lab import PASSWORD, USER, expect, field, free_port, need, select_pause, world
from pc import Line, cables

COUNT = 6
KEYS = """identify: [tag]
registration: closed
devices:
  - {name: till, one-session: true}"""
UNREGISTERED = "-ERR [SYS/PERM] this PC is not registered here, contact the administrator"
IN_USE = "-ERR [IN-USE] this PC has another session open, please wait"


class Office:
    def __init__(self, gateway, lan):
        self.gateway, self.lan = gateway, lan

    def ask(self, name, cable=None):
        """A session, and the reply to its PASS."""
        session = Line(self.lan, self.gateway.ca, cable=cable) if cable else pop3.Session(self.gateway.tls,
                                                                                         self.gateway.ca)
        session.ok("USER %s#%s" % (USER, name))
        return session, session.ask("PASS " + PASSWORD)

    def open(self, name, cable=None):
        session, reply = self.ask(name, cable)
        expect(reply.startswith("+OK"), "%s to be let in, not %s" % (name, reply))
        return session

    def refused(self, text, *names):
        """Side by side: a refusal takes its time."""
        with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
            for name, (session, reply) in zip(names, pool.map(self.ask, names)):
                expect(reply == text, "%s for %s, not %s" % (text, name, reply))
                session.close()

    def sees(self, name):
        """The unique-ids of what a device sees now."""
        session = self.open(name)
        seen = uniques(session)
        expect(session.quit().startswith("+OK"), "+OK to QUIT")
        return seen

    def add(self, name):
        self.gateway.command("device", "add", name, "--account", USER)

    def list(self):
        return {entry["name"]: entry for entry in json.loads(self.gateway.command("device", "list", "--json"))}

    def alerts(self):
        return [field(record, "leavecopy.done") for record in self.gateway.records("--action", "alert")]


def uniques(session):
    session.ok("UIDL")
    return [line.split()[1].decode() for line in session.body().splitlines()]


def closed(office):
    office.refused(UNREGISTERED, "front", "fronf", "counter")
    expect(not office.list(), "no device by a login that was refused")
    last = office.gateway.records("--action", "refusal")[-1]
    expect(field(last, "event.outcome") == "failure" and "registration is closed" in json.dumps(last),
           "a refusal on record, not %s" % last)
    for name in "front", "till", "shared":
        office.add(name)
    expect(len(office.sees("front")) == COUNT, "everything for a device that was added")


def sessions(office):
    first = office.open("till")
    office.refused(IN_USE, "till")
    expect(len(office.sees("front")) == COUNT, "another device to be let in")
    first.quit()
    first = office.open("till")
    first.close()  # a line that is lost gives the place back, too
    while (answer := office.ask("till"))[1] == IN_USE:
        answer[0].close()
        select_pause()
    expect(answer[1].startswith("+OK"), "the device to come back, not " + answer[1])
    answer[0].quit()
    # Without one-session: two at once, and what both delete is hidden.
    one, other = office.open("front"), office.open("front")
    all_ = uniques(one)
    one.ok("DELE 1")
    other.ok("DELE 2")
    expect(one.quit().startswith("+OK") and other.quit().startswith("+OK"), "+OK to both")
    expect(office.sees("front") == all_[2:], "what neither has deleted")
    return all_


def two_machines(office, laid):
    near = office.open("shared", laid[0])
    near.retr(1)
    again = office.open("shared", laid[0])
    near.retr(1)
    again.quit()
    expect(not office.alerts(), "no alert for one PC with two sessions, not %s" % office.alerts())
    far = office.open("shared", laid[1])
    for session in near, far, near, far:
        session.retr(2)
    alerts = office.alerts()
    expect(len(alerts) == 1, "one alert, not %s" % alerts)
    for cable in laid:
        expect(cable.address in alerts[0], "%s in %s" % (cable.address, alerts))
    expect("shared is used from" in alerts[0] and "at once" in alerts[0], "what it is about in %s" % alerts)
    lines = [line for line in office.gateway.text().splitlines() if "two PCs on one name" in line]
    expect(len(lines) == 1 and "device=shared" in lines[0] and " warning " in lines[0], "one line of the log: %s" % lines)
    for session in near, far:
        session.quit()


def changes(office, all_):
    command = office.gateway.command
    # Renamed: the PC goes on with its tag, and has its own view.
    command("device", "rename", "front", "desk")
    expect(office.sees("front") == all_[2:], "the same view under the new name")
    login = office.gateway.records("--action", "login")[-1]
    expect(field(login, "leavecopy.device.name") == "desk" and
           field(login, "leavecopy.device.identified_by.value") == "front", "both names in %s" % login)
    # Restored: from the next login on, with a unique-id that the PC does not know.
    rows = {entry["uidl"]: entry["row"] for entry in json.loads(command("device", "hidden", "desk", "--json"))}
    expect(set(rows) == set(all_[:2]), "what it has deleted in %s" % rows)
    session = office.open("front")
    command("device", "restore", "desk", "--message", str(rows[all_[0]]))
    expect(uniques(session) == all_[2:], "a session that goes on as it began")
    session.quit()
    now = office.sees("front")
    fresh = [unique for unique in now if unique not in all_]
    expect(len(now) == COUNT - 1 and len(fresh) == 1 and set(all_[2:]) < set(now), "one more, not %s" % now)
    # Merged: what either has deleted is hidden from both, also what a session that goes on deletes.
    session = office.open("till")
    session.ok("DELE 3")
    session.ok("DELE 4")
    command("device", "merge", "till", "desk")
    expect(session.quit().startswith("+OK"), "+OK to a session of the device that is gone")
    left = fresh + all_[4:]
    for tag in "till", "front":
        expect(sorted(office.sees(tag)) == sorted(left), "%s to see %s" % (tag, left))
    expect(set(office.list()) == {"desk", "shared"}, "two devices left, not %s" % office.list())
    # Known by more, and by less, which is looked at below.
    command("device", "identify", "desk", "--tag", "counter")
    expect(sorted(office.sees("counter")) == sorted(left), "the same view by another tag")
    command("device", "identify", "desk", "--remove", "--tag", "till", "--name", "till")
    # Removed: unknown again, and nobody else is.
    command("device", "remove", "shared", status=1)
    expect("shared" in office.list(), "nothing removed without --yes")
    session = office.open("shared")
    session.ok("DELE 1")
    command("device", "remove", "shared", "--yes")
    reply = session.quit()
    expect(reply.startswith("-ERR [SYS/"), "no +OK for what cannot be kept, not " + reply)
    office.refused(UNREGISTERED, "shared", "till")
    expect(sorted(office.sees("front")) == sorted(left), "nothing changed for others")
    actions = {field(record, "event.action") for record in office.gateway.records()}
    wanted = {"device-add", "device-rename", "device-restore", "device-merge", "device-identify",
              "device-remove"}
    expect(wanted <= actions, "each on record, not %s" % actions)
    office.add("shared")
    expect(office.sees("shared") == all_, "everything, for it is a new device")


def main():
    need("ip")
    lan = free_port()
    listeners = "- {name: lan, address: 0.0.0.0, port: %d, tls: implicit}" % lan
    with cables(2) as laid, world(count=COUNT, keys=KEYS, listeners=listeners) as here:
        office = Office(here.gateway, lan)
        closed(office)
        all_ = sessions(office)
        two_machines(office, laid)
        changes(office, all_)


if __name__ == "__main__":
    main()
