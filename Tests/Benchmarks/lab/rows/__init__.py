"""The rows of the table: each takes a Bench and gives its lines."""
from rows.drain import drain_cached, drain_many, drain_one
from rows.far import far_drain, far_stat
from rows.held import held
from rows.large import large
from rows.memory import memory
from rows.poll import poll_large, poll_small
from rows.sharing import devices, slow_readers

ROWS = {
    "far": far_drain, "far-stat": far_stat, "poll-100": poll_small, "poll-10000": poll_large, "drain-1": drain_one,
    "drain-16": drain_many, "drain-16-cached": drain_cached, "held": held, "large": large, "devices": devices,
    "slow-readers": slow_readers, "memory": memory,
}
