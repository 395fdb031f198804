"""Mutual aid as a whole: the order in which things were told changes no byte; no plan breaks a promise."""

from collections import Counter
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.aid import lives, need_lines, promises
from pipelines.aid.planning import planned
from pipelines.aid.proposals import evaluate
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from tests.support.aid_story import (
    asked,
    committed,
    deployed,
    left,
    offered,
    ordered,
    released,
    returned,
)
from tests.support.builders import need
from tests.support.situation import after, answer, lacking, offer, resource, stock, us
from yrd.exchange.v1.message_pb2 import Message

QUIET = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
LATER: dict[str, Any] = {"told": after(hours=1)}
TOLD = [
    asked(),
    offered(**LATER),
    answer("330000/answer/1", [offer(0)]),
    ordered(**LATER),
    committed(**LATER),
    committed({"decision": "AID_DECISION_DECLINE", "reason": "x"}, revision=2),
    left(after(hours=1)),
    deployed("ABORTED", {"note": "车损"}, revision=4),
    released(2, **LATER),
    returned("RECALLED", {"reason": "自用"}),
    lacking("330000/flood/1", [need(9, lifeSaving=True)]),
    lacking("340000/flood/1", [need(3)]),
    resource("320000/pumps/1", stock(10, 2)),
    resource("320000/pumps/1", stock(8, 2), revision=2, told=after(hours=1.5)),
    resource("330000/pumps/1", stock(4)),
    resource("340000/pumps/1", stock(5, 3)),
]
some = st.lists(st.sampled_from(range(len(TOLD))), unique=True).map(sorted)
AT: datetime = after(hours=2)


def known(told: list[Message]) -> Known:
    return Known(fold(told), us(AT))


def views(told: list[Message]) -> list[bytes]:
    scope = known(told)
    found = [
        *evaluate(scope, us(AT)),
        *need_lines.evaluate(planned(scope, us(AT))),
        *lives.evaluate(scope),
        *promises.double(scope),
    ]
    return [view.SerializeToString(deterministic=True) for view in found]


@QUIET
@given(chosen=some, data=st.data())
def test_the_order_in_which_things_were_told_changes_no_byte(
    chosen: list[int], data: st.DataObject
) -> None:
    told = [TOLD[n] for n in chosen]
    shuffled = data.draw(st.permutations([*told, *told[:3]]))
    assert views(shuffled) == views(told)


@QUIET
@given(chosen=some)
def test_what_is_promised_and_what_is_proposed_leave_every_minimum(chosen: list[int]) -> None:
    """A promise that the figures know of is in them; a newer one is held back from the plan."""
    scope = known([TOLD[n] for n in chosen])
    whole = planned(scope, us(AT))
    taken = Counter[tuple[str, str]]()
    for proposal in evaluate(scope, us(AT)):
        for line in proposal.lines:
            for given_ in line.allocations:
                taken[given_.participant, given_.resource_id] += int(given_.quantity.value)
    newer = Counter[tuple[str, str]]()
    for promise in promises.standing_promises(scope):
        for name in promise.resources:
            newer[name] += int(promise.value)
    for message in whole.messages:
        name = message.stamp.origin, message.header.entity_id
        held = message.resource_status.stock
        spare = max(0, int(held.available - held.minimum_kept))
        stale = message.header.occurred_time.seconds < LATER["told"].timestamp()
        assert taken[name] <= max(0, spare - newer[name] * stale)


@QUIET
@given(chosen=some)
def test_lines_and_needs_say_the_same(chosen: list[int]) -> None:
    scope = known([TOLD[n] for n in chosen])
    short = {
        (line.source_id, line.line_id): line.shortage
        for line in need_lines.evaluate(planned(scope, us(AT)))
    }
    for proposal in evaluate(scope, us(AT)):
        for line in proposal.lines:
            assert short[line.source_id, line.need.line_id] == line.unmet
