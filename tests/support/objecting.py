"""Questions, and both sides of what is said about them."""

from collections.abc import Iterable
from datetime import datetime

from pipelines.facts.questions import Question
from pipelines.facts.scope import ACTUAL
from pipelines.questions.objection_words import Word, begin_of, heard, named
from pipelines.questions.objections import due
from tests.support.builders import NOW
from tests.support.situation import said, us
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message


def question(
    number: int = 1, kind: str = "negative_stock", who: str = "320000", entity: str = ""
) -> Question:
    """A question about the message `number`, told long ago; of an entity of its own if none is named."""
    message_id = f"01890a5d-ac96-774b-bcce-{number:012x}"
    field = "resource_status.stock.available"
    entity = entity or f"{who}/pumps/{number}"
    return Question(kind, who, message_id, field, "库存为负", "negative", entity)


class Talk:
    """The duty room's side, which remembers what was said, as a store does."""

    def __init__(self, scope: str = ACTUAL, as_of: datetime = NOW) -> None:
        self.scope, self.as_of = scope, as_of
        self.words: dict[str, Word] = {}
        self.drafts: list[Draft] = []

    def word(self, entity_id: str) -> Word:
        """The last word on an objection."""
        return self.words.get(entity_id, (0, ""))

    def at_step(self, begin: str, step: ObjectionStep) -> list[str]:
        """Entity ids of objections at that step that begin so."""
        texts = ((e, text) for e, (_, text) in self.words.items() if e.startswith(begin))
        return sorted(e for e, text in texts if text.startswith(begin_of(step)))

    def ask(self, *questions: Question, silent: Iterable[str] = ()) -> list[Draft]:
        """What is said once these are all questions that there are, and these participants silent."""
        found = due(self.scope, us(self.as_of), questions, self, frozenset(silent))
        for one in found:
            self.words[one.draft.header.entity_id] = one.word
        drafts = [one.draft for one in found]
        self.drafts += drafts
        return drafts

    def hear(self, messages: Iterable[Message]) -> None:
        """Reads what others said, or what was said before."""
        for message in messages:
            name = named(message)
            if name:
                self.words[name] = heard(message, self.word(name))


def answered(objection: Draft, step: str, origin: str = "") -> Message:
    """An answer of the addressee, or of another origin in the addressee's name; `step` without prefix."""
    raised = objection.objection
    body = {
        "author": raised.addressee,
        "objector": "joint",
        "addressee": raised.addressee,
        "step": f"OBJECTION_STEP_{step}",
        "objectionId": objection.header.entity_id,
        "messageId": raised.message_id,
        "statement": "已核实",
    }
    entity = f"{raised.addressee}/objection/{step}"
    replied = objection.header.message_id
    return said("objection", entity, body, origin=origin or raised.addressee, inReplyTo=replied)


def sealed(draft: Draft, origin: str = "joint") -> Message:
    """The message that a draft becomes."""
    made = Message.FromString(draft.SerializeToString())
    made.stamp.origin = origin
    return made
