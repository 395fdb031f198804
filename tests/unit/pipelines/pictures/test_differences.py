"""What differs between two pictures: named, with values and messages; nothing that is the same."""

from datetime import datetime

import pytest

from pipelines.pictures.differences import Difference, differences
from pipelines.pictures.picture import Picture
from tests.support.builders import need
from tests.support.situation import (
    after,
    answer,
    incident,
    lacking,
    offer,
    picture,
    request,
    request_line,
    resource,
    stock,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

FLOOD = "310000/flood/1"


def of(subject: str, then: list[Message], now: list[Message]) -> list[Difference]:
    """Differences of one subject."""
    found = differences(picture(then), picture(now))
    return [one for one in found if one.subject == subject]


def ids(*messages: Message) -> tuple[str, ...]:
    return tuple(sorted(message.header.message_id for message in messages))


def dead(count: int, revision: int = 1, entity: str = FLOOD) -> Message:
    return incident(entity, {"casualties": {"dead": count}}, revision=revision, sequence=revision)


STORY = [dead(1), warning(), lacking("330000/flood/1"), resource(), request(), answer()]


def test_the_same_picture_differs_in_nothing() -> None:
    assert differences(picture(STORY), picture(STORY[::-1])) == []


@pytest.mark.parametrize("at", [after(minutes=1), after(hours=2)])
def test_coverage_and_the_instant_are_no_difference(at: datetime) -> None:
    assert differences(picture([dead(1)]), picture([dead(1)], at)) == []


def test_a_figure_that_changed() -> None:
    old, new = dead(1), dead(3, 2)
    (changed,) = of("incidents", [old], [new])
    assert changed == Difference(
        "incidents", FLOOD, "casualties.dead", "changed", "内涝", "1", "3", ids(old), ids(new)
    )


def test_a_sum_that_changed_rests_on_what_changed() -> None:
    other = dead(5, entity="330000/fire/1")
    found = of("totals", [dead(1), other], [dead(3, 2), other])
    (changed,) = [one for one in found if one.field == "known.dead"]
    assert (changed.then, changed.now) == ("6", "8")
    assert (changed.ids_then, changed.ids_now) == (ids(dead(1)), ids(dead(3, 2)))


def test_unknown_is_not_zero() -> None:
    unknown = incident(changes={"casualties": {}}, revision=2)
    (changed,) = of("incidents", [dead(0)], [unknown])
    assert (changed.then, changed.now) == ("0", "")
    (changed,) = of("incidents", [unknown], [dead(0, 3)])
    assert (changed.then, changed.now) == ("", "0")


def test_new_and_gone() -> None:
    (new,) = of("warnings", [], [warning()])
    assert (new.kind, new.key, new.title) == ("new", "310000/warning/1", "台风蓝色预警")
    assert (new.ids_then, new.ids_now) == ((), ids(warning()))
    (gone,) = of("warnings", [warning()], [])
    assert (gone.kind, gone.ids_then, gone.ids_now) == ("gone", ids(warning()), ())


def test_an_incident_that_joined_another_is_not_gone() -> None:
    here = incident(FLOOD)
    there = incident("320000/flood/1", {"primaryType": {"scheme": "GB/T 35561", "value": "12H01"}})
    linked = incident("320000/flood/1", {"sameEventIds": [FLOOD]}, revision=2)
    found = [one for one in of("incidents", [here, there], [here, linked]) if not one.field]
    assert [(one.kind, one.key, one.now) for one in found] == [("joined", "320000/flood/1", FLOOD)]
    assert (found[0].ids_then, found[0].ids_now) == (ids(there), ids(here, linked))


def test_lines_of_one_request_are_told_apart() -> None:
    lines = [request_line(need(3, "a")), request_line(need(6, "b"))]
    asked = request(changes={"lines": lines})
    found = of("aid", [asked], [asked, answer(lines=[offer(6, "b")])])
    assert {one.key for one in found} == {"310000/request/1 b"}
    assert [(one.field, one.then, one.now) for one in found] == [
        ("offered", "0", "6"),
        ("state", "AID_LINE_STATE_OPEN", "AID_LINE_STATE_COVERED"),
    ]


def test_resources_are_told_apart_by_owner_kind_and_unit() -> None:
    sets = resource("320000/sets/1", stock(3, unit="套"), sequence=1)
    less = resource(changes=stock(2), revision=2, sequence=2)
    found = of("resources", [resource(), sets], [less, sets])
    assert {one.key for one in found} == {"320000 flood.pump 台"}
    assert {one.field for one in found} >= {"total", "available", "spare"}


def test_incidents_come_first_and_proposals_last() -> None:
    subjects = [one.subject for one in differences(picture([]), picture(STORY))]
    assert (subjects[0], subjects[-1]) == ("incidents", "proposals")


def test_an_earthquake_that_joined_another_is_not_gone() -> None:
    then, now = SituationSummary(), SituationSummary()
    then.earthquakes.add(joint_id="b").members.add(entity_id="b")
    joint = now.earthquakes.add(joint_id="a")
    for entity in "ab":
        joint.members.add(entity_id=entity, message_id=f"of {entity}")
    found = differences(Picture("actual", then, ()), Picture("actual", now, ()))
    assert [(one.key, one.kind, one.now) for one in found] == [
        ("a", "new", ""),
        ("b", "joined", "a"),
    ]
    assert found[0].ids_now == ("of a", "of b")


def test_counts_are_told_apart_and_rest_on_what_is_counted() -> None:
    then, now = SituationSummary(), SituationSummary()
    for summary, provinces in ((then, ("310000", "330000")), (now, ("320000", "330000"))):
        summary.hazmat.add(waybill_id="a", message_ids=[f"in {provinces[0]}"])
        for province in provinces:
            summary.hazmat_counts.by_province.add(key=province, count=1)
    found = differences(Picture("actual", then, ()), Picture("actual", now, ()))
    assert [(one.subject, one.key, one.kind, one.ids_then, one.ids_now) for one in found] == [
        ("hazmat_counts.by_province", "310000", "gone", ("in 310000",), ()),
        ("hazmat_counts.by_province", "320000", "new", (), ("in 320000",)),
    ]


def test_what_names_no_message_rests_on_what_is_in_it() -> None:
    now = SituationSummary()
    chain = now.cascades.add(cascade_id="a", joint_ids=["a", "b"])
    chain.links.add(cause_id="a", effect_id="b", message_ids=["2", "1"])
    (new,) = differences(Picture("actual", SituationSummary(), ()), Picture("actual", now, ()))
    assert (new.key, new.ids_now) == ("a", ("1", "2"))


def test_a_proposal_that_changed() -> None:
    then = [lacking(), resource(changes=stock(2))]
    (changed, *_) = of("proposals", then, [*then, resource("330000/pumps/1", stock(3))])
    assert (changed.key, changed.field) == ("310000 310000/flood/1 pumps", "unmet")
    assert (changed.then, changed.now) == ("4", "1")


def test_what_only_time_changed_names_all_its_messages() -> None:
    held = resource(changes={"validUntilTime": "2026-06-01T13:00:00Z"})
    found = differences(picture([held]), picture([held], after(hours=2)))
    assert {one.ids_then for one in found} == {one.ids_now for one in found} == {ids(held)}


def lists() -> list[str]:
    about_data = ("coverage", "questions", "question_counts")
    fields = SituationSummary.DESCRIPTOR.fields
    found = [field.name for field in fields if field.is_repeated and field.message_type is not None]
    return [name for name in found if name not in about_data]


@pytest.mark.parametrize("name", lists())
def test_no_list_of_the_summary_is_forgotten(name: str) -> None:
    """What the contract gets later is compared, too, and two items that are alike are two."""
    then, now = SituationSummary(), SituationSummary()
    getattr(now, name).add()
    getattr(now, name).add()
    found = differences(Picture("actual", then, ()), Picture("actual", now, ()))
    assert [(one.subject, one.kind) for one in found] == [(name, "new")] * 2
