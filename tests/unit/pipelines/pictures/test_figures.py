"""What an item says, as text by path."""

from datetime import UTC, datetime

import pytest
from google.protobuf.message import Message

from pipelines.pictures.figures import figures
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import (
    ActiveControl,
    AidLine,
    HazmatTrip,
    JointIncident,
    ResourceSummary,
)


def incident() -> JointIncident:
    made = JointIncident(joint_id="a", grade=2, message_ids=["m"])  # type: ignore[arg-type]
    made.primary_type.scheme, made.primary_type.value = "GB/T 35561", "11A02"
    made.casualties.dead = 0
    made.place.point.latitude = 31.123456
    made.members.add(entity_id="a")
    return made


@pytest.mark.parametrize(
    ("item", "path", "value"),
    [
        (incident(), "joint_id", "a"),
        (incident(), "primary_type", "11A02"),
        (incident(), "casualties.dead", "0"),
        (incident(), "grade", "INCIDENT_GRADE_SERIOUS"),
        (incident(), "place.point.latitude", "31.123456"),
        (incident(), "closed", "false"),
        (JointIncident(), "grade", ""),
        (JointIncident(grade=99), "grade", "99"),  # type: ignore[arg-type]
        (ResourceSummary(total=1234567.25), "total", "1234567.25"),
        (
            ResourceSummary(kind=ResourceKind.RESOURCE_KIND_EQUIPMENT),
            "kind",
            "RESOURCE_KIND_EQUIPMENT",
        ),
        (HazmatTrip(un_numbers=["1203", "1017"]), "un_numbers", "1203, 1017"),
        (HazmatTrip(open_alerts=[1, 99]), "open_alerts", "HAZMAT_ALERT_KIND_LEAK, 99"),  # type: ignore[list-item]
    ],
)
def test_values_as_text(item: Message, path: str, value: str) -> None:
    assert dict(figures(item))[path] == value


def test_quantities_have_their_unit_and_times_their_zone() -> None:
    line = AidLine()
    line.requested.value, line.requested.unit = 2.5, "台"
    control = ActiveControl()
    control.end_time.FromDatetime(datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert dict(figures(line))["requested"] == "2.5 台"
    assert dict(figures(control))["end_time"] == "2026-06-01T12:00:00Z"


def test_what_is_unknown_and_who_says_it_are_left_out() -> None:
    named = dict(figures(JointIncident()))
    assert {path for path in named if path.startswith(("casualties", "place"))} == set()
    assert not {"message_ids", "members"} & set(dict(figures(incident())))
