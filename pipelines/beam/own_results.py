"""What the job's own results topic says was said: started anew, it does not say it again. Pure."""

from pipelines.facts.scope import scope_of
from pipelines.pictures.results import is_view
from pipelines.questions.objection_words import AUTHOR, is_own
from pipelines.streaming.reading import SAID, Told
from schemas.avro.codec import decode
from schemas.avro.errors import AvroFormError
from yrd.exchange.v1.message_pb2 import Draft, Message


def heard_in(value: bytes) -> list[tuple[str, Told]]:
    """A record of the results, by scope: a draft. Others' drafts in the same topic are left alone."""
    try:
        draft = decode(value)
    except AvroFormError:
        return []
    if not isinstance(draft, Draft) or not (is_view(draft) or is_own(draft)):
        return []
    message = Message.FromString(draft.SerializeToString())  # bodies have the same numbers in both
    message.stamp.origin = AUTHOR
    scope = scope_of(message)
    return [] if scope is None else [(scope, [(SAID, message.SerializeToString())])]
