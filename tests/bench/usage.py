"""What processes have used, from /proc."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from integration.stack import Stack

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """Processor seconds, those of them in the kernel, and the most memory it ever held, in MB."""

    cpu_seconds: float = 0.0
    system_seconds: float = 0.0
    peak_mb: float = 0.0

    def since(self, before: "Used") -> "Used":
        """What it has used since then."""
        return Used(
            self.cpu_seconds - before.cpu_seconds,
            self.system_seconds - before.system_seconds,
            self.peak_mb,
        )

    def plus(self, other: "Used") -> "Used":
        """Both together."""
        return Used(
            self.cpu_seconds + other.cpu_seconds,
            self.system_seconds + other.system_seconds,
            self.peak_mb + other.peak_mb,
        )


Usage = Mapping[str, Used]
"""By the name of the process."""


def used(pid: int) -> Used:
    """Of one process, without its children."""
    folder = Path("/proc") / str(pid)
    user, system = map(int, (folder / "stat").read_text().rpartition(")")[2].split()[11:13])
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    peak_kb = int(status.get("VmHWM", "0").split()[0])  # not there once it has ended
    return Used((user + system) / _TICKS, system / _TICKS, peak_kb / 1024)


def children(pid: int) -> list[int]:
    """Processes that it started and that still run."""
    threads = (Path("/proc") / str(pid) / "task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def family(pid: int) -> Used:
    """Of a process and of the children that it has."""
    return reduce(Used.plus, map(used, [pid, *children(pid)]))


def everyone(stack: Stack) -> Usage:
    """Each gateway, its checking processes together, and this process, which publishes."""
    found = {"publisher": used(os.getpid())}
    for name, process in stack.processes.items():
        found[name] = used(process.pid)
        checkers = [used(pid) for pid in children(process.pid)]
        if checkers:
            found[f"{name}, checking"] = reduce(Used.plus, checkers)
    return found


def since(before: Usage, after: Usage) -> Usage:
    """What each has used between the two."""
    return {name: one.since(before.get(name, Used())) for name, one in after.items()}


def together(usage: Usage) -> float:
    """Processor seconds of all."""
    return sum(one.cpu_seconds for one in usage.values())


def table(usage: Usage, messages: int) -> str:
    """Microseconds of each for a message (Markdown)."""
    lines = [
        "| processor time | µs a message | of it system | most memory |",
        "|---|---:|---:|---:|",
    ]
    for name, one in {**usage, "together": reduce(Used.plus, usage.values())}.items():
        cpu, system = (1e6 * s / messages for s in (one.cpu_seconds, one.system_seconds))
        lines.append(f"| {name} | {cpu:.1f} | {system:.1f} | {one.peak_mb:.0f} MB |")
    return "\n".join(lines)
