"""What authors of agreements are told before anything depends on it."""

from datetime import date
from typing import Any

import pytest

from gateway.agreements import samples_of
from gateway.sharing.agreement import AgreementError, Loaded, parse
from gateway.sharing.contradiction import contradiction
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
            {"types": ["yrd.situation.v1.SituationSummary"], "from": ["310000"]},
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
            {"when": 'header.mode == "MODE_TEST" && header.mode == "MODE_ACTUAL"'},
            "clauses.c.when",
            "error",
            "it asks of header.mode what no value can be at once",
        ),
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


@pytest.mark.parametrize(
    ("when", "torn"),
    [
        ('header.mode == "MODE_TEST" && header.mode == "MODE_ACTUAL"', "header.mode"),
        ('header.mode in ["MODE_TEST"] && "MODE_ACTUAL" == header.mode', "header.mode"),
        ('header.mode == "MODE_TEST" && header.mode != "MODE_TEST"', "header.mode"),
        ("header.mode in []", "header.mode"),
        ("header.revision > 3 && header.revision < 3", "header.revision"),
        ("header.revision >= 3 && 3 > header.revision", "header.revision"),
        ("header.revision == 2 && header.revision > 2", "header.revision"),
        ("header.revision > 5 && body.title != '' && header.revision <= 4", "header.revision"),
        ("body.direct_loss_fen == -1 && body.direct_loss_fen > 0", "body.direct_loss_fen"),
        ("header.revision >= 3 && header.revision <= 3", ""),
        ("header.revision == 3 && header.revision > 2", ""),
        ("body.n == 9007199254740993 && body.n != 9007199254740992", ""),
        ("body.n == 1.5 && body.n < 1.25", "body.n"),
        ('header.mode in ["MODE_TEST", "MODE_ACTUAL"] && header.mode != "MODE_TEST"', ""),
        ('header.mode == "MODE_TEST" || header.mode == "MODE_ACTUAL"', ""),
        ("header.mode == 'MODE_TEST' && body.title == 'MODE_ACTUAL'", ""),
        ("size(body.title) == 2 && size(body.title) == 3", ""),  # not looked into
    ],
)
def test_what_excludes_itself_is_found(when: str, torn: str) -> None:
    assert contradiction(tokens(part) for part in conjuncts(tokens(when))) == torn


def test_a_mistake_in_a_clause_is_told_once() -> None:
    with pytest.raises(AgreementError) as refused:
        parse(agreement([clause(when="body.kidn == 'x'")]), "a.yaml")
    (line,) = str(refused.value).splitlines()
    assert line.startswith("a.yaml: clauses.0")
    with pytest.raises(
        AgreementError, match=r"a\.yaml: clauses: Tuple should have at least 1 item"
    ):
        parse(agreement([]), "a.yaml")


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
    for summed_up in ("SituationSummary", "AidProposal"):
        assert summed_up not in told["310000"], "the joint duty room alone publishes it"
    assert "yrd.situation.v1.IncidentDecision" in told["310000"]
    assert "Objection" not in told["310000"], "it needs no agreement"


def test_the_agreements_of_drills_are_good() -> None:
    count, findings = check(sorted(AGREEMENTS.glob("*.yaml")), TODAY)
    assert count == 2
    assert [f.severity for f in findings if f.severity == "error"] == []
