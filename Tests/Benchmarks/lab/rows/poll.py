"""A poll: connect, TLS, login, STAT, UIDL, QUIT, sixteen at a time. What counts is the CPU time of front and mail
server together, which hardly depends on what else the machine does."""
from bench import median
from load import Failed, measured, popload
from table import line


def poll_small(bench):
    return poll(bench, "poll-100", ["u%d" % i for i in range(1, 17)], "u%d", 100, limit=1.0)


def poll_large(bench):
    users = ["small%d" % i for i in range(1, 9)]
    return poll(bench, "poll-10000", users, "small%d", 1_000 if bench.quick else 10_000, limit=3.0)


def poll(bench, name, users, pattern, count, limit):
    bench.mailboxes(users, count, small=pattern.startswith("small"))
    seconds = 1 if bench.quick else 5
    options = ["--users", "1-%d" % len(users), "-c", 16, "--expect", count]
    targets = {"native": bench.native(), "nginx": bench.nginx(), "imapc": bench.imapc(), "ours": bench.leavecopy()}
    warm = set()

    def one(target):
        if target.name not in warm:
            popload(target, "poll", pattern, *options, "-n", 2 * len(users))
            warm.add(target.name)
        result = measured(target, "poll", pattern, *options, "-d", seconds)
        if not result["sessions"]:
            raise Failed("not one session in %d s" % seconds)
        return {"value": sum(result["cpu_s"]) * 1000 / result["sessions"], "cpu_s": result["cpu_s"],
                "sessions_per_s": result["sessions"] / result["seconds"], "p99_ms": result["ms"]["session"]["p99"]}

    values = bench.rounds(4, **{key: lambda target=target: one(target) for key, target in targets.items()})
    best = {key: median(values[key]) for key in ("nginx", "native", "imapc")}
    return [line(name, "poll, {:,} messages, c=16: CPU a session".format(count), best, median(values["ours"]), "ms",
                 limit=limit, goal="%g ms" % limit, detail=values)]
