"""Checks of all messages alike: times that lie ahead, numbers that can't be, floods of revisions.

What a subject has asked about the same field of the same message, or one beside it in the body, is not asked
again: its words are nearer.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pipelines.facts.known import Known
from pipelines.facts.questions import Question, about, ask
from pipelines.facts.scope import micros, told_us
from pipelines.facts.state import SUBJECTS
from pipelines.tabled import rows
from schemas.catalog import BODY_FIELDS, body_of
from schemas.quick import surely_valid
from schemas.rules import violations_received
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

AHEAD_US = 3_600_000_000
"""By how much a time may lie ahead of the picture's: clocks differ, and a gateway forgives five minutes."""

_DAY_US = 86_400_000_000
_FIELDS = tuple(sorted(BODY_FIELDS[name].name for name in SUBJECTS))
_NUMBERS = ("double.", "float.")


class Pace(NamedTuple):
    """How many revisions of one entity there may be: so many at once, and more for each day of its age."""

    burst: int
    per_day: int


def check(known: Known) -> None:
    """Asks about the newest revision of all that is known at the instant: an older one was corrected."""
    asked = {(question.message_id, _place(question.field)) for question in known.questions}
    for field in _FIELDS:
        for question in _looked(known, field).questions(known.as_of_us):
            if (question.message_id, _place(question.field)) not in asked:
                ask(known, question)


def _place(field: str) -> str:
    """A field of the header, or what a field of the body is in."""
    inside = field.rpartition(".")[0]
    return field if inside in ("", "header") else inside


class _Look(NamedTuple):
    """What was found in one message once and for all, and its latest instant."""

    message: Message
    latest_us: int
    questions: tuple[Question, ...]


class _Looks:
    """Looks at all messages of a type; those that were there before are not looked at again."""

    def __init__(self, messages: list[Message], before: "_Looks | None") -> None:
        self.messages = messages
        # a look holds its message, so that nothing else can have its id
        known: dict[int, _Look] = {} if before is None else before.by_id
        self.by_id: dict[int, _Look] = {id(m): known.get(id(m)) or _look(m) for m in messages}
        self._latest_us = max((look.latest_us for look in self.by_id.values()), default=0)
        self._lasting = [q for look in self.by_id.values() for q in look.questions]

    def questions(self, as_of_us: int) -> Iterator[Question]:
        """All questions at an instant."""
        yield from self._lasting
        if self._latest_us > as_of_us + AHEAD_US:
            for look in self.by_id.values():
                if look.latest_us > as_of_us + AHEAD_US:
                    yield _ahead(look.message, as_of_us)


def _looked(known: Known, field: str) -> _Looks:
    memo: dict[str, _Looks] = known.memo.setdefault("looks of checks", {})
    messages = known.newest(field)
    before = memo.get(field)
    if before is None or before.messages is not messages:
        before = memo[field] = _Looks(messages, before)
    return before


def _look(message: Message) -> _Look:
    return _Look(message, max(_instants(message).values()), tuple(_lasting(message)))


def _instants(message: Message) -> dict[str, int]:
    """When it claims to be told, by field: "" is the sealing, which in an exercise is not of its time."""
    header = message.header
    found = {
        "header.occurred_time": micros(header.occurred_time),
        "header.reported_time": micros(header.reported_time),
    }
    if header.mode != Mode.MODE_EXERCISE:
        found[""] = micros(message.stamp.sealed_time)
    return found


def _ahead(message: Message, as_of_us: int) -> Question:
    found = [name for name, us in _instants(message).items() if us > as_of_us + AHEAD_US]
    if "" in found:
        return about(
            message,
            "clock_ahead",
            "",
            "签发时间晚于当前时间：报送方网关时钟偏快，无法判断其是否已静默",
            "it was sealed in the future: that gateway's clock is ahead, so its silence can't be seen",
        )
    return about(
        message,
        "time_ahead",
        found[0],
        "时间晚于当前时间，请更正",
        "this time lies in the future: correct it",
    )


def _lasting(message: Message) -> Iterator[Question]:
    yield from _numbers(message)
    allowed = allowed_revisions(message)
    if message.header.revision > allowed:
        yield about(
            message,
            "too_many_revisions",
            "header.revision",
            f"修订次数超过{allowed}次，只采用最新一次",
            f"more than {allowed} revisions: only the newest is used",
        )


def _numbers(message: Message) -> Iterable[Question]:
    """The first number outside of what the contract allows for it: negative, or none at all."""
    body = body_of(message)
    if body is None or surely_valid(body):
        return
    draft = Draft.FromString(message.SerializeToString())
    for violation in violations_received(draft, frozenset()):
        if violation.rule.startswith(_NUMBERS):
            zh = "数值超出约定范围，请更正"
            yield about(message, "impossible_number", violation.field, zh, violation.message)
            return


def allowed_revisions(message: Message) -> int:
    """How many revisions an entity may have by its age, from when it began until this was told."""
    pace = paces().get(message.WhichOneof("body") or "", paces()["default"])
    age_us = told_us(message) - micros(message.header.occurred_time)
    return pace.burst + pace.per_day * max(0, age_us) // _DAY_US


@cache
def paces() -> dict[str, Pace]:
    """Body field → pace; "default" for all others."""
    return {r["field"]: Pace(int(r["burst"]), int(r["per_day"])) for r in rows("revisions")}
