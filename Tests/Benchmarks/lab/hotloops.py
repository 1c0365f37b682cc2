"""Instructions and allocations of the hot loops, by the difference of two runs: what comes before and after the loop
falls out. See Tests/Benchmarks/hot-loops."""
import json
import os
import re
import subprocess
import sys

FEW, MANY = 2, 6
# A new compiler moves instructions by a few in a hundred; a lost fast path moves them by more.
INSTRUCTIONS, ALLOCATIONS = 1.05, 1.02
# Hashing is seeded by chance else.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}


def count(command, pattern, environment):
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    found = re.search(pattern, done.stderr)
    if done.returncode != 0 or not found:
        raise SystemExit("%s: exit status %d\n%s" % (" ".join(command), done.returncode, done.stderr[-2000:]))
    return int(found[1])


def per_run(measure):
    return (measure(MANY) - measure(FEW)) // (MANY - FEW)


def measured(tools, name):
    program = os.path.join(tools, "HotLoops")
    return {
        "instructions": per_run(lambda times: count(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, name, str(times)],
            r"Collected : (\d+)", ENVIRONMENT)),
        "allocations": per_run(lambda times: count(
            [program, name, str(times)], r"allocations: (\d+)",
            {**ENVIRONMENT, "LD_PRELOAD": os.path.join(tools, "allocations.so")})),
    }


def main():
    tools, file = sys.argv[1:3]
    names = subprocess.run([os.path.join(tools, "HotLoops")], capture_output=True, text=True, check=True).stdout.split()
    now = {name: measured(tools, name) for name in names}
    if sys.argv[3:] == ["--record"]:
        with open(file, "w") as f:
            json.dump(now, f, indent=2)
            f.write("\n")
    with open(file) as f:
        known = json.load(f)
    worse = 0
    print("| loop | instructions | of what is known | allocations | of what is known | |\n|---|---|---|---|---|---|")
    for name, value in now.items():
        before = known.get(name)
        if before is None:
            worse += 1
            print("| %s | %d | | %d | | unknown: --record |" % (name, value["instructions"], value["allocations"]))
            continue
        ratios = [value[key] / max(1, before[key]) for key in ("instructions", "allocations")]
        is_worse = ratios[0] > INSTRUCTIONS or value["allocations"] > before["allocations"] * ALLOCATIONS + 1
        is_better = not is_worse and ratios[0] < 2 - INSTRUCTIONS
        worse += is_worse
        print("| %s | %s | %.3f | %s | %.3f | %s |" % (
            name, "{:,}".format(value["instructions"]), ratios[0], "{:,}".format(value["allocations"]), ratios[1],
            "worse" if is_worse else "better: --record" if is_better else "as known"))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
