"""Decisions on incidents as drafts: who may decide what, and that gateways take them."""

from datetime import timedelta
from typing import Any

import pytest

from integration.incident_decisions import (
    MERGE,
    SPLIT,
    WITHDRAWAL,
    DecisionError,
    deciding,
    report_of,
    withdrawing,
)
from schemas.authority import foreign_claims
from schemas.rules import violations
from tests.support.builders import NOW, message
from tests.support.situation import exercise, incident
from yrd.exchange.v1.message_pb2 import Draft, Message

NOW_MS = int(NOW.timestamp() * 1000) + 5000
WHY: tuple[str, str, int] = ("现场核实", "值班长", NOW_MS)
HERE, THERE, FARTHER = (incident(f"{p}/flood") for p in ("310000", "320000", "330000"))


def sealed(made: Draft, sequence: int = 9) -> Message:
    return message(made.incident_decision.author, sequence, made, NOW)


@pytest.mark.parametrize("kind", [MERGE, SPLIT])
@pytest.mark.parametrize("me", ["310000", "joint"])
def test_a_decision_is_right_by_the_contract(kind: Any, me: str) -> None:
    made = deciding(me, kind, [HERE, THERE, FARTHER], *WHY)
    decision = made.incident_decision
    assert violations(made, NOW) == []
    assert foreign_claims(decision, me) == []
    assert (decision.kind, decision.incident.participant) == (kind, "310000")
    assert [o.entity_id for o in decision.others] == ["320000/flood", "330000/flood"]
    assert made.header.entity_id.startswith(f"{me}/incident-decision/")
    assert list(made.header.incident_ids) == ["310000/flood", "320000/flood", "330000/flood"]
    assert made.header.reported_time.ToMilliseconds() == NOW_MS


def test_a_provinces_own_incident_comes_first() -> None:
    made = deciding("320000", SPLIT, [HERE, THERE], *WHY)
    assert made.incident_decision.incident.entity_id == "320000/flood"
    assert violations(made, NOW) == []


def test_a_province_decides_on_its_own_only() -> None:
    with pytest.raises(DecisionError, match="ask the joint duty room"):
        deciding("340000", MERGE, [HERE, THERE], *WHY)


def test_incidents_are_found_by_id_and_where_need_be_by_participant() -> None:
    newer = incident("310000/flood", revision=2)
    same = incident("310000/flood", origin="320000")
    assert report_of("310000/flood", [HERE, newer, THERE]) == newer
    with pytest.raises(DecisionError, match="310000:310000/flood or 320000:310000/flood"):
        report_of("310000/flood", [HERE, same])
    assert report_of("320000:310000/flood", [HERE, same]) == same
    with pytest.raises(DecisionError, match="not known at this gateway"):
        report_of("310000/fire", [HERE])


def test_a_decision_is_withdrawn_by_its_author_under_its_id() -> None:
    first = sealed(deciding("310000", MERGE, [HERE, THERE], *WHY))
    made = withdrawing("310000", first.header.entity_id, [first], *WHY)
    assert violations(made, NOW) == []
    assert (made.header.entity_id, made.header.revision) == (first.header.entity_id, 2)
    assert made.incident_decision.kind == WITHDRAWAL
    assert list(made.header.incident_ids) == list(first.header.incident_ids)
    with pytest.raises(DecisionError, match="320000 has made none"):
        withdrawing("320000", first.header.entity_id, [first], *WHY)
    with pytest.raises(DecisionError, match="withdrawn already"):
        withdrawing("310000", first.header.entity_id, [first, sealed(made, 10)], *WHY)


def test_in_an_exercise_it_is_told_in_the_exercises_time() -> None:
    early = NOW - timedelta(days=900)
    told = [
        incident("310000/flood", told=early, **exercise("a")),
        incident("320000/flood", told=early + timedelta(hours=2), **exercise("a")),
    ]
    made = deciding("310000", MERGE, told, *WHY)
    assert made.header.exercise_id == "a"
    assert made.header.reported_time == told[1].header.reported_time
    assert violations(made, NOW) == []
