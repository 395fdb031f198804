"""A flood of incidents leaves the summary small enough to be published; nothing is hidden by it."""

from pipelines.incidents.listing import INCIDENT_BYTES, within
from pipelines.report.summary import summary_text
from tests.support.floods import kind, shanghai
from tests.support.situation import incident, picture
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary

MANY = 700
HARM = {"casualties": {"dead": 3}, "title": "长" * 100}


def flooded() -> SituationSummary:
    told = [incident(f"320000/{n:04}", kind("12D02") | HARM) for n in range(MANY)]
    grave = {"grade": "INCIDENT_GRADE_SERIOUS", "gradeBasis": "GRADE_BASIS_JUDGEMENT"}
    closed = {"kind": "REPORT_KIND_FINAL"} | grave
    return picture([*told, shanghai(changes=grave), incident("330000/old", closed)]).summary


def test_totals_are_over_all_and_what_is_not_listed_is_counted() -> None:
    summary = flooded()
    totals = summary.totals
    assert summary.ByteSize() < 900_000
    assert totals.incidents == MANY + 2
    assert totals.known.dead == 3 * MANY
    assert len(summary.incidents) + totals.incidents_left_out == MANY + 2
    assert totals.incidents_left_out > 0
    assert totals.escalations_left_out > 0
    assert f"另有{totals.incidents_left_out}项未列出" in summary_text(summary)


def test_the_gravest_of_the_open_ones_are_listed_and_the_closed_left_out_first() -> None:
    listed = [incident.joint_id for incident in flooded().incidents]
    assert listed[0] == "310000/flood"
    assert "330000/old" not in listed
    assert listed[1:] == sorted(listed[1:])


def test_what_is_too_large_is_passed_over() -> None:
    large = JointIncident(title="x" * INCIDENT_BYTES)
    small = JointIncident(title="y")
    assert within([(0, large), (1, small)], INCIDENT_BYTES) == [(1, small)]
