"""What became of the faults that were tried with engines, and the tables that say so: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from statistics import median

FAULT_HEAD = ("fault", "runs", "outcome", "recovery p50 / max")
TEST_HEAD = ("tests", "passed", "failed", "left out", "seconds")


@dataclass(frozen=True, slots=True)
class Tried:
    """A test that ran or was left out.

    `engine` and `fault` are empty for one that tries none. `recoveries`: seconds from the moment at
    which a cause was gone (of a kill: of the kill) until all that was told meanwhile had arrived.
    """

    test: str
    outcome: str
    seconds: float
    engine: str = ""
    fault: str = ""
    recoveries: tuple[float, ...] = ()


def fault_rows(tried: Sequence[Tried], engine: str) -> list[tuple[str, ...]]:
    """A row for each fault that this engine had, in the order in which they came."""
    names = dict.fromkeys(one.fault for one in tried if one.engine == engine)
    found: list[tuple[str, ...]] = []
    for name in names:
        runs = [one for one in tried if (one.engine, one.fault) == (engine, name)]
        recoveries = [seconds for one in runs for seconds in one.recoveries]
        ran = [one for one in runs if one.outcome != "skipped"]
        found.append((name, str(len(ran)), _outcome(runs), _times(recoveries)))
    return found


def _outcome(runs: Sequence[Tried]) -> str:
    failed = [one.test for one in runs if one.outcome == "failed"]
    if failed:
        return f"FAILED: {', '.join(failed)}"
    if all(one.outcome == "skipped" for one in runs):
        return "left out"
    return "nothing lost, nothing twice"


def _times(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.1f} / {max(seconds):.1f} s" if seconds else ""


def file_rows(tried: Iterable[Tried]) -> list[tuple[str, ...]]:
    """A row for each file of tests."""
    files: dict[str, list[Tried]] = {}
    for one in tried:
        files.setdefault(PurePath(one.test.partition("::")[0]).stem, []).append(one)
    return [
        (
            name,
            *(str(sum(one.outcome == o for one in mine)) for o in ("passed", "failed", "skipped")),
            f"{sum(one.seconds for one in mine):.0f}",
        )
        for name, mine in sorted(files.items())
    ]


def summary(tried: Sequence[Tried]) -> str:
    """The tests by file, and the faults by engine, as tables."""
    tables = [markdown(TEST_HEAD, file_rows(tried))]
    for engine in dict.fromkeys(one.engine for one in tried if one.engine):
        tables.append(f"{engine}\n{markdown(FAULT_HEAD, fault_rows(tried, engine))}")
    return "\n".join(tables)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def replaced(page: str, title: str, section: str) -> str:
    """The page with the section of that title (`## TITLE` or deeper) anew; at the end if it had none.

    A section ends before the next heading that is not deeper than its own.
    """
    level = len(section) - len(section.lstrip("#"))
    lines = page.splitlines(keepends=True)
    ends = tuple("#" * depth + " " for depth in range(1, level + 1))
    starts = [n for n, line in enumerate(lines) if line.startswith("#" * level + f" {title}")]
    if not starts:
        return page.rstrip("\n") + "\n\n" + section
    start = starts[0]
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith(ends)), len(lines))
    rest = "".join(lines[end:])
    return "".join(lines[:start]) + section + ("\n" + rest if rest else "")
