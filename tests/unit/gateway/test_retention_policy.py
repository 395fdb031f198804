"""The policy file: what is wrong is named with its key and a remedy; what is shipped is right."""

from typing import Any

import pytest
import yaml

from gateway.retention.policy import DEFAULT, PolicyError, load, parse

RULE: dict[str, Any] = {
    "id": "incident",
    "types": ["yrd.incident.*"],
    "groups": ["personal.*"],
    "due": {"incident_closed": {"days": 30}},
    "reason": "incident_closed",
    "basis": "b",
}
WAYBILL = "yrd.hazmat.v1.Waybill"


def text(*rules: dict[str, Any], **rest: Any) -> str:
    return yaml.safe_dump({"rules": list(rules), **rest})


def test_what_is_shipped_has_the_terms_of_the_law() -> None:
    policy = load(DEFAULT)
    rules = {rule.id: rule for rule in policy.rules}
    assert list(rules) == ["incident", "waybill", "no-incident"]
    assert rules["waybill"].covered() == [WAYBILL]
    assert rules["waybill"].due.reported == rules["no-incident"].due.reported
    assert str(rules["waybill"].due.reported) == "12 months"
    assert str(rules["incident"].due.incident_closed) == "30 days"
    assert not rules["incident"].covers(WAYBILL)
    assert rules["incident"].covers("yrd.incident.v1.IncidentReport")
    assert (policy.ledgers.access.months, policy.ledgers.provisions.months) == (6, 36)
    assert rules["incident"].reason_name == "ERASURE_REASON_INCIDENT_CLOSED"


WRONG: dict[str, tuple[str, str]] = {
    "not YAML": ("rules: [", "not YAML"),
    "no rules": ("{}", "p: rules: Field required"),
    "unknown key": (
        text(RULE | {"basiss": "x"}),
        r"rules\.0\.basiss: unknown key; did you mean 'basis'",
    ),
    "unknown key unlike any": (text(RULE, zzzz=1), "zzzz: unknown key; remove it"),
    "type that is none": (
        text(RULE | {"types": ["yrd.incidents.*"]}),
        r"rules\.0: types: 'yrd\.incidents\.\*' names no type of the contract; correct it",
    ),
    "excepted type that is none": (
        text(RULE | {"except_types": ["yrd.x"]}),
        "types: 'yrd.x' names no type",
    ),
    "group that is none": (
        text(RULE | {"groups": ["personal.driver"]}),
        r"groups: 'personal\.driver' is no group of these types; known: \['personal\.contact'\]",
    ),
    "no term": (text(RULE | {"due": {}}), r"rules\.0\.due: say one of incident_closed"),
    "two terms": (
        text(RULE | {"due": {"reported": {"days": 1}, "occurred": {"days": 1}}}),
        "say one of incident_closed",
    ),
    "days and months": (
        text(RULE | {"due": {"reported": {"days": 1, "months": 1}}}),
        r"rules\.0\.due\.reported: say either days or months",
    ),
    "days below zero": (
        text(RULE | {"due": {"reported": {"days": -1}}}),
        "greater than or equal to 0",
    ),
    "closed without incident": (
        text(RULE | {"without_incident": True}),
        "without_incident: such messages have no incident",
    ),
    "reason that is none": (text(RULE | {"reason": "why"}), r"rules\.0\.reason: Input should be"),
    "no basis": (text(RULE | {"basis": ""}), r"rules\.0\.basis: String should have at least 1"),
    "ids twice": (text(RULE, RULE), "rules: give each rule an id of its own"),
    "waybill with its incident": (
        text(RULE | {"types": ["yrd.*"]}),
        r"due: a waybill is kept for at least 12 months .*: add yrd\.hazmat\.v1\.Waybill to except_types",
    ),
    "waybill too early": (
        text(RULE | {"types": [WAYBILL], "due": {"reported": {"months": 11}}}),
        "a waybill is kept for at least 12 months",
    ),
    "waybill too early in days": (
        text(RULE | {"types": [WAYBILL], "due": {"reported": {"days": 365}}}),
        "a waybill is kept for at least 12 months",
    ),
    "access log too short": (
        text(RULE, ledgers={"access": {"months": 5}}),
        r"ledgers: access\.months: access logs are kept for at least 6 months",
    ),
    "provisions too short": (
        text(RULE, ledgers={"provisions": {"months": 35}}),
        r"ledgers: provisions\.months: records of provision are kept for at least 36",
    ),
    "backup without its end": (
        text(RULE, backups=[{"name": "n", "place": "p"}]),
        r"backups\.0\.overwritten: Field required",
    ),
    "message that is no id": (
        text(RULE | {"messages": ["x"]}),
        r"rules\.0\.messages\.0: String should",
    ),
}


@pytest.mark.parametrize(("written", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(written: str, words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        parse(written, "p")


def test_an_order_may_come_before_the_term_of_waybills() -> None:
    ordered = RULE | {"types": [WAYBILL], "due": {"reported": {"days": 0}}, "reason": "ordered"}
    assert parse(text(ordered), "p").rules[0].covers(WAYBILL)


def test_every_error_stands_on_a_line_of_its_own() -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text(RULE | {"basis": "", "reason": "why"}), "p.yaml")
    assert [line.split(": ")[:2] for line in str(caught.value).splitlines()] == [
        ["p.yaml", "rules.0.reason"],
        ["p.yaml", "rules.0.basis"],
    ]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(PolicyError, match=r"nothing\.yaml: can't be read"):
        load(DEFAULT.with_name("nothing.yaml"))
