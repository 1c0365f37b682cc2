"""The table of the goals, and the machine it was taken on."""
import os
import platform


def machine():
    with open("/proc/cpuinfo") as f:
        model = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    return "%d cores of %s, Linux %s" % (os.cpu_count(), model, platform.release())


def line(row, work, best, ours, unit, goal, limit, against=None, detail=None):
    """`best` is what others need, {name: figure}. The ratio is ours to `against`, else to the best of the others. The
    goal is met when the ratio to `against`, or else our own figure, is at most `limit`."""
    others = {name: value for name, value in best.items() if value is not None}
    reference = against or min(others.values(), default=None)
    ratio = ours / reference if ours is not None and reference else None
    measure = ratio if against else ours
    met = None if measure is None or limit is None else measure <= limit
    return {"row": row, "work": work, "best": ", ".join("%s %s %s" % (name, number(value), unit)
                                                        for name, value in others.items()),
            "ours": ours, "unit": unit, "ratio": ratio, "goal": "≤ " + goal, "met": met, "detail": detail}


def number(value):
    return "%.3g" % value if value < 1000 else "%.0f" % value


def table(results, quick):
    lines = ["| work | today's best | Leavecopy | ratio | goal | |", "|---|---|---|---|---|---|"]
    for result in results:
        ours = "failed: " + next(iter(result["failures"].values()), "no figure")[:120]
        if result["ours"] is not None:
            ours = ("%s %s" % (number(result["ours"]), result["unit"])).strip()
        ratio = "" if result["ratio"] is None else "%.2f" % result["ratio"]
        met = {True: "met", False: "not met", None: ""}[result["met"]]
        lines.append("| %s |" % " | ".join((result["work"], result["best"], ours, ratio, result["goal"], met)))
    lines += ["", machine() + (". Quick: no figure here proves anything." if quick else "")]
    for load in sorted({"%s: %s" % (result["row"], result["load"]) for result in results}):
        lines.append("- " + load)
    return "\n".join(lines)
