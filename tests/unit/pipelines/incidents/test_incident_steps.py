"""What is kept from one step to the next never changes what is said of incidents: only what it costs."""

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.incidents import escalations
from pipelines.incidents.incidents import cases
from pipelines.incidents.near_ones import NearOnes
from tests.support.builders import NOW
from tests.support.decisions import decided
from tests.support.floods import jiangsu, kind, north, shanghai
from tests.support.situation import SHANGHAI, after, incident, text, us
from tests.unit.pipelines.incidents.test_incident_laws import decisions, everything, reports
from yrd.exchange.v1.message_pb2 import Message

CENTER = {"latitude": SHANGHAI[0], "longitude": SHANGHAI[1], "crs": 1}
RING = [
    {"latitude": SHANGHAI[0] + a, "longitude": SHANGHAI[1] + b, "crs": 1}
    for a, b in ((-0.1, -0.1), (0.2, -0.1), (0.2, 0.2), (-0.1, -0.1))
]
AREAS: list[dict[str, Any]] = [
    {},
    {"adminCodes": ["320583", "310000"]},
    {"circle": {"center": CENTER, "radiusMeters": 30_000}},
    {"polygon": {"ring": RING}},
]


@st.composite
def reaching(draw: Any) -> Message:
    """A report that affects an area, by an authority that may owe another."""
    entity = (
        f"{draw(st.sampled_from(['310000', '320000', '330000']))}/{draw(st.sampled_from('ab'))}"
    )
    body = kind(draw(st.sampled_from(["11A02", "12D02"]))) | north(draw(st.integers(0, 40)))
    body |= {"affectedArea": draw(st.sampled_from(AREAS)), "grade": draw(st.integers(0, 4))}
    body |= {"kind": f"REPORT_KIND_{draw(st.sampled_from(['INITIAL', 'FINAL', 'CORRECTION']))}"}
    return incident(entity, body, revision=draw(st.integers(1, 4)))


@st.composite
def twins(draw: Any) -> Message:
    """One of two reports of one flood, maybe late or told out of order; or what people decide about them."""
    verdict = draw(st.sampled_from(["", "", "", "MERGE", "SPLIT"]))
    if verdict:
        by = draw(st.sampled_from(["310000", "joint"]))
        return decided(verdict, "310000/flood", "320000/flood", by=by, sequence=draw(sequences))
    changes = {
        "kind": f"REPORT_KIND_{draw(st.sampled_from(['INITIAL', 'FINAL', 'CORRECTION']))}",
        "grade": draw(st.sampled_from([0, 2])),
    }
    reported = after(hours=draw(st.sampled_from([0, 2, 30])))
    times = {"occurredTime": text(NOW), "told": reported, "sealed": reported}
    header: dict[str, Any] = {"revision": draw(st.integers(1, 3))} | times
    if draw(st.booleans()):
        return shanghai(changes=changes, **header)
    return jiangsu(changes=changes, **header)


sequences = st.integers(0, 5)
hours = st.integers(-2, 80)
steps = st.lists(
    st.tuples(st.lists(reports() | reaching() | decisions(), max_size=4), hours), max_size=6
)
small_steps = st.lists(st.tuples(st.lists(twins(), max_size=2), hours), max_size=7)


@settings(deadline=None, max_examples=120)
@given(steps=steps | small_steps)
def test_with_what_was_kept_and_without_it_incidents_are_the_same(
    steps: list[tuple[list[Message], int]],
) -> None:
    facts, told, memo = Facts(), list[Message](), dict[str, Any]()
    for some, hours in steps:
        told += some
        facts.update(fold(told))
        at = us(after(hours=hours))
        assert everything(Known(facts, at, memo)) == everything(Known(fold(told), at))


def test_only_what_was_told_of_is_looked_at_again() -> None:
    facts, memo = Facts(fold([shanghai(), jiangsu(), incident("330000/fire")])), dict[str, Any]()
    before = {case.incident.joint_id: case for case in cases(Known(facts, memo=memo))}
    facts.update(fold([incident("330000/fire", revision=2)]))
    later = {case.incident.joint_id: case for case in cases(Known(facts, memo=memo))}
    assert later["310000/flood"] is before["310000/flood"]
    assert later["330000/fire"] is not before["330000/fire"]


def test_what_is_due_later_is_noticed_then() -> None:
    facts, memo = Facts(fold([incident(changes=kind("11A02"))])), dict[str, Any]()
    found = [
        {e.kind for e in escalations.evaluate(Known(facts, us(after(hours=hours)), memo))}
        for hours in (0, 1000, 0)
    ]
    assert found[0] == found[2]
    assert found[0] < found[1]


def test_pairs_leave_with_their_reports_and_nothing_stays_behind() -> None:
    told, near = [shanghai(), jiangsu()], NearOnes()
    assert len(list(near.among(told))) == 1
    assert list(near.among(told[:1])) == []
    assert list(near.among([])) == []
    assert near.empty()


def step_by_step(*told: Message) -> None:
    """What is said after each is what is said of all that was told so far."""
    facts, memo = Facts(), dict[str, Any]()
    said = []
    for number in range(1, len(told) + 1):
        facts.update(fold(told[:number]))
        said.append(everything(Known(facts, us(after(hours=1)), memo)))
        assert said[-1] == everything(Known(fold(told[:number]), us(after(hours=1))))
    assert all(one != other for one, other in pairwise(said)), "each of them changes something"


def test_a_first_report_that_comes_after_the_next_one() -> None:
    late = after(minutes=50)
    times: dict[str, Any] = {"occurredTime": text(after(hours=-2)), "told": late, "sealed": late}
    correction = {"kind": "REPORT_KIND_CORRECTION"}
    step_by_step(
        shanghai(changes=correction, revision=2, **times),
        shanghai(changes={"kind": "REPORT_KIND_INITIAL"}, revision=1, **times),
        shanghai(changes={"kind": "REPORT_KIND_FINAL"}, revision=1, **times),
    )


def test_another_decision_on_what_is_one_event_already() -> None:
    step_by_step(
        shanghai(),
        jiangsu(),
        decided("MERGE", "310000/flood", "320000/flood", by="310000"),
        decided("MERGE", "310000/flood", "320000/flood", by="joint"),
        decided("SPLIT", "310000/flood", "320000/flood", by="joint", revision=2, sequence=1),
    )
