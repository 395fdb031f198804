"""Generated messages that make pictures: few entities and instants, so that ties are common."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from pipelines.facts.scope import Key
from pipelines.facts.state import SUBJECTS, fold, serialise
from schemas.catalog import BODY_FIELDS
from tests.support.arbitrary import messages
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.hazmat.v1.hazmat_pb2 import MovementKind
from yrd.state.v1.state_pb2 import State

ORIGINS = ("310000", "320000", "330000", "joint")
PROVINCES = ORIGINS[:3]
_FIELDS = [BODY_FIELDS[name].name for name in sorted(SUBJECTS)]
_DESCRIPTOR: Any = Message.DESCRIPTOR


@st.composite
def told(draw: Callable[[Any], Any]) -> Message:
    """A message of some type that makes a picture, with nothing in it but what merging looks at."""
    made = Message()
    made.header.message_id = draw(st.sampled_from("ab"))
    made.header.entity_id = draw(st.sampled_from(["e1", "e2"]))
    made.header.revision = draw(st.integers(1, 3))
    made.header.mode = draw(st.sampled_from([*Mode.values()]))
    if made.header.mode == Mode.MODE_EXERCISE:
        made.header.exercise_id = draw(st.sampled_from("xy"))
    made.header.reported_time.seconds = draw(st.integers(0, 2))
    made.stamp.origin = draw(st.sampled_from(ORIGINS))
    made.stamp.sequence = draw(st.integers(0, 8))
    made.stamp.sealed_time.seconds = draw(st.integers(0, 2))
    made.receipt.offset = draw(st.integers(0, 3))
    _body(draw, made)
    return made


def _body(draw: Callable[[Any], Any], made: Message) -> None:
    field = draw(st.sampled_from(["incident_report", "vehicle_movement", *_FIELDS]))
    getattr(made, field).SetInParent()
    if field == "incident_report":
        made.incident_report.title = draw(st.sampled_from(["", "t"]))
    if field == "vehicle_movement":
        made.vehicle_movement.kind = draw(st.sampled_from([*MovementKind.values()]))
        made.vehicle_movement.from_province = draw(st.sampled_from(PROVINCES))
        made.vehicle_movement.to_province = draw(st.sampled_from(PROVINCES))


def _plausible(made: Any) -> Message:
    """A log is never 2⁶⁴ entries long."""
    found = Message.FromString(made.SerializeToString())
    found.stamp.sequence >>= 1
    return found


anything = messages(_DESCRIPTOR).map(_plausible)
"""Any message at all, extreme times and unknown numbers included."""

several = st.lists(told(), max_size=8)
histories = st.lists(told() | anything, max_size=12)


@st.composite
def batched(draw: Callable[[Any], Any], history: Sequence[Message]) -> list[list[Message]]:
    """The same messages in another order, some of them twice, in batches of any size."""
    again = draw(st.lists(st.sampled_from(history), max_size=4)) if history else []
    left: list[Message] = draw(st.permutations([*history, *again]))
    batches: list[list[Message]] = []
    while left:
        size = draw(st.integers(1, len(left)))
        batches.append(left[:size])
        left = left[size:]
    return batches


def canonical(states: Mapping[Key, State]) -> dict[Key, bytes]:
    """States as bytes."""
    return {key: serialise(state) for key, state in states.items()}


def folded(history: Sequence[Message]) -> dict[Key, bytes]:
    """A batch as canonical states."""
    return canonical(fold(history))
