"""Views as messages: the same picture is the same message, and the contract accepts it."""

from uuid import UUID

import pytest

from pipelines.facts.state import fold
from pipelines.pictures.picture import Picture, Staleness, evaluate
from pipelines.pictures.results import View, draft, view_of, views, withdrawal
from schemas.rules import violations
from tests.support.builders import NOW, need
from tests.support.situation import (
    after,
    alert,
    answer,
    control,
    crossing,
    exercise,
    incident,
    lacking,
    offer,
    picture,
    request,
    request_line,
    resource,
    response,
    stock,
    us,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Draft, Message

STORY = [
    lacking(),
    request(),
    answer(lines=[offer(1)]),
    resource(changes=stock(2)),
    warning(),
    response(),
    control(),
    waybill(),
    crossing("310000", "320000"),
    alert(),
]


def drilled(*told: Message) -> Picture:
    return evaluate("exercise/drill", fold(told), us(NOW), Staleness())


def drafts(found: Picture, revision: int = 1) -> list[Draft]:
    return [draft(view, revision) for view in views(found)]


def ids(found: Picture, revision: int = 1) -> list[str]:
    return [made.header.message_id for made in drafts(found, revision)]


def content(found: Picture) -> list[str]:
    return [view.content for view in views(found)]


def test_the_same_picture_is_the_same_message() -> None:
    again = drafts(picture(STORY[::-1]))
    assert [made.SerializeToString(deterministic=True) for made in drafts(picture(STORY))] == [
        made.SerializeToString(deterministic=True) for made in again
    ]


def test_each_view_has_an_id_of_its_own() -> None:
    found = picture([*STORY, lacking("330000/flood")])
    assert len(set(ids(found))) == len(ids(found)) > 3


def test_another_revision_instant_or_content_is_another_message() -> None:
    base = ids(picture(STORY))
    more = request(changes={"lines": [request_line(need(9))]}, revision=2)
    others = [
        ids(picture(STORY), revision=2),
        ids(picture(STORY, after(seconds=1))),
        ids(picture([*STORY, more])),
    ]
    for other in others:
        assert not set(base) & set(other)


def test_a_proposal_is_no_news_because_of_what_it_does_not_rest_on() -> None:
    more = picture([*STORY, incident("340000/flood/9")])
    assert content(more)[0] != content(picture(STORY))[0]
    assert content(more)[-1] == content(picture(STORY))[-1]


def test_a_withdrawal_says_so_and_nothing_else() -> None:
    summary, *_, proposal = views(picture(STORY))
    gone = withdrawal("310000", summary)
    made = draft(gone, 2)
    assert made.aid_proposal.withdrawn
    assert (made.aid_proposal.beneficiary, list(made.aid_proposal.lines)) == ("310000", [])
    assert made.header.entity_id == proposal.entity_id
    assert violations(made, NOW) == []
    assert view_of(made) == gone
    later = next(views(picture(STORY[:1], after(hours=1))))
    assert withdrawal("310000", later).content == gone.content


def test_the_content_is_what_is_said_and_not_when() -> None:
    assert content(picture(STORY, after(seconds=9))) == content(picture(STORY))
    silent = picture(STORY, after(minutes=11))
    assert content(silent)[0] != content(picture(STORY))[0]


def test_the_content_is_not_the_revision() -> None:
    found = picture(STORY)
    for view, first, second in zip(views(found), drafts(found), drafts(found, 2), strict=True):
        assert view_of(first).content == view_of(second).content == view.content


def test_a_draft_carries_its_view() -> None:
    for found in (picture(STORY), drilled(lacking(**exercise()))):
        for view in views(found):
            assert view_of(draft(view, 3)) == view


def test_summary_first_then_its_parts_then_proposals_under_lasting_names() -> None:
    found = [(v.entity_id, v.scope) for v in views(picture([*STORY, lacking("330000/flood")]))]
    assert found[0] == ("joint/summary/actual", "actual")
    assert [scope for _, scope in found] == ["actual"] * len(found)
    assert ("joint/summary/actual/province/310000", "actual") in found[1:-2]
    assert found[-2:] == [
        ("joint/proposal/actual/310000", "actual"),
        ("joint/proposal/actual/330000", "actual"),
    ]


def test_the_drafts_of_an_exercise_belong_to_it() -> None:
    for made in drafts(drilled(lacking(**exercise()))):
        assert (made.header.mode, made.header.exercise_id) == (2, "drill")
        assert made.header.entity_id.split("/", 2)[2].startswith("exercise/drill")


def test_a_draft_is_told_at_the_instant_that_it_shows() -> None:
    for made in drafts(picture(STORY), 7):
        assert made.header.occurred_time == made.header.reported_time
        assert made.header.reported_time.ToSeconds() == us(NOW) // 10**6
        assert made.header.revision == 7
        assert UUID(made.header.message_id).int >> 80 == us(NOW) // 1000


def test_a_proposal_names_its_incidents() -> None:
    assert drafts(picture(STORY))[-1].header.incident_ids == ["310000/flood/1"]


def test_a_proposal_for_very_many_incidents_names_some() -> None:
    many = [lacking(f"310000/flood/{n}") for n in range(60)]
    made = drafts(picture(many))[-1]
    assert len(made.header.incident_ids) == 50
    assert violations(made, NOW) == []


@pytest.mark.parametrize(
    "told",
    [
        [],
        STORY,
        [lacking(), resource(changes=stock(1, 0.5))],
        [lacking("330000/flood"), lacking("340000/flood")],
        [incident(changes={"casualties": None})],
        [request("joint/request/1", {"lines": [request_line(need())]})],
        [incident(f"310000/{n}", {"casualties": {"evacuated": 1_000_000_000}}) for n in range(5)],
        [incident(f"310000/{n}", {"casualties": {"dead": 10_000_000}}) for n in range(2)],
    ],
)
def test_the_contract_accepts_every_view(told: list[Message]) -> None:
    found = drafts(picture(told))
    assert [violations(made, NOW) for made in found] == [[]] * len(found)


def request_for(incident_id: str) -> Message:
    return request(changes={"incidentId": incident_id})


@pytest.mark.parametrize("name", ["x", "x" * 128, "310000/a.b_c:d/e-f"])
def test_a_request_that_the_contract_accepts_makes_views_that_it_accepts(name: str) -> None:
    asked = request_for(name)
    assert violations(Draft(header=asked.header, aid_request=asked.aid_request), NOW) == []
    for made in drafts(picture([asked])):
        assert violations(made, NOW) == []


@pytest.mark.parametrize("name", ["洪水1号", "flood 1", "#1", "x" * 129])
def test_a_request_whose_incident_no_view_could_name_is_refused_at_the_door(name: str) -> None:
    asked = request_for(name)
    found = violations(Draft(header=asked.header, aid_request=asked.aid_request), NOW)
    assert [v.field for v in found] == ["aid_request.incident_id"]


def test_two_views_never_share_an_entity() -> None:
    asked = request("joint/request/1", {"incidentId": "310000/flood/1"})
    found: list[View] = list(views(picture([asked, lacking(wanted=[need(2, "more")])])))
    assert len({view.entity_id for view in found}) == len(found)
