"""The table that a soak prints: fault, runs, outcome, recovery."""

from collections.abc import Iterable, Sequence
from statistics import median

from tests.faults.harness.faults import FAULTS
from tests.faults.harness.run import AUDIT, Outcome

HEAD = ("fault", "runs", "outcome", "messages", "serving p50 / max", "level p50 / max")


SEEN: list[Outcome] = []
"""Of all tests of this process, for the summary at its end."""


def rows(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """A row for each fault that there were runs of, and one for all."""
    found = []
    for name in [fault.name for fault in FAULTS] + [AUDIT]:
        mine = [outcome for outcome in outcomes if outcome.fault == name]
        if mine:
            found.append(_row(name, mine))
    return [*found, _row("all runs", [o for o in outcomes if o.fault != AUDIT])]


def _row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    failed = [outcome.seed for outcome in outcomes if outcome.problems]
    recoveries = [recovery for outcome in outcomes for recovery in outcome.recoveries]
    return (
        name,
        str(len(outcomes)),
        f"FAILED: seeds {', '.join(map(str, failed))}" if failed else "nothing lost",
        str(sum(outcome.messages for outcome in outcomes)),
        _times(r.serving_seconds for r in recoveries),
        _times(r.level_seconds for r in recoveries),
    )


def _times(found: Iterable[float | None]) -> str:
    times = [seconds for seconds in found if seconds is not None]
    return f"{median(times):.2f} / {max(times):.2f} s" if times else ""


def markdown(outcomes: Sequence[Outcome]) -> str:
    """The table as Markdown."""
    lines = [HEAD, tuple("---" for _ in HEAD), *rows(outcomes)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
