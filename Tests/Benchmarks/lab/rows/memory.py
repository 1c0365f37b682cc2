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
        """Of the process so far, in MB."""
        with open("/proc/%d/status" % ours.front) as f:
            return next(int(row.split()[1]) for row in f if row.startswith("VmHWM")) / 1024

    def drained():
        popload(ours, "poll", "many%d", "--users", "1-%d" % accounts, "-c", devices, "-n", 2 * devices)
        popload(ours, "drain", "many1", "--manifest", bench.upstream.manifest("many1"))
        polled = peak()
        popload(ours, "drain", "many%d", *options, "-c", 16, "-n", accounts)
        ours.tag = "#pc2"
        popload(ours, "drain", "many%d", *options, "-c", devices, "-n", devices)
        return {"value": peak(), "polled": polled}

    values = bench.rounds(1, ours=drained)["ours"]
    work = "{} accounts of 100 messages were drained, {} devices drain at once: peak".format(accounts, devices)
    polled = median(values, "polled")
    limit = bound(polled, devices) if polled else 0
    return [line("memory", work, {"Leavecopy, polled by as many": polled}, median(values), "MB", limit=limit,
                 goal="%.0f MB: that, `cache`, 256 kB a device, and a tenth" % limit, detail=values)]


def bound(polled, devices):
    """What the configuration and README allow: 32 MB of `cache`, 256 kB for each device that drains, and a tenth of all for
    what the allocator keeps."""
    return 1.1 * (polled + 32 + devices * 0.25)
