"""Measures Leavecopy and today's best beside each other, and prints a table of ratios."""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile

from bench import Bench
from processes import MachineLoad
from rows import ROWS
from table import machine, table


def measure(bench, name):
    bench.failures = {}
    print("-- " + name, file=sys.stderr, flush=True)
    with MachineLoad() as load:
        results = ROWS[name](bench)
    # What a row has started ends with it; the mail server and the road stay.
    for server in [server for server in bench.servers if server not in bench.lasting]:
        server.stop()
        bench.servers.remove(server)
    for result in results:
        result.update(failures=dict(bench.failures), load=str(load), others=round(load.others, 2))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round each: shows that it runs, and no more")
    parser.add_argument("--json", metavar="FILE", help="where the figures go beside the table")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all when left out: " + " ".join(ROWS))
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error("no row %s; there are: %s" % (", ".join(unknown), " ".join(ROWS)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="leavecopy-bench.")
    os.chmod(folder, 0o755)
    bench, results = None, []
    try:
        bench = Bench(os.environ["LEAVECOPY_BINARY"], folder, options.quick)
        for name in options.rows or [name for name in ROWS if not (options.quick and name == "devices")]:
            results += measure(bench, name)
    finally:
        if bench:
            bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(table(results, options.quick))
    with open(options.json or os.path.join(os.environ["LEAVECOPY_BENCH_TOOLS"], "results.json"), "w") as f:
        json.dump({"machine": machine(), "quick": options.quick, "rows": results}, f, indent=1)
    print("figures: " + f.name)


if __name__ == "__main__":
    main()
