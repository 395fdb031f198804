"""The kit's own cases as data: complete, named, and asking for what the contract promises."""

import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool

from integration.kit.loading import own_groups
from integration.kit.model import PROFILES, Case
from integration.kit.promises import PROMISES
from tests.support.told import documented_metadata
from yrd.exchange.v1.errors_pb2 import ErrorReason

CASES = [case for group in own_groups() for case in group.cases]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.full_name)
UNPROVOKED = {"INTERNAL"}
"""No caller can bring about a defect that nobody knows of."""


def reasons_in(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(reasons_in, value))
    if not isinstance(value, dict):
        return set()
    found = set().union(*map(reasons_in, value.values()))
    reason = value.get("reason", [])
    return found | set(reason if isinstance(reason, list) else [reason])


def reasons_of(case: Case) -> set[str]:
    found = {"QUOTA_EXCEEDED"} if any(step.action == "flood" for step in case.steps) else set()
    return found.union(*(reasons_in(step.expect) for step in case.steps))


def test_there_are_many() -> None:
    assert len(CASES) >= 150
    assert len({case.full_name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_adds_cases(profile: str) -> None:
    assert any(case.profile == profile for case in CASES)


@EACH
def test_a_case_explains_itself(case: Case) -> None:
    assert re.search("[\u4e00-\u9fff].* · \\S", case.title), case.title
    assert case.about.endswith(".")
    assert case.why
    assert case.look
    assert case.contract


@EACH
def test_what_it_refers_to_is_in_the_contract(case: Case) -> None:
    for name in case.contract:
        assert in_contract(name), name


def in_contract(name: str) -> bool:
    """Whether a message, field, service, method, enum or enum value has that full name."""
    pool: Any = descriptor_pool.Default()
    owner, _, last = name.rpartition(".")
    finders = (pool.FindMessageTypeByName, pool.FindServiceByName, pool.FindEnumTypeByName)
    for find in finders:
        try:
            find(name)
            return True
        except KeyError:
            continue
    for find, inside in zip(
        finders, ("fields_by_name", "methods_by_name", "values_by_name"), strict=True
    ):
        try:
            return last in getattr(find(owner), inside)
        except KeyError:
            continue
    return False


def test_a_name_that_is_not_in_the_contract_is_noticed() -> None:
    assert not in_contract("yrd.exchange.v1.Header.color")
    assert in_contract("yrd.exchange.v1.Header.revision")


def test_every_row_of_the_error_table_is_asked_for() -> None:
    asked = set().union(*map(reasons_of, CASES))
    assert asked == set(PROMISES) - UNPROVOKED


def test_the_promises_are_those_of_the_contract() -> None:
    reasons = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()}  # noqa: SIM118
    assert set(PROMISES) == reasons - {"UNSPECIFIED"}
    documented = documented_metadata()
    assert {name: promise.metadata for name, promise in PROMISES.items()} == {
        name: documented[name] for name in PROMISES
    }


def test_the_promises_are_those_of_the_integrators_guide() -> None:
    docs = Path(__file__).parents[3] / "docs"
    guide = "".join(p.read_text(encoding="utf-8") for p in docs.glob("integrate*/*.md"))
    rows = re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+) \|", guide, re.MULTILINE)
    assert rows
    for code, reason in rows:
        assert PROMISES[reason].code == code
