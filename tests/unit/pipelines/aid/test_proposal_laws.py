"""Whatever is needed and whatever there is: proposals give no more than that, and no less."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.aid.proposals import evaluate
from tests.support.builders import need
from tests.support.situation import after, known, lacking, resource, stock, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import ProposalLine

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
PROVINCES = ("310000", "320000", "330000", "340000")


@st.composite
def owned(draw: Callable[[Any], Any]) -> Message:
    """Pumps of some province, some of them kept as a minimum."""
    province, name = draw(st.sampled_from(PROVINCES)), draw(st.sampled_from("ab"))
    kept = stock(draw(st.integers(0, 9)), draw(st.integers(0, 5)))
    return resource(f"{province}/pumps/{name}", kept)


@st.composite
def wanted(draw: Callable[[Any], Any]) -> Message:
    """A need of some province."""
    province, name = draw(st.sampled_from(PROVINCES)), draw(st.sampled_from("ab"))
    by = text(after(hours=draw(st.integers(0, 3))))
    lives = draw(st.booleans())
    line = need(draw(st.integers(1, 9)), neededByTime=by, lifeSaving=lives)
    return lacking(f"{province}/flood/{name}", [line])


def once(told: Sequence[Message]) -> list[Message]:
    """Each entity once."""
    return list({m.header.entity_id: m for m in told}.values())


def spare(message: Message) -> float:
    held = message.resource_status.stock
    return max(0.0, held.available - held.minimum_kept)


def lines(told: Sequence[Message]) -> list[tuple[str, ProposalLine]]:
    """Lines with whom they are for."""
    found = evaluate(known(*told), us(after()))
    return [(proposal.beneficiary, line) for proposal in found for line in proposal.lines]


stocks = st.lists(owned(), max_size=5).map(once)
needs = st.lists(wanted(), max_size=5).map(once)


@QUIET
@given(there=stocks, lacked=needs)
def test_no_resource_gives_more_than_it_can_spare(
    there: list[Message], lacked: list[Message]
) -> None:
    given_away = Counter[str]()
    for _, line in lines([*there, *lacked]):
        for allocation in line.allocations:
            assert allocation.quantity.value > 0
            given_away[allocation.resource_id] += int(allocation.quantity.value)
    for message in there:
        assert given_away[message.header.entity_id] <= spare(message)


@QUIET
@given(there=stocks, lacked=needs)
def test_each_line_adds_up_to_its_need(there: list[Message], lacked: list[Message]) -> None:
    for beneficiary, line in lines([*there, *lacked]):
        lent = sum(a.quantity.value for a in line.allocations)
        assert line.already_covered + lent + line.unmet == line.need.quantity.value
        assert bool(line.unmet) == bool(line.obstacles)
        assert beneficiary not in {a.participant for a in line.allocations}


@QUIET
@given(there=stocks, lacked=needs)
def test_nothing_is_left_over_while_something_is_unmet(
    there: list[Message], lacked: list[Message]
) -> None:
    """All of these pumps fit all of these needs; so what is short is what there is too little of."""
    total_need = sum(m.incident_report.needs[0].quantity.value for m in lacked)
    total_spare = sum(map(spare, there))
    unmet = sum(line.unmet for _, line in lines([*there, *lacked]))
    assert unmet == max(0.0, total_need - total_spare)


@QUIET
@given(there=stocks, lacked=needs, data=st.data())
def test_the_order_in_which_things_were_told_does_not_matter(
    there: list[Message], lacked: list[Message], data: st.DataObject
) -> None:
    told = [*there, *lacked]
    assert lines(data.draw(st.permutations(told))) == lines(told)
