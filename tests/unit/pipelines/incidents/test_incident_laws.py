"""Laws of joint incidents over made-up reports and decisions: order, repetition and people counted once."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.incidents import cascades, escalations
from pipelines.incidents.figures import speaker
from pipelines.incidents.incidents import evaluate
from pipelines.incidents.same_event import groups
from pipelines.incidents.totals import totals
from tests.support.decisions import decided
from tests.support.floods import kind, north
from tests.support.situation import after, incident, known
from yrd.exchange.v1.message_pb2 import Message

PROVINCES = ("310000", "320000", "330000")
IDS = [f"{province}/{name}" for province in PROVINCES for name in "ab"]
QUIET = settings(max_examples=40, deadline=None)

ids = st.sampled_from(IDS)
few = st.lists(ids, max_size=2, unique=True)
figures = st.none() | st.integers(0, 9)


@st.composite
def reports(draw: Any) -> Message:
    entity = draw(ids)
    body = kind(draw(st.sampled_from(["11A02", "11A01", "12D02"]))) | north(
        draw(st.integers(0, 40))
    )
    body |= {"sameEventIds": draw(few), "causeIds": draw(few)}
    body["kind"] = draw(st.sampled_from(["REPORT_KIND_INITIAL", "REPORT_KIND_WITHDRAWAL"]))
    dead = draw(figures)
    body["casualties"] = {} if dead is None else {"dead": dead}
    revision, late = draw(st.integers(1, 3)), draw(st.integers(0, 60))
    return incident(entity, body, revision=revision, told=after(hours=late))


@st.composite
def decisions(draw: Any) -> Message:
    by = draw(st.sampled_from([*PROVINCES, "joint"]))
    verdict = draw(st.sampled_from(["MERGE", "SPLIT", "WITHDRAWAL"]))
    entity = f"{by}/decision/{draw(st.integers(1, 2))}"
    others = draw(few) if verdict != "WITHDRAWAL" else []
    sequence = draw(st.integers(0, 5))
    return decided(verdict, draw(ids), *others, by=by, entity=entity, sequence=sequence)


told = st.lists(reports() | decisions(), max_size=12)


def everything(known_: Known) -> tuple[list[bytes], list[bytes], bytes, list[bytes], list[Any]]:
    found = evaluate(known_)
    chains = cascades.evaluate(known_)
    return (
        [i.SerializeToString(deterministic=True) for i in found],
        [c.SerializeToString(deterministic=True) for c in chains],
        totals(found, chains).SerializeToString(deterministic=True),
        [e.SerializeToString(deterministic=True) for e in escalations.evaluate(known_)],
        sorted(known_.questions),
    )


@QUIET
@given(messages=told, order=st.randoms(use_true_random=False))
def test_order_and_repetition_change_no_byte(messages: list[Message], order: Any) -> None:
    shuffled = messages + messages[: len(messages) // 2]
    order.shuffle(shuffled)
    assert everything(known(*shuffled)) == everything(known(*messages))


@QUIET
@given(messages=told)
def test_every_standing_report_is_in_one_joint_incident(messages: list[Message]) -> None:
    seen = known(*messages)
    members = [(m.participant, m.entity_id) for i in evaluate(seen) for m in i.members]
    standing = {
        (m.stamp.origin, m.header.entity_id)
        for m in seen.newest("incident_report")
        if m.incident_report.kind != 5
    }
    assert len(members) == len(set(members))
    assert set(members) == standing


@QUIET
@given(messages=told)
def test_nobody_counts_twice(messages: list[Message]) -> None:
    """Each joint incident gives the figure of one report, and no more is counted in all."""
    seen = known(*messages)
    found = evaluate(seen)
    counted = totals(found, cascades.evaluate(seen))
    spoken = [speaker(group.members).incident_report.casualties for group in groups(seen)]
    given_ = [figure.dead for figure in spoken if figure.HasField("dead")]
    assert counted.at_most.dead == sum(given_)
    assert max(given_, default=0) <= counted.known.dead <= counted.at_most.dead
    assert counted.incidents_unknown.dead == len(spoken) - len(given_)
    assert counted.known.HasField("dead") == bool(given_)


@QUIET
@given(messages=told)
def test_what_the_duty_room_splits_is_never_together(messages: list[Message]) -> None:
    told_last = decided("SPLIT", *IDS[:2], by="joint", entity="joint/decision/last", sequence=9)
    for found in evaluate(known(*messages, told_last)):
        assert not {*IDS[:2]} <= {member.entity_id for member in found.members}


@QUIET
@given(messages=told)
def test_an_authority_decides_nothing_for_others(messages: list[Message]) -> None:
    """Without Shanghai's reports, Shanghai's decisions change nothing."""
    others = [m for m in messages if m.stamp.origin != "310000"]
    meddling = [m for m in messages if m.HasField("incident_decision")]
    assert evaluate(Known(fold([*others, *meddling]))) == evaluate(known(*others))
