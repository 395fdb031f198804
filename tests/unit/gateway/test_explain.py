"""Why a peer may see an entry, or not: for each clause one thing at a time, with what it saw."""

from datetime import date
from typing import Any

import pytest

from gateway.sharing.agreement import Agreement, parse
from gateway.sharing.content import Content
from gateway.sharing.decide import Timeline
from gateway.sharing.explain import Asked, Explanation, explain
from tests.support.agreed import activation, timeline
from tests.support.builders import draft
from tests.unit.gateway.test_sharing import agreement

US, PEER = "310000", "320000"
INCIDENT = "yrd.incident.v1.IncidentReport"
DAY = date(2026, 6, 1).toordinal()


def made(clause: dict[str, Any], **changes: Any) -> Agreement:
    return parse(
        agreement([{"id": "c", "types": [INCIDENT], "to": [PEER]} | clause], **changes), "a"
    )


def told(line: Timeline, day: int = DAY, index: int = 1, peer: str = PEER) -> Explanation:
    content = Content.of(draft(entity=f"{US}/flood"))
    return explain(line, Asked(index, INCIDENT, day, peer, content))


def test_the_clause_that_gives_is_named_with_its_activation() -> None:
    given = {"disclose": ["personal.contact"], "retention": "P6M", "purpose": "处置"}
    found = told(timeline(US, made(given)))
    (verdict,) = found.verdicts
    assert verdict.gives
    assert (verdict.clause, verdict.activation_id, verdict.activated_at) == ("a/c", "m0", 0)
    assert (verdict.groups, verdict.retention) == (("personal.contact",), "P6M")
    assert (verdict.purpose, verdict.legal_basis) == ("处置", "l")
    assert found.decision.shared


@pytest.mark.parametrize(
    ("clause", "where", "words"),
    [
        ({}, {"day": date(2027, 1, 1).toordinal()}, "validity: it was sealed on 2027-01-01"),
        ({"from": ["joint"]}, {}, "from: 310000 gives nothing by it, only joint"),
        ({}, {"peer": "joint"}, "to: it gives to 320000, not to joint"),
        ({"types": ["yrd.hazmat.*"]}, {}, f"types: it gives yrd.hazmat.*, not {INCIDENT}"),
        ({"when": "header.revision > 1"}, {}, "when: header.revision > 1 is false"),
        (
            {"when": "header.expire_time > header.reported_time"},
            {},
            "when: can't be evaluated, which counts as false: expire_time is absent",
        ),
    ],
)
def test_each_reason_is_told_by_itself(
    clause: dict[str, Any], where: dict[str, Any], words: str
) -> None:
    found = told(timeline(US, made(clause)), **where)
    assert not found.decision.shared
    (verdict,) = found.verdicts
    (reason,) = verdict.reasons
    assert reason.startswith(words)


def test_a_condition_tells_what_it_saw() -> None:
    when = 'header.revision > 1 && body.kind == "REPORT_KIND_INITIAL"'
    (verdict,) = told(timeline(US, made({"when": when}))).verdicts
    assert verdict.saw == {"header": {"revision": 1}, "body": {"kind": "REPORT_KIND_INITIAL"}}


def test_what_was_withdrawn_or_changed_since_is_told() -> None:
    line = timeline(US, made({}))
    (withdrawn,) = told(line.extended([activation(4, "a")])).verdicts
    assert withdrawn.reasons == ("now: a has been withdrawn since",)
    narrower = line.extended([activation(4, made({"to": ["joint"]}))])
    (changed,) = told(narrower).verdicts
    assert changed.reasons == ("now: a was changed since by entry 4, and no longer gives it",)
    (same,) = told(line.extended([activation(4, made({"retention": 30}))])).verdicts
    assert same.gives


def test_it_agrees_with_the_decision() -> None:
    for clause in ({}, {"when": "header.revision > 1"}, {"from": ["joint"]}, {"to": ["joint"]}):
        for index in (0, 1):
            found = told(timeline(US, made(clause)), index=index)
            assert found.decision.shared is any(verdict.gives for verdict in found.verdicts)
