"""What is promised is held back from the next plan, counts for its need, and is not promised twice unseen."""

from typing import Any

import pytest

from pipelines.aid import promises
from pipelines.aid.proposals import evaluate
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.report.summary import summary_text
from tests.support.aid_story import (
    asked,
    committed,
    deployed,
    left,
    offered,
    ordered,
    released,
    returned,
    six,
)
from tests.support.builders import need
from tests.support.situation import (
    after,
    answer,
    lacking,
    offer,
    picture,
    request,
    request_line,
    resource,
    stock,
    us,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import DoublePromise
from yrd.situation.v1.situation_pb2 import ProposalLine

PUMPS = "320000/pumps/1"
LATER: dict[str, Any] = {"told": after(hours=1)}


def known(*told: Message, hours: float = 2) -> Known:
    return Known(fold(told), us(after(hours=hours)))


def double(*told: Message) -> list[DoublePromise]:
    return promises.double(known(*told))


def line(*told: Message, hours: float = 2) -> ProposalLine:
    found = known(*told, hours=hours)
    (proposal,) = evaluate(found, found.as_of_us)
    (only,) = proposal.lines
    return only


def other(quantity: float, name: str = "2", **changes: Any) -> tuple[Message, Message]:
    """Zhejiang asks for pumps, too, and Jiangsu offers it some."""
    asks = request(
        f"330000/request/{name}",
        {
            "addressedTo": ["320000"],
            "incidentId": "330000/flood/1",
            "lines": [request_line(need(quantity))],
        },
    )
    offers = offer(quantity) | {"resourceIds": [PUMPS]} | changes
    reply = answer(
        f"320000/answer/{name}", [offers], {"requestId": f"330000/request/{name}"}, **LATER
    )
    return asks, reply


def test_what_was_promised_since_is_not_lent_again() -> None:
    told = [asked(), offered(**LATER), lacking("330000/flood", [need(9)])]
    found = line(*told, resource(PUMPS, stock(10)))
    assert [a.quantity.value for a in found.allocations] == [4]
    newer = resource(PUMPS, stock(10), revision=2, told=after(hours=1.5))
    assert [a.quantity.value for a in line(*told, newer).allocations] == [9]


def test_a_promise_of_several_resources_holds_them_back_in_their_order() -> None:
    both = offer(6) | {"resourceIds": [PUMPS, "320000/pumps/2"]}
    told = [asked(), answer(lines=[both], **LATER), lacking("330000/flood", [need(9)])]
    there = [resource(PUMPS, stock(4)), resource("320000/pumps/2", stock(4))]
    found = line(*told, *there)
    assert [(a.resource_id, a.quantity.value) for a in found.allocations] == [("320000/pumps/2", 2)]


ORDERED = ordered(**LATER)
COMMITTED = [ORDERED, committed(**LATER)]
PART = committed({"quantity": six(4), "decision": "AID_DECISION_PARTIAL", "reason": "r"}, **LATER)
REFUSED = committed({"decision": "AID_DECISION_DECLINE", "reason": "r"}, **LATER)
BROKEN = deployed("ABORTED", {"note": "车损"}, **LATER)
RECALLED = returned("RECALLED", {"reason": "自用"}, **LATER)
UNDONE = ordered({"cancelled": True, "cancelReason": "x"}, **LATER)


@pytest.mark.parametrize(
    ("more", "missing", "left_out"),
    [
        ([], None, None),
        ([ORDERED], None, None),
        ([ORDERED, PART], 2, "offered_its_part"),
        ([ORDERED, REFUSED], 6, "declined"),
        ([*COMMITTED, left(after(hours=1))], None, None),
        ([*COMMITTED, BROKEN], 6, "aborted"),
        ([*COMMITTED, RECALLED], 6, "recalled"),
        ([*COMMITTED, left(after(hours=1)), released(**LATER)], None, None),
        ([UNDONE], 6, None),
    ],
)
def test_a_need_is_covered_as_long_as_what_was_promised_stands(
    more: list[Message], missing: float | None, left_out: str | None
) -> None:
    """And who failed is left out of the next proposal, which says so and names another."""
    told = [asked(), offered(**LATER), *more, resource("340000/p", stock(20))]
    found = known(*told)
    proposed = evaluate(found, found.as_of_us)
    if missing is None:
        assert proposed == []
        return
    (line_,) = proposed[0].lines
    assert [(a.participant, a.quantity.value) for a in line_.allocations] == [("340000", missing)]
    assert [r.code for r in line_.left_out] == ([left_out] if left_out else [])
    if left_out:
        assert "江苏" in line_.left_out[0].text_zh
        assert "Jiangsu" in line_.left_out[0].text_en


def test_one_resource_promised_to_two_places_is_shown_at_once() -> None:
    told = [asked(), offered(**LATER), *other(5), resource(PUMPS, stock(10))]
    (found,) = double(*told)
    assert (found.participant, found.resource_id, found.total, found.promised) == (
        "320000",
        PUMPS,
        10,
        11,
    )
    assert [(p.requester, p.quantity.value) for p in found.promises] == [
        ("310000", 6),
        ("330000", 5),
    ]
    scope = known(*told)
    promises.double(scope)
    assert [(q.kind, q.participant) for q in scope.questions] == [("double_promise", "320000")]


def test_what_there_is_enough_of_may_be_promised_to_many() -> None:
    assert double(asked(), offered(), *other(4), resource(PUMPS, stock(10))) == []


def test_more_than_there_is_for_one_place_is_not_promised_twice() -> None:
    assert double(asked(), offered(), resource(PUMPS, stock(4))) == []


def test_what_could_be_borne_by_others_accuses_nobody() -> None:
    both: dict[str, Any] = {"resourceIds": [PUMPS, "320000/pumps/2"]}
    there = [resource(PUMPS, stock(6)), resource("320000/pumps/2", stock(5))]
    assert double(asked(), offered(), *other(5, **both), *there) == []
    (found,) = double(asked(), offered(), *other(9, **both), *there)
    assert [p.quantity.value for p in found.promises] == [6, 4]


def test_a_resource_that_nobody_told_of_is_not_judged() -> None:
    assert double(asked(), offered(), *other(50)) == []


def test_what_ended_is_no_promise() -> None:
    told = [asked(), *other(5), resource(PUMPS, stock(10))]
    going = [offered(), ordered(), committed(), left(after(hours=1))]
    assert len(double(*told, *going)) == 1
    assert double(*told, *going, released(**LATER)) == []


def test_a_unit_that_is_on_its_way_to_two_places_is_seen() -> None:
    asks, reply = other(6)
    order = ordered(
        {"requester": "330000", "requestId": "330000/request/2", "responseId": "320000/answer/2"},
        entity="330000/order/2",
    )
    commits = committed(entity="320000/commitment/2")
    commits.aid_commitment.order_id = "330000/order/2"
    commits.aid_commitment.requester = "330000"
    told = [asked(), offered(), ordered(), committed(), left(after(hours=1))]
    (found,) = double(*told, asks, reply, order, commits, resource(PUMPS, stock(10)))
    assert found.promised == 12


def test_the_summary_and_its_text_show_it() -> None:
    told = [asked(), offered(), *other(5), resource(PUMPS, stock(10))]
    summary = picture(told).summary
    assert len(summary.double_promises) == 1
    assert len(summary.aid_lives) == 2
    text = summary_text(summary)
    assert "重复承诺：江苏 泵车队共10台，已承诺11台" in text
    assert "PROMISED TWICE: Jiangsu 泵车队, 10 台 in all, 11 promised" in text
    assert [q.kind for q in summary.questions] == ["double_promise"]


def test_the_text_of_a_life_says_the_stage_and_what_is_overdue() -> None:
    told = [asked(line={"lifeSaving": True}), answer(lines=[offer(0, reason="自用")], **LATER)]
    text = summary_text(picture(told, after(hours=1)).summary)
    assert "江苏 已谢绝（自用）" in text
    assert "Jiangsu declined (自用)" in text
    text = summary_text(picture(told[:1], after(hours=2)).summary)
    assert "江苏 待答复；江苏答复已超时60分钟" in text
    assert "the answer by Jiangsu OVERDUE by 60 min" in text
    text = summary_text(
        picture([asked(line={"lifeSaving": True}), offered(told=after(hours=1.5))]).summary
    )
    assert "江苏 6台 已答复可提供；答复晚了30分钟" in text
