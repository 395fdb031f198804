"""What is known of an objection that the pipeline raised: how it stands, and what it is about.

Kept as a text under the entity id of the objection, and learnt anew from the feed if the store was lost.
"""

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace

from yrd.coordination.v1.dialogue_pb2 import Objection, ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Header, Message

OBJECTION = Objection.DESCRIPTOR.full_name
BEGIN = "joint/question/"
"""What entity ids of the pipeline's objections begin with; people's begin otherwise."""
AUTHOR = "joint"

RAISED = ObjectionStep.OBJECTION_STEP_RAISED
UPHELD = ObjectionStep.OBJECTION_STEP_UPHELD
REJECTED = ObjectionStep.OBJECTION_STEP_REJECTED
TAKEN_BACK = ObjectionStep.OBJECTION_STEP_TAKEN_BACK
_STEPS = {ObjectionStep.Name(step): step for step in (RAISED, UPHELD, REJECTED, TAKEN_BACK)}

Word = tuple[int, str]
"""Newest revision of an objection, and Standing.text(); (0, "") if it was never raised."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The step that was last taken by either side; of the duty room's last header priority, data level and
    when it was told; and the objection without step and words."""

    step: ObjectionStep
    header: Header
    about: Objection

    def text(self) -> str:
        """As one line; what it begins with says the step."""
        parts = (self.header, self.about)
        common = (b64encode(part.SerializeToString(deterministic=True)).decode() for part in parts)
        return begin_of(self.step) + " ".join(common)


def begin_of(step: ObjectionStep) -> str:
    """What the text of an objection at that step begins with."""
    return f"{ObjectionStep.Name(step)} "


def standing_of(text: str) -> Standing:
    """Reads Standing.text()."""
    step, header, about = text.split(" ")
    return Standing(
        _STEPS[step],
        Header.FromString(b64decode(header)),
        Objection.FromString(b64decode(about)),
    )


def standing(header: Header, said: Objection) -> Standing:
    """How an objection stands after one of the pipeline's own messages."""
    about = Objection(
        author=said.objector,
        objector=said.objector,
        addressee=said.addressee,
        message_id=said.message_id,
        field_path=said.field_path,
        ground=said.ground,
    )
    common = Header(
        priority=header.priority,
        data_level=header.data_level,
        reported_time=header.reported_time,
    )
    return Standing(said.step, common, about)


def is_own(carrier: Draft | Message) -> bool:
    """Whether it is an objection of the pipeline."""
    origin = carrier.stamp.origin if isinstance(carrier, Message) else AUTHOR
    return (
        carrier.HasField("objection")
        and origin == carrier.objection.author == AUTHOR
        and carrier.header.entity_id.startswith(BEGIN)
    )


def named(message: Message) -> str:
    """The objection of the pipeline that a message raises, takes back or answers; empty if none."""
    if is_own(message):
        return message.header.entity_id
    answered = message.objection.objection_id
    return answered if answered.startswith(BEGIN) else ""


def heard(message: Message, known: Word) -> Word:
    """What is known of the objection `named` by a message, once that was read."""
    revision, text = known
    said = message.objection
    if is_own(message):
        newer = message.header.revision > revision
        return (message.header.revision, standing(message.header, said).text()) if newer else known
    if not text:
        return known
    now = standing_of(text)
    competent = message.stamp.origin == said.author == now.about.addressee
    if competent and said.step in (UPHELD, REJECTED) and now.step != TAKEN_BACK:
        return revision, replace(now, step=said.step).text()
    return known
