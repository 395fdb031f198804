"""Aid: where each line of each request stands."""

from typing import Any

import pytest

from pipelines.aid import lines as aid
from tests.support.builders import need
from tests.support.situation import answer, known, offer, request, request_line
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidLine, AidLineState

DEFER = {
    "decision": "AID_DECISION_DEFER",
    "reason": "待定",
    "deferUntilTime": "2026-06-02T00:00:00Z",
}
JIANGSU, ZHEJIANG = "320000/answer/1", "330000/answer/1"


def line(*told: Message) -> AidLine:
    (found,) = aid.evaluate(known(*told))
    return found


def state(*told: Message) -> str:
    return AidLineState.Name(line(*told).state).removeprefix("AID_LINE_STATE_")


def gives(entity: str, quantity: float, **header: Any) -> Message:
    return answer(entity, [offer(quantity)], **header)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], "OPEN"),
        ([gives(JIANGSU, 0)], "OPEN"),
        ([gives(JIANGSU, 0), gives(ZHEJIANG, 0)], "DECLINED"),
        ([gives(JIANGSU, 2)], "PARTIAL"),
        ([gives(JIANGSU, 0.5)], "PARTIAL"),
        ([answer(JIANGSU, [offer(6, decision="AID_DECISION_PARTIAL", reason="r")])], "COVERED"),
        ([gives(JIANGSU, 2), gives(ZHEJIANG, 0)], "PARTIAL"),
        ([gives(JIANGSU, 2), gives(ZHEJIANG, 3)], "PARTIAL"),
        ([gives(JIANGSU, 2), gives(ZHEJIANG, 4)], "COVERED"),
        ([gives(JIANGSU, 9)], "COVERED"),
        ([answer(JIANGSU, [offer(0, **DEFER)]), gives(ZHEJIANG, 0)], "OPEN"),
        ([gives(JIANGSU, 0), gives("340000/answer/1", 0)], "OPEN"),
    ],
)
def test_a_line_is_open_partly_covered_covered_or_declined(
    answers: list[Message], expected: str
) -> None:
    assert state(request(), *answers) == expected


def test_the_newest_answer_of_a_province_counts() -> None:
    told = [request(), gives(JIANGSU, 6), gives(JIANGSU, 1, revision=2)]
    found = line(*told)
    assert found.offered == 1
    assert [(a.participant, a.decision, a.quantity) for a in found.answers] == [("320000", 1, 1)]


def test_offers_of_several_are_added_up_and_named() -> None:
    told = [request(), gives(JIANGSU, 2), gives(ZHEJIANG, 3)]
    found = line(*told)
    assert found.offered == 5
    assert list(found.message_ids) == [m.header.message_id for m in told]


def test_each_line_has_answers_of_its_own() -> None:
    two = {"lines": [request_line(need(6, "pumps")), request_line(need(2, "more"))]}
    told = [request(changes=two), answer(JIANGSU, [offer(2, "more"), offer(1, "pumps")])]
    found = aid.evaluate(known(*told))
    assert [(x.line_id, x.requested.value, x.offered) for x in found] == [
        ("more", 2, 2),
        ("pumps", 6, 1),
    ]


def test_an_answer_to_another_request_or_line_is_no_answer() -> None:
    elsewhere = answer(JIANGSU, changes={"requestId": "310000/request/2"})
    other_line = answer(ZHEJIANG, [offer(6, "boats")])
    assert line(request(), elsewhere, other_line).offered == 0


def test_a_later_revision_replaces_all_lines() -> None:
    fewer = request(changes={"lines": [request_line(need(1, "boats"))]}, revision=2)
    assert [x.line_id for x in aid.evaluate(known(request(), fewer))] == ["boats"]


SIX = {"quantity": {"value": 6, "unit": "台"}}


@pytest.mark.parametrize("given", [offer(0) | SIX, offer(0, **DEFER) | SIX])
def test_what_was_deferred_or_declined_gives_nothing(given: dict[str, Any]) -> None:
    assert line(request(), answer(JIANGSU, [given])).offered == 0


def test_an_offer_in_another_unit_does_not_cover_a_line() -> None:
    """Ten tons are not covered by ten kilograms."""
    tons = need() | {"quantity": {"value": 10, "unit": "t"}}
    kilograms = offer(10) | {"quantity": {"value": 10, "unit": "kg"}}
    told = [request(changes={"lines": [request_line(tons)]}), answer(JIANGSU, [kilograms])]
    assert state(*told) != "COVERED"


def test_an_answer_before_its_request_waits_for_it() -> None:
    assert aid.evaluate(known(gives(JIANGSU, 6))) == []
    assert state(gives(JIANGSU, 6), request()) == "COVERED"


def test_lines_stand_by_request_and_line() -> None:
    told = [request("310000/request/2"), request("310000/request/1")]
    found = aid.evaluate(known(*told))
    assert [x.request_id for x in found] == ["310000/request/1", "310000/request/2"]
    for line_found in found:
        assert (line_found.requester, line_found.incident_id) == ("310000", "310000/flood/1")
        assert line_found.capability.value == "flood.pump"
