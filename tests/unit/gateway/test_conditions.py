"""Conditions of clauses: what they see, what is refused, and what is denied when they fail."""

import logging
from typing import Any

import pytest

from gateway.agreements import samples_of
from gateway.sharing.agreement import Agreement, AgreementError, parse
from gateway.sharing.condition import ConditionError, compile_condition
from gateway.sharing.content import Content
from gateway.sharing.trial import constant, tried
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body, place, resource_body
from tests.unit.gateway.test_sharing import agreement

INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
RESOURCE = "yrd.resource.v1.ResourceStatus"
ABSENT = "header.expire_time > header.reported_time"


def holds(source: str, content: Content, *types: str) -> bool:
    return compile_condition(source, types or (INCIDENT,)).holds(content)


def incident(**header: Any) -> Content:
    return Content.of(draft(incident_body(), **header))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("true", True),
        ('header.mode == "MODE_ACTUAL"', True),
        ('header.mode != "MODE_ACTUAL"', False),
        ('header.mode in ["MODE_EXERCISE", "MODE_TEST"]', False),
        ('"MODE_ACTUAL" == header.mode', True),
        ("header.revision == 1 && header.incident_ids.size() == 0", True),
        ('header.occurred_time > timestamp("2020-01-01T00:00:00+08:00")', True),
        ("header.reported_time - header.occurred_time < duration('1000h')", True),
        ("has(header.expire_time)", False),
        ('body.kind == "REPORT_KIND_INITIAL"', True),
        ('body.place.admin_code.startsWith("31")', True),
        ("has(body.casualties)", True),
        ("has(body.casualties.dead) && body.casualties.dead >= 1000", False),
        ("body.needs.exists(n, n.quantity.value > 3.0)", False),
        ("size(header.entity_id) > 3 // a remark about body.nothing", True),
        ("header.entity_id.contains('body.nothing')", False),
    ],
)
def test_a_condition_sees_header_and_core(source: str, expected: bool) -> None:
    assert holds(source, incident()) is expected


def test_lists_of_messages_can_be_searched() -> None:
    many = incident_body(needs=[{"lineId": "a", "kind": "RESOURCE_KIND_EQUIPMENT",
        "capability": {"scheme": "yrd-capability", "value": "flood.pump"},
        "quantity": {"value": 6, "unit": "台"}}])  # fmt: skip
    found = Content.of(draft(many))
    assert holds('body.needs.exists(n, n.kind == "RESOURCE_KIND_EQUIPMENT")', found)
    assert holds("body.needs[0].quantity.value == 6.0", found)
    assert not holds("body.needs.all(n, n.quantity.value > 6.0)", found)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("header.mode ==", "is not CEL"),
        ("header.mod == 'MODE_ACTUAL'", "did you mean 'mode'"),
        ("body.kidn == 'REPORT_KIND_INITIAL'", "did you mean 'kind'"),
        ("body.place.admin == '31'", "names no field of yrd.common.v1.Place"),
        ("body.needs.exists(n, n.quantty.value > 1.0)", "did you mean 'quantity'"),
        ("body.needs[0].quantity.valu > 1.0", "did you mean 'value'"),
        ("body.reporter.phone == ''", "in the group personal.contact"),
        ("header.mode == 1", "compare it with a name"),
        ("header.mode == 'MODE_ACTUL'", "did you mean 'MODE_ACTUAL'"),
        ("'MODE_REAL' == header.mode", "is never"),
        ("header.mode in ['MODE_ACTUAL', 'EXERCISE']", "did you mean 'MODE_EXERCISE'"),
        ("header.mode.name == 'x'", "has no fields"),
        ("size(body) > 1", "body alone says nothing"),
        ("body['kind'] == 'x'", "body alone says nothing"),
        ("now > header.reported_time", "names now"),
        ("sum(header.incident_ids) > 1", "calls sum()"),
        ("true" + " " * 2000, "at most 2000"),
    ],
)
def test_what_can_not_be_meant_is_refused(source: str, words: str) -> None:
    with pytest.raises(ConditionError) as caught:
        compile_condition(source, (INCIDENT,))
    assert words in str(caught.value)


def test_a_field_need_be_known_to_one_of_the_types_only() -> None:
    source = "has(body.plate) && body.plate.number.startsWith('沪')"
    with pytest.raises(ConditionError, match="plate"):
        compile_condition(source, (INCIDENT, RESOURCE))
    condition = compile_condition(
        "has(body.stock) && body.stock.available > 3.0", (INCIDENT, RESOURCE)
    )
    pumps = Content.of(draft(resource_body(), "resourceStatus", entity="310000/pumps"))
    assert condition.holds(pumps)
    assert not condition.holds(incident())
    assert condition.failures == 0


def test_what_fails_is_denied_said_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    condition = compile_condition(ABSENT, (INCIDENT,))
    with caplog.at_level(logging.WARNING):
        assert [condition.holds(incident(), "a/c") for _ in range(3)] == [False] * 3
    assert condition.failures == 3
    (record,) = [r for r in caplog.records if r.message == "condition_failed"]
    assert vars(record)["clause"] == "a/c"
    assert "expire_time is absent; ask has() first" in vars(record)["detail"]


def test_an_entry_is_asked_once_whoever_wants_it() -> None:
    condition = compile_condition(ABSENT, (INCIDENT,))
    content = incident()
    assert not any(condition.holds(content) for _ in range(4))
    assert condition.failures == 1


def clause_of(when: str, *types: str, **changes: Any) -> Agreement:
    clause = {"id": "c", "types": list(types or (INCIDENT,)), "to": ["320000"], "when": when}
    return parse(agreement([clause | changes]), "a.yaml")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("header.revision", "not true or false"),
        ("header.revision + header.entity_id == 'x'", "No such overload"),
        ("body.needs[99].line_id == 'x'", "neither true nor false for any sample"),
    ],
)
def test_samples_tell_what_can_not_be_evaluated(when: str, words: str) -> None:
    (clause,) = clause_of(when).clauses
    assert clause.condition is not None
    assert words in tried(clause.condition, samples_of(clause)).problem


def test_samples_tell_whether_it_can_hold() -> None:
    (clause,) = clause_of('header.mode == "MODE_ACTUAL"').clauses
    assert clause.condition is not None
    found = tried(clause.condition, samples_of(clause))
    assert not found.problem
    assert found.holds
    assert constant(clause.condition) is None


@pytest.mark.parametrize(("when", "value"), [("1 > 2", False), ("'a' in ['a']", True)])
def test_a_condition_that_names_no_field_is_constant(when: str, value: bool) -> None:
    (clause,) = clause_of(when).clauses
    assert clause.condition is not None
    assert constant(clause.condition) is value


def test_a_refusal_names_file_key_rule_and_remedy() -> None:
    with pytest.raises(AgreementError) as caught:
        clause_of("body.kidn == 'x'")
    text = str(caught.value)
    assert text.startswith("a.yaml: clauses.0: ")
    assert "when: body.kidn names no field of yrd.incident.v1.IncidentReport; did you mean" in text


@pytest.mark.parametrize("retention", ["P6M", "P1Y6M", "P30D", "P2W", 30])
def test_a_term_is_iso_8601_or_days(retention: str | int) -> None:
    (clause,) = clause_of("", retention=retention).clauses
    assert clause.retention == retention


@pytest.mark.parametrize("retention", ["6 months", "P", "PT5H", 0, -1, "30"])
def test_any_other_term_is_refused(retention: str | int) -> None:
    with pytest.raises(AgreementError, match="retention"):
        clause_of("", retention=retention)


def test_a_pattern_never_gives_what_gateways_tell_each_other() -> None:
    (clause,) = clause_of("", "yrd.*").clauses
    assert not clause.covers("yrd.governance.v1.AgreementActivation")
    assert clause.covers(WAYBILL)
    with pytest.raises(AgreementError, match="needs no agreement"):
        clause_of("", "yrd.governance.*")


def test_a_waybill_can_be_chosen_by_its_way() -> None:
    source = 'body.destination.admin_code.startsWith("33")'
    for destination, given in (("320509", False), ("330100", True)):
        body = waybill_body() | {"destination": place(destination)}
        found = Content.of(draft(body, "waybill", entity="310000/truck"))
        assert holds(source, found, WAYBILL) is given
