"""A mail server 40 ms away: what a gateway near the devices can spare them."""
from bench import median
from imapclient import all_bodies, all_sizes
from load import popload
from servers import FAR
from table import line


def far_drain(bench):
    """Messages one RETR at a time: by the first device, and by a second one."""
    count = 50 if bench.quick else 500
    bench.mailboxes(["far"], count, small=True)
    manifest = bench.upstream.manifest("far")
    all_bodies("127.0.0.1", bench.upstream, "far", "pw-far")  # the mail server's own index is made

    def drain(target):
        return {"value": popload(target, "drain", "far", "--manifest", manifest)["seconds"]}

    second = []

    def ours():
        target = bench.leavecopy(far=True)
        first = drain(target)
        target.tag = "#pc2"
        second.append(drain(target))
        bench.end(target)
        return first

    fast = bench.rounds(3, bound=lambda: {"value": all_bodies(FAR, bench.upstream, "far", "pw-far")}, ours=ours,
                        near=lambda: drain(bench.native()))
    slow = bench.rounds(1, native=lambda: drain(bench.native(far=True)), imapc=lambda: drain(bench.imapc(far=True)))
    bound, near = median(fast["bound"]), median(fast["near"])
    work = "%d small messages, one RETR at a time, mail server 40 ms away" % count
    best = {"native far": median(slow["native"]), "imapc": median(slow["imapc"])}
    return [
        line("far", work + ", first device", {**best, "IMAP bound": bound}, median(fast["ours"]), "s", against=bound,
             limit=2, goal="2 × the IMAP bound", detail={**fast, **slow}),
        line("far", "the same, second device", {**best, "native near": near}, median(second), "s", against=near,
             limit=1.5, goal="1.5 × native POP3 on loopback", detail=second),
    ]


def far_stat(bench):
    """STAT after login when nothing is known of the mailbox."""
    count = 1_000 if bench.quick else 10_000
    part = 20 if bench.quick else 100
    bench.mailboxes(["small%d" % i for i in range(1, 9)], count, small=True)
    bench.mailboxes(["part"], part, small=True)
    for user in ("small1", "part"):
        all_sizes("127.0.0.1", bench.upstream, user, "pw-" + user)

    def stat(target, user, key):
        return popload(target, "poll", user, "--no-uidl", "--patience", 120)["ms"][key]["max"] / 1000

    def ours():
        target = bench.leavecopy(far=True)
        seconds = stat(target, "small1", "stat_since_connect")
        bench.end(target)
        return {"value": seconds}

    values = bench.rounds(3, bound=lambda: {"value": all_sizes(FAR, bench.upstream, "small1", "pw-small1")}, ours=ours)
    # It asks for one size after the other: a part of the mailbox tells the rest.
    slow = bench.rounds(1, imapc=lambda: {"value": stat(bench.imapc(far=True), "part", "stat") / part * count})
    bound = median(values["bound"])
    return [line("far-stat", "STAT after login, {:,} messages, 40 ms, nothing known".format(count),
                 {"imapc (from %d messages)" % part: median(slow["imapc"]), "one bulk FETCH": bound},
                 median(values["ours"]), "s", against=bound, limit=1.3, goal="1.3 × the bulk FETCH",
                 detail={**values, **slow})]
