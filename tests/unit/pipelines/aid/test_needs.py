"""Which needs are open: those of open incidents and of requests, each once."""

from collections.abc import Sequence
from typing import Any

import pytest

from pipelines.aid.needs import open_needs
from pipelines.aid.proposals import evaluate
from tests.support.builders import need, place
from tests.support.floods import jiangsu, shanghai
from tests.support.situation import (
    after,
    answer,
    known,
    lacking,
    offer,
    request,
    request_line,
    resource,
    stock,
    us,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal

NEEDS = {"needs": [need()]}


def proposals(*told: Message) -> list[AidProposal]:
    return evaluate(known(*told), us(after()))


def wanted(*told: Message) -> dict[str, float]:
    """How much each province lacks in all, as proposals say."""
    found: dict[str, float] = {}
    for proposal in proposals(*told):
        lines = sum(x.need.quantity.value - x.already_covered for x in proposal.lines)
        found[proposal.beneficiary] = found.get(proposal.beneficiary, 0) + lines
    return found


@pytest.mark.parametrize(
    ("kind", "open_"),
    [
        ("INITIAL", True),
        ("FOLLOW_UP", True),
        ("CORRECTION", True),
        ("FINAL", False),
        ("WITHDRAWAL", False),
    ],
)
def test_only_an_open_incident_has_needs(kind: str, open_: bool) -> None:
    later = lacking(changes={"kind": f"REPORT_KIND_{kind}"}, revision=2)
    assert bool(proposals(lacking(), later)) is open_


def test_a_request_that_is_withdrawn_asks_for_nothing() -> None:
    withdrawn = request(changes={"withdrawn": True}, revision=2)
    assert wanted(request()) == {"310000": 6}
    assert wanted(request(), withdrawn) == {}


def test_a_later_report_without_a_need_has_met_it() -> None:
    assert proposals(lacking(), lacking(wanted=[], revision=2)) == []


def test_a_request_that_repeats_a_need_counts_once() -> None:
    assert wanted(lacking(), request()) == {"310000": 6}


def test_a_request_for_more_than_was_reported_counts_as_requested() -> None:
    more = request(changes={"lines": [request_line(need(9))]})
    (proposal,) = proposals(lacking(), more)
    (line,) = proposal.lines
    assert (line.need.quantity.value, line.source_id) == (9, "310000/request/1")
    assert line.message_id == more.header.message_id


@pytest.mark.parametrize(
    "other",
    [{"lines": [request_line(need(2, "more"))]}, {"incidentId": "310000/flood/2"}],
)
def test_a_request_for_something_else_counts_beside(other: dict[str, Any]) -> None:
    assert len(list(open_needs(known(lacking(), request(changes=other))))) == 2


def test_a_request_hides_no_need_of_another_province() -> None:
    """Zhejiang asks for pumps for Shanghai's flood; Shanghai's own line has the same name."""
    theirs = request("330000/request/1")
    assert wanted(lacking(), theirs) == {"310000": 6, "330000": 6}


def test_a_request_under_another_name_of_the_joint_incident_counts_once() -> None:
    """Jiangsu asks under the joint id, which is Shanghai's; its need stands in its own report."""
    told = [shanghai(), jiangsu(changes=NEEDS)]
    asked = request("320000/request/1", {"incidentId": "310000/flood"})
    assert wanted(*told, asked) == {"320000": 6}


def test_two_provinces_of_one_incident_each_have_their_needs() -> None:
    told = [shanghai(changes=NEEDS), jiangsu(changes={"needs": [need(4)]})]
    assert wanted(*told) == {"310000": 6, "320000": 4}


@pytest.mark.parametrize(("offered", "missing"), [(2, 4), (5.5, 0.5), (6, None), (8, None)])
def test_what_was_offered_is_no_longer_missing(offered: float, missing: float | None) -> None:
    told = [lacking(), request(), answer(lines=[offer(offered)])]
    assert wanted(*told) == ({} if missing is None else {"310000": missing})


def test_an_offer_and_what_is_at_home_add_up() -> None:
    told = [request(), answer(lines=[offer(2)]), resource("310000/own", stock(1))]
    (proposal,) = proposals(*told)
    assert (proposal.lines[0].already_covered, proposal.lines[0].unmet) == (3, 3)


def test_an_offer_that_covers_a_line_leaves_resources_for_others() -> None:
    told = [
        request(),
        answer(lines=[offer(6)]),
        lacking("330000/flood"),
        resource("340000/pumps", stock(6)),
    ]
    (proposal,) = proposals(*told)
    assert (proposal.beneficiary, proposal.lines[0].unmet) == ("330000", 0)


def test_a_request_for_an_incident_that_never_was_is_no_need() -> None:
    withdrawn = lacking(changes={"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)
    assert proposals(lacking(), request(), withdrawn) == []


def test_a_request_reports_to_where_it_says() -> None:
    there = request_line(need(destination=place("330421")), reportTo=place("310115"))
    (found,) = open_needs(known(request(changes={"lines": [there]})))
    assert found.place.admin_code == "330421"
    (found,) = open_needs(known(request()))
    assert found.place.admin_code == "310115"


DUTY_ROOM = request(
    "joint/request/1",
    {
        "incidentId": "330000/flood/1",
        "lines": [request_line(need(), reportTo=place("330281"))],
    },
)


def test_the_duty_room_asks_for_the_province_where_help_is_to_report() -> None:
    (proposal,) = proposals(DUTY_ROOM, resource("320000/pumps", stock(9)))
    assert proposal.beneficiary == "330000"


def test_what_the_duty_room_asks_for_is_looked_for_in_the_province_first() -> None:
    told = [resource("330000/own", stock(9)), resource("320000/pumps", stock(9))]
    assert proposals(DUTY_ROOM, *told) == []


def test_a_province_gets_one_proposal_whoever_asks_for_it() -> None:
    found = proposals(DUTY_ROOM, lacking("330000/flood/2"), resource("320000/pumps", stock(99)))
    assert [p.beneficiary for p in found] == ["330000"]
    assert len(found[0].lines) == 2


def names(found: Sequence[AidProposal]) -> set[str]:
    """All message ids that proposals give."""
    of_lines = {x.message_id for p in found for x in p.lines}
    of_lenders = {a.message_id for p in found for x in p.lines for a in x.allocations}
    return of_lines | of_lenders | {i for p in found for i in p.message_ids}


def test_a_proposal_names_the_messages_that_it_rests_on_and_no_others() -> None:
    told = [
        lacking(revision=2),
        request("330000/request/1", {"incidentId": "330000/flood/7"}),
        answer("320000/answer/1", [offer(1)], {"requestId": "330000/request/1"}),
        resource("320000/pumps", stock(3), revision=2),
        resource("340000/pumps", stock(3)),
    ]
    outdated = [lacking(revision=1), resource("320000/pumps", stock(9), revision=1)]
    found = proposals(*told, *outdated)
    assert names(found) <= {m.header.message_id for m in told}
    for proposal in found:
        assert names([proposal]) == set(proposal.message_ids)


def test_what_a_proposal_names_stands_in_a_fixed_order() -> None:
    told = [lacking(f"310000/{n}", [need(7)]) for n in range(9)]
    lenders = [resource(f"{p}/pumps", stock(20)) for p in ("330000", "320000", "340000", "joint")]
    (found,) = proposals(*told, *lenders)
    for listed in (found.incident_ids, found.addressed_to, found.message_ids):
        assert len(listed) > 3
        assert list(listed) == sorted(listed)


def test_between_equally_urgent_needs_the_incident_decides() -> None:
    asked = request(changes={"incidentId": "310000/z"})
    (found,) = proposals(asked, lacking("310000/a"), resource("320000/pumps", stock(6)))
    assert {x.source_id: x.unmet for x in found.lines} == {"310000/a": 0, "310000/request/1": 6}


def test_a_proposal_has_no_lender_that_is_its_own_beneficiary() -> None:
    told = [lacking("310000/a", [need(20)]), lacking("320000/b", [need(20)])]
    lenders = [resource(f"{p}/pumps", stock(5)) for p in ("310000", "320000", "330000", "joint")]
    for proposal in proposals(*told, *lenders):
        assert proposal.beneficiary not in proposal.addressed_to
        assert set(proposal.addressed_to) == {
            a.participant for x in proposal.lines for a in x.allocations
        }
