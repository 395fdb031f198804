"""Results for people and for programs."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from integration.kit.model import PROFILES, Case, Group, Status
from integration.kit.running import Report
from integration.kit.verdict import Judged

MANY = 5
"""More cases of a group that are left out for one reason share a row."""
_MARKS = {
    Status.PASSED: "[green]passed[/]",
    Status.FAILED: "[red]FAILED[/]",
    Status.SKIPPED: "[yellow]skipped[/]",
}


@contextmanager
def progress(total: int, *, enabled: bool) -> Iterator[Report]:
    """A bar on standard error, with the case that ended last."""
    if not enabled:
        yield lambda outcome: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("contract", total=total)
        yield lambda outcome: bar.update(task, advance=1, description=outcome.case.full_name[:48])


def print_results(judged: Sequence[Judged], console: Console) -> None:
    """A table of all cases; below it, what was expected and what came of those not as expected."""
    table = Table(
        "group", "case", "result", "s", "expected", "came", title="契约测试 · Contract test"
    )
    left_out = Counter(map(_left_out, judged))
    for one in judged:
        if left_out[_left_out(one)] <= MANY:
            table.add_row(*_row(one))
    for (group, why), count in left_out.items():
        if count > MANY and why:
            table.add_row(group, f"{count} cases", _MARKS[Status.SKIPPED], "", escape(why), "")
    console.print(table)
    for one in judged:
        if not one.expected:
            console.print(f"[red]✗[/] {escape(one.outcome.case.full_name)}: {escape(_story(one))}")
    console.print(summary(judged))


def _left_out(one: Judged) -> tuple[str, str]:
    """Group and reason of a case that was left out; no reason, and a key of its own, for others."""
    outcome = one.outcome
    if outcome.status is Status.SKIPPED and one.expected:
        return outcome.case.group, outcome.expected
    return outcome.case.full_name, ""


def _row(one: Judged) -> tuple[str, ...]:
    outcome = one.outcome
    mark = _MARKS[outcome.status]
    if one.told:
        mark = f"{mark} ({escape(one.told)})"
    return (
        outcome.case.group,
        f"{escape(outcome.case.name)}\n[dim]{escape(outcome.case.title)}[/]",
        mark,
        f"{outcome.seconds:.2f}",
        escape(outcome.expected),
        escape(outcome.came),
    )


def _story(one: Judged) -> str:
    outcome = one.outcome
    if outcome.status is Status.PASSED:
        return one.told
    step = f"step {outcome.step}: " if outcome.step else ""
    return (
        f"{step}expected {outcome.expected}; came {outcome.came or 'nothing'} "
        f"(`yrd contracts verify --explain {outcome.case.full_name}`)"
    )


def summary(judged: Iterable[Judged]) -> str:
    """How many ended how."""
    all_of = list(judged)
    counts = Counter(one.outcome.status for one in all_of)
    wrong = sum(not one.expected for one in all_of)
    parts = [f"{counts[status]} {status}" for status in Status if counts[status]]
    end = f"{wrong} not as expected" if wrong else "all as expected"
    return f"{len(all_of)} cases: {', '.join(parts)}; {end}"


def as_json(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """One object a case."""
    return [
        {
            "case": one.outcome.case.full_name,
            "title": one.outcome.case.title,
            "profile": one.outcome.case.profile,
            "status": str(one.outcome.status),
            "as_expected": one.expected,
            "seconds": round(one.outcome.seconds, 3),
            "step": one.outcome.step,
            "expected": one.outcome.expected,
            "came": one.outcome.came,
        }
        for one in judged
    ]


def print_list(cases: Sequence[Case], console: Console) -> None:
    """Names, profiles and titles."""
    table = Table("case", "profile", "title", box=None)
    for case in cases:
        table.add_row(escape(case.full_name), case.profile, escape(case.title))
    console.print(table)
    console.print(f"{len(cases)} cases")


def counts(groups: Sequence[Group]) -> list[tuple[str, dict[str, int]]]:
    """Group → number of its cases within each profile."""
    return [
        (group.name, {p: sum(case.within(p) for case in group.cases) for p in PROFILES})
        for group in groups
    ]
