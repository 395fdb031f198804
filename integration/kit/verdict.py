"""Which results were expected, given a list of cases that are known to fail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from integration.kit.model import Group, Outcome, Status


class KnownFailingError(Exception):
    """A list that can't be used; the text names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome, whether it was expected, and what there is to tell of it beyond the outcome."""

    outcome: Outcome
    expected: bool
    told: str = ""


def read_known_failing(path: Path, groups: Sequence[Group]) -> dict[str, int]:
    """Names of cases, one a line, # for comments → line number. Raises KnownFailingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnownFailingError(f"{path}: can't be read ({error}); check the path") from None
    known = {case.full_name for group in groups for case in group.cases}
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        if name not in known:
            raise KnownFailingError(
                f"{path}:{number}: no case is named {name!r}; `--list` shows the names"
            )
        if name in found:
            raise KnownFailingError(
                f"{path}:{number}: {name} stands in line {found[name]} already; remove one"
            )
        found[name] = number
    return found


def judge(outcomes: Iterable[Outcome], known_failing: Mapping[str, int]) -> list[Judged]:
    """Judges each outcome. A case that is known to fail and passes is not expected, either."""
    return [_judge(outcome, known_failing) for outcome in outcomes]


def _judge(outcome: Outcome, known_failing: Mapping[str, int]) -> Judged:
    known = outcome.case.full_name in known_failing
    if outcome.status is Status.FAILED:
        return Judged(outcome, known, "known to fail" if known else "")
    if outcome.status is Status.PASSED and known:
        line = known_failing[outcome.case.full_name]
        told = f"passes, but is known to fail: remove line {line} of the known-failing list"
        return Judged(outcome, expected=False, told=told)
    return Judged(outcome, expected=True)
