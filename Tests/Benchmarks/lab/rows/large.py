"""A mailbox of 200,000 messages into which one comes between two polls. The mail server is scripted: a real one would
look through its own 200,000 files meanwhile."""
from bench import median
from load import Failed, measured, popload
from scripted import Scripted
from table import line


def large(bench):
    count = 20_000 if bench.quick else 200_000
    mails = bench.started(Scripted(bench.path("scripted"), count))
    # Headers of the first listing would still be read behind the polls, whenever nobody asks, and be counted as theirs.
    ours = bench.leavecopy(url="imaps://127.0.0.1:%d" % mails.port, ca=mails.ca, upstream_keys="header-keys: false")

    def learn():
        """Whatever the first listing takes: a device may be told to come again."""
        for _ in range(20):
            try:
                return popload(ours, "poll", "a1", "--no-uidl", "--patience", 300)
            except Failed as failure:
                last = failure
        raise last

    def polls(*options):
        if not known:
            known.append(learn())
        mails.tell("report")
        cpu, commands, octets, times = 0, 0, 0, 2 if bench.quick else 10
        for _ in range(times):
            mails.tell("deliver")
            result = measured(ours, "poll", "a1", *options)
            cpu += result["cpu_s"][0]
            said = mails.tell("report")["commands"]
            commands = max(commands, len(said))
        return {"value": cpu * 1000 / times, "commands": commands, "last": said}

    known = []
    values = bench.rounds(1, ours=lambda: polls("--no-uidl"), listed=lambda: polls())
    work = "{:,} messages, later poll with 1 new".format(count)
    return [
        line("large", work + ": IMAP commands", {}, median(values["ours"], "commands"), "", limit=4, goal="4",
             detail=values["ours"]),
        line("large", work + ", STAT: CPU", {}, median(values["ours"]), "ms", limit=10, goal="10 ms"),
        line("large", work + ", STAT and UIDL: CPU", {}, median(values["listed"]), "ms", limit=None,
             goal="10 ms and what the octets of UIDL cost", detail=values["listed"]),
    ]
