"""The load generator on one target, and what the target used meanwhile."""
import dataclasses
import json
import os
import subprocess

from processes import cpu_seconds

TOOLS = os.environ.get("LEAVECOPY_BENCH_TOOLS", "")


@dataclasses.dataclass
class Target:
    """Where a load goes. `tag` makes each login that of a device, for Leavecopy alone; `front` and `upstream` are
    processes whose trees are measured."""
    name: str
    port: int
    front: int
    upstream: int = None
    host: str = "127.0.0.1"
    tag: str = ""
    server: object = None

    def user(self, pattern):
        return ["-u", pattern + self.tag, "-P", "pw-" + pattern]

    def address(self):
        return ["-H", self.host, "-p", str(self.port)]


def popload_command(target, mode, user, *options):
    return [os.path.join(TOOLS, "popload"), mode, *target.address(), *target.user(user), *map(str, options)]


def popload(target, mode, user, *options):
    """What it measured; a session that failed or a message that is not as it must be ends this measurement."""
    done = subprocess.run(popload_command(target, mode, user, *options), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    return outcome(done.stdout, done.stderr)


def outcome(stdout, stderr=""):
    try:
        result = json.loads(stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise Failed("the load generator said: " + (stderr or stdout)[-300:])
    if result["errors"]:
        raise Failed("%d errors: %s" % (result["errors"], "; ".join(result["samples"][:2])))
    return result


class Failed(Exception):
    """A measurement that came to nothing, and why."""


def measured(target, mode, user, *options):
    """As popload, with the CPU seconds of front and upstream."""
    roots = [target.front] + ([target.upstream] if target.upstream else [])
    before = [cpu_seconds(root) for root in roots]
    result = popload(target, mode, user, *options)
    result["cpu_s"] = [round(cpu_seconds(root) - b, 3) for root, b in zip(roots, before)]
    return result
