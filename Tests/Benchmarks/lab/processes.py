"""What servers use: the CPU time and the memory of process trees, and how much of the machine others take meanwhile."""
import os

TICK = os.sysconf("SC_CLK_TCK")


def children():
    """{parent: [process]} of all that run."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.setdefault(int(fields(int(name))[1]), []).append(int(name))
            except OSError:
                continue
    return found


def fields(process):
    """/proc/PID/stat behind the name, which may hold anything: the state first."""
    with open("/proc/%d/stat" % process) as f:
        return f.read().rpartition(") ")[2].split()


def tree(root):
    below, all_of_it = children(), [root]
    for process in all_of_it:
        all_of_it += below.get(process, [])
    return all_of_it


def cpu_seconds(*roots):
    """User and system time of the trees, of children that have ended too."""
    total = 0
    for root in roots:
        for process in tree(root):
            try:
                total += sum(map(int, fields(process)[11:15]))
            except OSError:
                continue
    return total / TICK


def proportional_kilobytes(*roots):
    """PSS of the trees (the kernel's socket buffers not counted), and how many processes they are."""
    total, count = 0, 0
    for root in roots:
        for process in tree(root):
            try:
                with open("/proc/%d/smaps_rollup" % process) as f:
                    total += next((int(line.split()[1]) for line in f if line.startswith("Pss:")), 0)
                count += 1
            except OSError:
                continue
    return total, count


class MachineLoad:
    """How many cores others used while this was open: a figure of a loaded machine is to be doubted."""

    def __enter__(self):
        self.busy, self.stolen = self.read()
        self.ours = cpu_seconds(os.getpid())
        return self

    def __exit__(self, *_):
        busy, stolen = self.read()
        seconds = max(0.001, self.seconds())
        self.others = max(0.0, (busy - self.busy - (cpu_seconds(os.getpid()) - self.ours)) / seconds)
        self.stolen_share = (stolen - self.stolen) / seconds / os.cpu_count()
        self.average = os.getloadavg()[0]

    def read(self):
        with open("/proc/stat") as f:
            user, nice, system, idle, wait, interrupt, soft, stolen = map(int, f.readline().split()[1:9])
        self.clock = (user + nice + system + idle + wait + interrupt + soft + stolen) / TICK / os.cpu_count()
        self.began = getattr(self, "began", self.clock)
        return (user + nice + system + interrupt + soft) / TICK, stolen / TICK

    def seconds(self):
        return self.clock - self.began

    def __str__(self):
        return "%.1f cores taken by others, %.0f %% stolen, load %.1f" % (
            self.others, self.stolen_share * 100, self.average)
