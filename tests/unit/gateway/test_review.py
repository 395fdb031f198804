"""What authors of agreements are told before anything depends on it."""

from datetime import date
from typing import Any

import pytest

from gateway.agreements import samples_of
from gateway.sharing.agreement import Loaded, parse
from gateway.sharing.paths import tokens
from gateway.sharing.review import conjuncts, review
from integration.agreements import check
from integration.stack import AGREEMENTS
from tests.unit.gateway.test_sharing import agreement

INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
TODAY = date(2026, 6, 1)


def clause(name: str = "c", **changes: Any) -> dict[str, Any]:
    return {"id": name, "types": [INCIDENT], "to": ["320000"]} | changes


def found(*clauses: dict[str, Any], **changes: Any) -> dict[str, tuple[str, str]]:
    """Key → severity and text, but for what nobody gets."""
    one = Loaded(parse(agreement(list(clauses), **changes), "a.yaml"), "", "a.yaml")
    findings = review([one], TODAY, samples_of)
    return {f.key: (f.severity, f.text) for f in findings if f.source == "a.yaml"}


def test_good_ones_are_not_spoken_of() -> None:
    assert found(clause(), clause("d", to=["joint"], when='header.mode == "MODE_ACTUAL"')) == {}


@pytest.mark.parametrize(
    ("changes", "key", "severity", "words"),
    [
        ({"from": ["320000"]}, "clauses.c.to", "error", "is the only one that gives"),
        (
            {"types": ["yrd.situation.*"], "from": ["310000"]},
            "clauses.c.from",
            "error",
            "only joint",
        ),
        ({"when": "1 > 2"}, "clauses.c.when", "error", "is false whatever"),
        (
            {"when": 'header.mode == "MODE_ACTUAL" && (2 > 3)'},
            "clauses.c.when",
            "error",
            "is false whatever",
        ),
        ({"when": "header.revision"}, "clauses.c.when", "error", "not true or false"),
        (
            {"when": 'body.title == "什么报告都不叫这个名字"'},
            "clauses.c.when",
            "warning",
            "holds for none",
        ),
    ],
)
def test_a_clause_that_never_applies(
    changes: dict[str, Any], key: str, severity: str, words: str
) -> None:
    told = found(clause(**changes))
    assert list(told) == [key]
    assert told[key][0] == severity
    assert words in told[key][1]


def test_a_part_of_an_alternative_need_not_hold() -> None:
    assert found(clause(when='header.mode == "MODE_ACTUAL" || 1 > 2')) == {}


def test_conjuncts_are_those_at_the_top() -> None:
    assert [part.split() for part in conjuncts(tokens("a && f(b && c) && d"))] == [
        ["a"],
        ["f", "(", "b", "&&", "c", ")"],
        ["d"],
    ]
    assert len(conjuncts(tokens("a && b || c"))) == 1


@pytest.mark.parametrize(
    ("dates", "key", "words"),
    [
        ((date(2025, 1, 1), date(2026, 5, 31)), "valid_until", "was over on 2026-05-31"),
        ((date(2026, 6, 2), date(2027, 1, 1)), "valid_from", "begins on 2026-06-02"),
        ((date(2025, 1, 1), date(2026, 6, 1)), "valid_until", "ends in 0 days"),
        ((date(2025, 1, 1), date(2026, 7, 1)), "valid_until", "ends in 30 days"),
    ],
)
def test_times_are_told(dates: tuple[date, date], key: str, words: str) -> None:
    told = found(clause(), valid_from=dates[0], valid_until=dates[1])
    assert told[key][0] == "warning"
    assert words in told[key][1]


def test_the_same_twice_is_told_once_and_a_part_of_another_too() -> None:
    assert list(found(clause("a"), clause("b"))) == ["clauses.b"]
    wide = clause("wide", types=["yrd.incident.*"], to=["320000", "joint"])
    told = found(clause("narrow", when='header.mode == "MODE_ACTUAL"'), wide)
    assert "adds nothing to a/wide" in told["clauses.narrow"][1]
    assert found(clause("more", disclose=["personal.contact"]), wide) == {}


def test_what_a_giver_gives_to_nobody_is_listed() -> None:
    text = agreement([clause() | {"from": ["310000"]}], between=["310000", "320000"])
    findings = review([Loaded(parse(text, "a.yaml"), text, "a.yaml")], TODAY, samples_of)
    told = {f.key: f.text for f in findings if f.source == "all files"}
    assert set(told) == {"310000", "320000"}
    assert WAYBILL in told["310000"]
    assert INCIDENT not in told["310000"]
    assert INCIDENT in told["320000"]
    assert "yrd.situation" not in told["310000"], "the joint duty room alone publishes it"
    assert "Objection" not in told["310000"], "it needs no agreement"


def test_the_agreements_of_drills_are_good() -> None:
    count, findings = check(sorted(AGREEMENTS.glob("*.yaml")), TODAY)
    assert count == 2
    assert [f.severity for f in findings if f.severity == "error"] == []
