"""Whole mailboxes retrieved on loopback: the CPU time of front and mail server together. Each message is compared with
the manifest."""
from bench import median
from load import measured, popload
from table import line


def drain_one(bench):
    count = 100 if bench.quick else 1_000
    users = ["whole%d" % i for i in range(1, 4)]
    bench.mailboxes(users, count)
    return first_device(bench, "drain-1", "drain, 1 connection, 3 × {:,} messages".format(count), users, "whole%d", 1)


def drain_many(bench):
    users = ["many%d" % i for i in range(1, 17 if bench.quick else 65)]
    bench.mailboxes(users, 100)
    return first_device(bench, "drain-16", "drain, 16 connections, %d × 100 messages" % len(users), users, "many%d", 16)


def first_device(bench, name, work, users, pattern, concurrent):
    """Each account once, so that nothing was fetched before."""
    options = ["--users", "1-%d" % len(users), "-c", concurrent, "-n", len(users)]
    manifest = bench.upstream.manifest(pattern)
    nginx = bench.nginx()

    def one(target):
        popload(target, "poll", pattern, *options)  # the list is known, and no message
        return cpu(measured(target, "drain", pattern, *options, "--manifest", manifest))

    def ours():
        target = bench.leavecopy()
        value = one(target)
        bench.end(target)
        return value

    values = bench.rounds(3, nginx=lambda: one(nginx), ours=ours, native=lambda: one(bench.native()))
    return [line(name, work + ", first device: CPU", best(values, "nginx", "native"), median(values["ours"]), "s",
                 against=median(values["nginx"]), limit=1.3, goal="1.3 × nginx", detail=values)]


def drain_cached(bench):
    sessions = 16 if bench.quick else 64
    bench.mailboxes(["u%d" % i for i in range(1, 17)], 100)
    options = ["--users", "1-16", "-c", 16, "--manifest", bench.upstream.manifest("u%d")]
    ours = bench.leavecopy()
    warm = []

    def one(target):
        return cpu(measured(target, "drain", "u%d", *options, "-n", sessions))

    def cached():
        if not warm:
            warm.append(popload(ours, "drain", "u%d", *options, "-n", 16))
            ours.tag = "#pc2"
        return one(ours)

    values = bench.rounds(3, native=lambda: one(bench.native()), ours=cached)
    return [line("drain-16-cached", "drain, 16 connections, %d × 100 messages, cached: CPU" % sessions,
                 best(values, "native"), median(values["ours"]), "s", against=median(values["native"]), limit=0.5,
                 goal="native / 2", detail=values)]


def cpu(result):
    return {"value": sum(result["cpu_s"]), "cpu_s": result["cpu_s"], "messages": result["messages"],
            "MB_per_s": result["octets"] / 1e6 / result["seconds"]}


def best(values, *names):
    return {name: median(values[name]) for name in names}
