"""Parts of the joint picture: what concerns a province, a border segment, an incident."""

import pytest

from pipelines.pictures.narrow import MOST_SCOPE, empty, incident_scope, parts, segments
from tests.support.builders import place
from tests.support.situation import (
    control,
    crossing,
    incident,
    lacking,
    picture,
    request,
    resource,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

STORY = [
    incident("310000/flood/1", {"place": place("310101"), "casualties": {"dead": 2}}),
    incident("330000/fire/1", {"place": place("330421"), "casualties": {"dead": 3}}),
    lacking("330000/flood/2"),
    warning("320000/warning/1", {"area": {"adminCodes": ["320500"]}}),
    control("310000/control/1"),
    resource("320000/pumps/1"),
    request("330000/request/1", {"incidentId": "330000/flood/2"}),
    waybill("310000/waybill/1"),
    crossing("310000", "330000"),
]


def narrowed(*told: Message) -> dict[str, SituationSummary]:
    return {part.scope: part for part in parts(picture(told).summary)}


def ids(part: SituationSummary) -> list[str]:
    return sorted(member.entity_id for incident in part.incidents for member in incident.members)


def test_borders_are_those_of_the_table() -> None:
    assert segments() == (
        ("310000", "320000"),
        ("310000", "330000"),
        ("320000", "330000"),
        ("320000", "340000"),
        ("330000", "340000"),
    )


def test_a_province_sees_what_is_told_by_it_or_lies_in_it() -> None:
    found = narrowed(*STORY)
    assert ids(found["province/310000"]) == ["310000/flood/1"]
    assert ids(found["province/330000"]) == ["330000/fire/1", "330000/flood/2"]
    assert [w.entity_id for w in found["province/320000"].warnings] == ["320000/warning/1"]
    assert [line.request_id for line in found["province/330000"].aid] == ["330000/request/1"]
    assert found["province/310000"].controls
    assert "province/340000" not in found


def test_a_border_sees_what_concerns_both_sides_or_lies_at_it() -> None:
    found = narrowed(*STORY)
    # Jiashan adjoins Shanghai and Jiangsu
    assert ids(found["border/310000-330000"]) == ["330000/fire/1"]
    assert ids(found["border/320000-330000"]) == ["330000/fire/1"]
    assert [t.waybill_id for t in found["border/310000-330000"].hazmat] == ["310000/waybill/1"]
    assert "border/320000-340000" not in found


def test_an_incident_sees_what_names_it_and_what_is_in_force_where_it_is() -> None:
    around = warning("310000/warning/2", {"area": {"adminCodes": ["310000"]}})
    found = narrowed(*STORY, around)
    own = found["incident/330000/flood/2"]
    assert (ids(own), [line.request_id for line in own.aid]) == (
        ["330000/flood/2"],
        ["330000/request/1"],
    )
    shanghai = found["incident/310000/flood/1"]
    assert [w.entity_id for w in shanghai.warnings] == ["310000/warning/2"]


def test_a_closed_incident_has_no_summary_of_its_own() -> None:
    final = incident(revision=2, changes={"kind": "REPORT_KIND_FINAL"})
    assert not [scope for scope in narrowed(final) if scope.startswith("incident/")]


def test_totals_are_of_the_part_and_coverage_is_whole() -> None:
    whole, found = picture(STORY).summary, narrowed(*STORY)
    for part in found.values():
        assert list(part.coverage) == list(whole.coverage)
        dead = [i.casualties.dead for i in part.incidents if i.casualties.HasField("dead")]
        assert part.totals.known.dead == sum(dead)
        assert part.totals.incidents == len(part.incidents)
        assert (part.as_of_time, part.input_digest) == (whole.as_of_time, whole.input_digest)


def test_nothing_is_in_a_part_that_is_not_in_the_whole() -> None:
    whole = picture(STORY).summary
    for part in narrowed(*STORY).values():
        for field, value in part.ListFields():
            if field.is_repeated and field.message_type is not None:
                assert all(item in getattr(whole, field.name) for item in value), field.name


@pytest.mark.parametrize("joint_id", ["310000/flood/1", "x" * 55, "x" * 128])
def test_a_scope_fits_whatever_the_incident_is_called(joint_id: str) -> None:
    assert len(incident_scope(joint_id)) <= MOST_SCOPE
    assert incident_scope(joint_id) != incident_scope(joint_id[:-1] + "y")


def test_an_emptied_part_says_that_nothing_is_left() -> None:
    gone = empty(picture(STORY).summary, "incident/310000/flood/1")
    assert (list(gone.incidents), gone.totals.incidents) == ([], 0)
    assert gone.coverage
