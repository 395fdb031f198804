"""Code tables of two revisions: what was taken must go on being taken."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from schemas.codes.snapshot import snapshot
from schemas.compat import codes, compare
from schemas.compat.explained_codes import CODES
from schemas.releases.tree import CHECKOUT, read_tree

NOW = snapshot()
Change = Callable[[dict[str, Any]], object]


def incidents(tables: dict[str, Any]) -> Any:
    return tables["incident_types"]["lists"]["GB/T 35561"]


def measures(tables: dict[str, Any]) -> Any:
    return tables["measures"]["lists"]["yrd-measure"]


CHANGES: dict[str, tuple[Change, str]] = {
    "code removed": (lambda t: incidents(t)["values"].remove("11B01"), "CODES_REMOVED"),
    "code added": (lambda t: incidents(t)["values"].append("11B98"), "CODES_ADDED"),
    "code refused from now on": (
        lambda t: incidents(t)["refused"].append("11B02"),
        "CODES_REMOVED",
    ),
    "table gone": (lambda t: t.pop("measures"), "CODES_GONE"),
    "table added": (lambda t: t.update(mine=deepcopy(t["measures"])), ""),
    "table closed": (lambda t: t["measures"].update(open=False), "CODES_CLOSED"),
    "table opened": (lambda t: t["incident_types"].update(open=True), "CODES_OPENED"),
    "scheme gone from a closed table": (
        lambda t: t["incident_types"]["lists"].clear(),
        "SCHEME_GONE",
    ),
    "scheme gone from an open table": (lambda t: t["measures"]["lists"].clear(), "SCHEME_FREED"),
    "scheme added to an open table": (
        lambda t: t["measures"]["lists"].update(mine=deepcopy(measures(t))),
        "SCHEME_BOUND",
    ),
    "scheme added to a closed table": (
        lambda t: t["incident_types"]["lists"].update(mine=deepcopy(incidents(t))),
        "SCHEME_ADDED",
    ),
    "pattern changed": (lambda t: incidents(t).update(pattern="1.*"), "CODES_FORM"),
    "list no longer complete": (lambda t: incidents(t).update(complete=False), "CODES_FREED"),
}
BREAKS = {
    "CODES_REMOVED",
    "CODES_GONE",
    "CODES_CLOSED",
    "SCHEME_BOUND",
    "SCHEME_GONE",
    "CODES_FORM",
}


@pytest.mark.parametrize(("change", "rule"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_what_it_is(change: Change, rule: str) -> None:
    after = deepcopy(NOW)
    change(after)
    assert [found.rule for found in codes.compare(NOW, after)] == [rule] * bool(rule)


def test_a_partial_list_may_lose_a_value_and_becoming_complete_is_a_break() -> None:
    before = deepcopy(NOW)
    measures(before)["complete"] = False
    after = deepcopy(before)
    measures(after)["values"].pop()
    assert list(codes.compare(before, after)) == []
    measures(after)["complete"] = True
    found = [change.rule for change in codes.compare(before, after)]
    assert found == ["CODES_BOUND", "CODES_REMOVED"]


def test_nothing_changes_when_nothing_changes() -> None:
    assert list(codes.compare(NOW, deepcopy(NOW))) == []


@pytest.mark.parametrize("name", ["code removed", "code added", "table closed"])
def test_the_gate_explains_it(name: str) -> None:
    contract = read_tree(CHECKOUT)
    after = deepcopy(contract.codes)
    change, rule = CHANGES[name]
    change(dict(after))
    (found,) = compare(contract, replace(contract, codes=after), "1.0.0")
    assert (found.rule, found.breaks) == (rule, rule in BREAKS)
    assert found.why
    assert found.instead


def test_every_rule_is_one_that_can_be_found() -> None:
    assert set(CODES) == {rule for _, rule in CHANGES.values() if rule} | {"CODES_BOUND"}
