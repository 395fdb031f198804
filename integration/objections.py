"""Objections (数据异议): what was said about a datum by both sides, and what may be said next. Pure.

The objector and the addressee each speak under an entity_id of their own, in their own logs;
objection_id joins them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from schemas import message_ids
from schemas.field_paths import FieldPathError, require_field
from yrd.coordination.v1.dialogue_pb2 import Objection, ObjectionGround, ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message

TYPE = Objection.DESCRIPTOR.full_name
RAISED = ObjectionStep.OBJECTION_STEP_RAISED
UPHELD = ObjectionStep.OBJECTION_STEP_UPHELD
REJECTED = ObjectionStep.OBJECTION_STEP_REJECTED
TAKEN_BACK = ObjectionStep.OBJECTION_STEP_TAKEN_BACK
STEPS: Mapping[int, str] = MappingProxyType(
    {
        RAISED: "提出 raised",
        UPHELD: "成立 upheld",
        REJECTED: "不成立 rejected",
        TAKEN_BACK: "撤回 taken back",
    }
)
"""Steps in words."""
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "incorrect": "不准确",
        "outdated": "已过时",
        "incomplete": "不完整",
        "duplicate": "重复",
        "competence": "非本方职责",
        "disclosure": "不应共享",
    }
)
"""Grounds: as they are typed → 中文."""
_GROUND = "OBJECTION_GROUND_"


class ObjectionError(ValueError):
    """What can't be said; the text names field, rule and remedy."""


@dataclass(frozen=True, slots=True)
class Thread:
    """All that both sides have said of one objection, in the order of receipt; at least one message."""

    objection_id: str
    steps: tuple[Message, ...]

    @property
    def objector(self) -> str:
        """Who objects."""
        return self.steps[0].objection.objector

    @property
    def addressee(self) -> str:
        """Whose datum it is."""
        return self.steps[0].objection.addressee

    @property
    def message_id(self) -> str:
        """The message objected to."""
        return self.steps[0].objection.message_id

    @property
    def newest_raised(self) -> Message | None:
        """The objection as it was last put, or None where it has not been received."""
        return _newest(m for m in self.steps if m.objection.step == RAISED)

    def newest_of(self, participant: str) -> Message | None:
        """What a party said last."""
        return _newest(m for m in self.steps if m.stamp.origin == participant)

    @property
    def state(self) -> ObjectionStep:
        """The step that counts: RAISED as long as the addressee owes an answer.

        The two logs have clocks of their own, so an answer counts by what it answers (in_reply_to), and
        by time only if it does not say.
        """
        said, answer = self.newest_of(self.objector), self.newest_of(self.addressee)
        if answer is None or (said is not None and said.objection.step == TAKEN_BACK):
            return (said or self.steps[-1]).objection.step
        raised = self.newest_raised
        if raised is None or answer.header.in_reply_to == raised.header.message_id:
            return answer.objection.step
        earlier = {m.header.message_id for m in self.steps if m.objection.step == RAISED}
        late = answer.header.in_reply_to in earlier or _sealed(answer) < _sealed(raised)
        return RAISED if late else answer.objection.step

    @property
    def is_open(self) -> bool:
        """Whether the addressee owes an answer."""
        return self.state == RAISED

    @property
    def corrections(self) -> tuple[str, ...]:
        """Ids of the messages that correct the datum."""
        named = (m.objection.corrected_by for m in self.steps)
        return tuple(dict.fromkeys(filter(None, named)))


def _newest(steps: Iterable[Message]) -> Message | None:
    return max(steps, key=lambda m: m.header.revision, default=None)


def _sealed(message: Message) -> int:
    return message.stamp.sealed_time.ToMicroseconds()


def threads(messages: Iterable[Message]) -> list[Thread]:
    """Objections among messages, by the place of what was first received of each.

    What a log says in the name of another participant is left out. Who answers without being the
    addressee speaks in a thread of their own.
    """
    found: dict[tuple[str, str, str], list[Message]] = {}
    for message in messages:
        said = message.objection
        if message.HasField("objection") and said.author == message.stamp.origin:
            name = said.objection_id or message.header.entity_id
            found.setdefault((said.objector, said.addressee, name), []).append(message)
    return [Thread(name, tuple(steps)) for (*_, name), steps in found.items()]


def ground_word(ground: int) -> str:
    """A ground as it is typed, empty for one that is not stated or not known here."""
    names: dict[int, str] = {number: name for name, number in ObjectionGround.items()}
    word = names.get(ground, "").removeprefix(_GROUND).lower()
    return word if word in GROUNDS else ""


def raising(
    target: Message, me: str, ground: str, statement: str, field_path: str, unix_ms: int
) -> Draft:
    """An objection of `me` to a message. Raises ObjectionError."""
    origin = target.stamp.origin
    if origin == me:
        raise ObjectionError(
            f"message_id: {target.header.message_id} is your own ({me}), and an objection is raised to "
            "another participant: publish a later revision that corrects it"
        )
    if ground not in GROUNDS:
        raise ObjectionError(f"--ground {ground!r}: one of {', '.join(GROUNDS)}")
    _require_statement(statement, "what is wrong")
    try:
        if field_path:
            require_field(target, field_path)
    except FieldPathError as error:
        raise ObjectionError(f"--field {error}") from None
    draft = _draft(target, unix_ms)
    draft.header.entity_id = f"{me}/objection/{draft.header.message_id[-12:]}"
    said = Objection(
        author=me,
        objector=me,
        addressee=origin,
        step=RAISED,
        message_id=target.header.message_id,
        field_path=field_path,
        ground=_GROUND + ground.upper(),
        statement=statement,
    )
    draft.objection.CopyFrom(said)
    return draft


def answering(
    thread: Thread, me: str, uphold: bool, statement: str, corrected_by: str, unix_ms: int
) -> Draft:
    """The addressee's answer. Raises ObjectionError."""
    if thread.addressee != me:
        raise ObjectionError(
            f"addressee: {thread.objection_id} is addressed to {thread.addressee}, and only the addressee "
            f"answers: you are {me}"
        )
    _require_state(thread, (RAISED, UPHELD) if uphold else (RAISED,))
    if not uphold:
        _require_statement(statement, "why not")
    if corrected_by and not uphold:
        raise ObjectionError("--corrected-by: only what is upheld is corrected: use --uphold")
    return _next(thread, me, UPHELD if uphold else REJECTED, statement, corrected_by, unix_ms)


def taking_back(thread: Thread, me: str, statement: str, unix_ms: int) -> Draft:
    """The objector takes the objection back. Raises ObjectionError."""
    if thread.objector != me:
        raise ObjectionError(
            f"objector: {thread.objection_id} was raised by {thread.objector}, and only the objector takes "
            f"it back: you are {me}"
        )
    _require_state(thread, (RAISED, REJECTED))
    return _next(thread, me, TAKEN_BACK, statement, "", unix_ms)


def require_correction(thread: Thread, correction: Message) -> None:
    """Whether a message may be named as what corrects the datum. Raises ObjectionError."""
    found = correction.header.message_id
    if correction.stamp.origin != thread.addressee:
        raise ObjectionError(
            f"--corrected-by: {found} is of {correction.stamp.origin}, and only {thread.addressee} corrects "
            "its own datum: name a message of yours"
        )
    if found == thread.message_id or correction.HasField("objection"):
        raise ObjectionError(
            f"--corrected-by: {found} corrects nothing: publish the datum again, corrected, under a later "
            "revision, and name that message"
        )


def _require_statement(statement: str, what: str) -> None:
    if not statement.strip():
        raise ObjectionError(f"--statement: say {what}")


def _require_state(thread: Thread, allowed: Sequence[int]) -> None:
    if thread.state not in allowed:
        raise ObjectionError(
            f"step: {thread.objection_id} is {STEPS[thread.state]}, and this may only follow "
            f"{', '.join(STEPS[step] for step in allowed)}; see `yrd objection trace`"
        )


def _next(
    thread: Thread, me: str, step: ObjectionStep, statement: str, corrected_by: str, unix_ms: int
) -> Draft:
    """A further step in the thread, in reply to what the other side said last."""
    basis = thread.newest_raised or thread.steps[-1]
    before = thread.newest_of(me)
    draft = _draft(basis, unix_ms)
    header, said = draft.header, draft.objection
    header.entity_id = (
        before.header.entity_id if before else f"{me}/objection/{header.message_id[-12:]}"
    )
    header.revision = before.header.revision + 1 if before else 1
    for name in ("objector", "addressee", "message_id", "field_path", "ground"):
        setattr(said, name, getattr(basis.objection, name))
    said.author, said.objection_id = me, thread.objection_id
    said.step, said.statement, said.corrected_by = step, statement, corrected_by
    return draft


def _draft(basis: Message, unix_ms: int) -> Draft:
    """About the same things as the message that it replies to, and as urgent."""
    draft, header = Draft(), basis.header
    made = draft.header
    made.message_id, made.revision = message_ids.new(unix_ms), 1
    made.mode, made.exercise_id = header.mode, header.exercise_id
    made.priority, made.data_level = header.priority, header.data_level
    made.occurred_time.FromMilliseconds(unix_ms)
    made.reported_time.CopyFrom(made.occurred_time)
    made.in_reply_to = header.message_id
    made.incident_ids.extend(header.incident_ids)
    return draft
