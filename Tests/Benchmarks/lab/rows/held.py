"""Sessions that are logged in and say nothing: memory each, with a scripted mail server, since a real one would need as
many processes."""
import subprocess
import time

from bench import median
from load import Failed, outcome, popload, popload_command
from processes import proportional_kilobytes
from scripted import Scripted
from table import line

ACCOUNTS = 20


def held(bench):
    lines = []
    few = 50 if bench.quick else 500
    bench.mailboxes(["u%d" % i for i in range(1, 17)], 100)
    nginx = bench.nginx()
    values = bench.rounds(1, nginx=lambda: hold(nginx, few, "u%d", 16, nginx.upstream))
    best = {"nginx (%d sessions)" % few: median(values["nginx"]), "its upstream": median(values["nginx"], "upstream")}
    for count in (100, 200) if bench.quick else (2_000, 10_000):
        mails = bench.started(Scripted(bench.path("scripted"), 100))
        ours = bench.leavecopy(url="imaps://127.0.0.1:%d" % mails.port, ca=mails.ca)

        def one():
            result = hold(ours, count, "a%d", ACCOUNTS)
            result["connections"] = mails.tell("report")["most"] / ACCOUNTS
            return result
        values = bench.rounds(1, **{"ours %d" % count: one})["ours %d" % count]
        bench.end(ours)
        mails.stop()
        work = "held session, %d accounts, {:,} sessions: ".format(count) % ACCOUNTS
        lines.append(line("held", work + "PSS each", best, median(values), "kB", limit=24, goal="24 kB", detail=values))
        lines.append(line("held", work + "upstream connections an account", {}, median(values, "connections"), "",
                          limit=3, goal="3"))
    return lines


def hold(target, count, pattern, users, upstream=None):
    """Kilobytes a session; PSS leaves the kernel's buffers out. What a process takes once, for its first sessions, is no
    session's."""
    popload(target, "poll", pattern, "--users", "1-%d" % users, "-c", 16, "-n", 4 * users)
    before = proportional_kilobytes(target.front)[0]
    upstream_before = proportional_kilobytes(upstream)[0] if upstream else 0
    load = subprocess.Popen(
        popload_command(target, "hold", pattern, "--users", "1-%d" % users, "-n", count, "-c", 16, "--patience", 120),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told = load.stdout.readline()
    time.sleep(3)  # what a login still does behind its answer
    after = proportional_kilobytes(target.front)[0]
    upstream_after = proportional_kilobytes(upstream)[0] if upstream else 0
    text, errors = load.communicate("")
    outcome(text, errors)
    if told != "held %d\n" % count:
        raise Failed(told.strip() + " of %d" % count)
    return {"value": (after - before) / count, "upstream": (upstream_after - upstream_before) / count,
            "pss_before_kB": before, "pss_after_kB": after}
