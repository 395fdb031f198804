"""Need lines: stated and inferred needs against what there is."""

from typing import Any

import pytest

from pipelines.aid import need_lines
from pipelines.aid.planning import planned
from pipelines.aid.proposals import evaluate
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from tests.support.builders import need
from tests.support.situation import (
    after,
    answer,
    incident,
    known,
    lacking,
    offer,
    picture,
    request,
    resource,
    stock,
    us,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import NeedLine

FLOOD = {"primaryType": {"scheme": "GB/T 35561", "value": "11A01"}}
JUDGED = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}
MAJOR = FLOOD | JUDGED | {"grade": "INCIDENT_GRADE_MAJOR"}
PUMPS, BOATS = "inferred/flood.pump", "inferred/flood.boat"


def lines(*told: Message, hours: float = 0) -> list[NeedLine]:
    at = us(after(hours=hours))
    return need_lines.evaluate(planned(Known(fold(told), at), at))


def names(found: list[NeedLine]) -> list[str]:
    return [line.line_id for line in found]


def test_a_need_stands_against_what_there_is() -> None:
    told = [
        request(),
        answer(lines=[offer(2, decision="AID_DECISION_PARTIAL", reason="仅此")]),
        resource("310000/own", stock(3, 2)),
        resource("330000/p", stock(9, 7)),
        resource("340000/boats", stock(9, 0, "艘")),
    ]
    (line,) = lines(*told)
    assert (line.wanted.value, line.covered, line.own_spare, line.neighbor_spare) == (6, 2, 1, 2)
    assert line.shortage == 1
    assert (line.source_id, line.beneficiary, line.inferred) == (
        "310000/request/1",
        "310000",
        False,
    )


def test_what_is_covered_is_a_line_without_a_shortage() -> None:
    (line,) = lines(request(), answer(lines=[offer(6)]))
    assert (line.covered, line.shortage) == (6, 0)


def test_needs_follow_from_type_and_grade_and_are_marked() -> None:
    found = lines(incident(changes=MAJOR))
    assert names(found) == [BOATS, PUMPS]
    assert all(line.inferred for line in found)
    assert [line.life_saving for line in found] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        FLOOD,
        MAJOR | {"grade": "INCIDENT_GRADE_ORDINARY"},
        MAJOR | {"kind": "REPORT_KIND_FINAL"},
        MAJOR | {"kind": "REPORT_KIND_WITHDRAWAL"},
        JUDGED
        | {"grade": "INCIDENT_GRADE_MAJOR", "primaryType": {"scheme": "x", "value": "19000"}},
    ],
)
def test_nothing_follows_from_what_is_not_graded_or_over(changes: dict[str, Any]) -> None:
    assert lines(incident(changes=changes)) == []


def test_what_is_stated_is_not_inferred() -> None:
    assert names(lines(lacking(changes=MAJOR))) == ["pumps", BOATS]
    assert names(lines(incident(changes=MAJOR), request())) == ["pumps", BOATS]


def test_what_was_long_ago_is_not_inferred() -> None:
    told = incident(changes=MAJOR)
    assert names(lines(told, hours=48)) == [BOATS, PUMPS]
    assert names(lines(told, hours=49)) == []


def test_what_is_inferred_takes_nothing_from_what_is_stated() -> None:
    """Seven boats: a stated need for which no life depends on them comes before inferred lives."""
    boats = need(6, "boats") | {
        "kind": "RESOURCE_KIND_VESSEL",
        "capability": {"scheme": "yrd-capability", "value": "flood.boat"},
        "quantity": {"value": 6, "unit": "艘"},
    }
    fleet = {
        "kind": "RESOURCE_KIND_VESSEL",
        "capabilities": [{"scheme": "yrd-capability", "value": "flood.boat"}],
    }
    told = [
        incident("310000/inferred", MAJOR),
        lacking("330000/stated", [boats]),
        resource("320000/boats", fleet | stock(7, 0, "艘")),
    ]
    found = {line.line_id: line.shortage for line in lines(*told)}
    assert (found["boats"], found[BOATS]) == (0, 9)
    proposed = {p.beneficiary: p for p in evaluate(known(*told), us(after()))}
    (inferred,) = proposed["310000"].lines
    assert (inferred.inferred, inferred.need.line_id, inferred.unmet) == (True, BOATS, 9)
    assert not proposed["330000"].lines[0].inferred


def test_what_nobody_stated_and_nobody_has_is_not_proposed() -> None:
    assert evaluate(known(incident(changes=MAJOR)), us(after())) == []


def test_the_summary_has_them() -> None:
    assert len(picture([lacking()]).summary.need_lines) == 1
