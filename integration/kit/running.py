"""Runs many cases side by side, then those that must be alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fnmatch import fnmatchcase

from integration.kit.bench import Bench
from integration.kit.hooks import runners
from integration.kit.interpreter import run_case
from integration.kit.loading import own_groups
from integration.kit.model import Case, Group, Outcome
from integration.kit.samples import sample_groups
from integration.kit.setup import Setup
from integration.kit.target import Target

WORKERS = 8
Report = Callable[[Outcome], None]


class SelectionError(Exception):
    """Names of cases that don't exist; the text says which."""


def all_groups() -> tuple[Group, ...]:
    """The kit's own groups, and those of the samples. Raises CaseFileError."""
    return (*own_groups(), *sample_groups())


def selected(groups: Sequence[Group], profile: str, only: Sequence[str] = ()) -> list[Case]:
    """Cases of a profile; `only` are names of groups or cases, or patterns. Raises SelectionError."""
    cases = [case for group in groups for case in group.cases if case.within(profile)]
    if not only:
        return cases
    found = {name: [c for c in cases if _meant(c, name)] for name in only}
    for name, some in found.items():
        if not some:
            raise SelectionError(
                f"--only {name!r}: no group or case of profile {profile} has that name; --list shows them"
            )
    wanted = {case.full_name for some in found.values() for case in some}
    return [case for case in cases if case.full_name in wanted]


def _meant(case: Case, name: str) -> bool:
    return name == case.group or fnmatchcase(case.full_name, name)


def find_case(groups: Sequence[Group], name: str) -> Case:
    """The case of that full name. Raises SelectionError."""
    for group in groups:
        for case in group.cases:
            if case.full_name == name:
                return case
    raise SelectionError(f"--explain {name!r}: no case has that name; --list shows them")


@contextmanager
def bench_for(
    address: str,
    setup: Setup,
    seconds: float = 10.0,
    patience_seconds: float = 20.0,
    hooks: Mapping[str, Callable[[], None]] | None = None,
) -> Iterator[Bench]:
    """A bench for a target that answers; hooks are kit.yaml's unless given.

    Raises Unreachable, SetupError.
    """
    known = runners(setup.hooks, setup.folder) if hooks is None else hooks
    bench = Bench(Target(address, setup, seconds, patience_seconds), hooks=known)
    try:
        bench.target.require_reachable()
        yield bench
    finally:
        bench.close()


def run_cases(
    bench: Bench, cases: Sequence[Case], report: Report | None = None, workers: int = WORKERS
) -> list[Outcome]:
    """What came of each case, in their order; `report` hears of each as it ends.

    Raises SetupError if the kit can't be the peer that a case needs.
    """
    outcomes: dict[str, Outcome] = {}

    def run(case: Case) -> None:
        outcome = outcomes[case.full_name] = run_case(case, bench)
        if report:
            report(outcome)

    bench.begin(cases)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, [case for case in cases if not case.alone]))
    for case in cases:
        if case.alone:
            run(case)
    return [outcomes[case.full_name] for case in cases]
