"""Memory when the cache is full and a hundred devices drain at once: the peak of the front."""
from bench import median
from load import popload
from table import line


def memory(bench):
    accounts, devices = (8, 16) if bench.quick else (64, 100)
    bench.mailboxes(["many%d" % i for i in range(1, accounts + 1)], 100)
    options = ["--users", "1-%d" % accounts, "--manifest", bench.upstream.manifest("many%d")]
    ours = bench.leavecopy()

    def peak():
        popload(ours, "drain", "many%d", *options, "-c", 16, "-n", accounts)
        ours.tag = "#pc2"
        popload(ours, "drain", "many%d", *options, "-c", devices, "-n", devices)
        with open("/proc/%d/status" % ours.front) as f:
            kilobytes = next(int(row.split()[1]) for row in f if row.startswith("VmHWM"))
        return {"value": kilobytes / 1024}

    values = bench.rounds(1, ours=peak)["ours"]
    work = "{} accounts of 100 messages were drained, {} devices drain at once: peak".format(accounts, devices)
    return [line("memory", work, {}, median(values), "MB", limit=None, goal="what `cache` allows, and the sessions'")]
