"""From what comes in to what is folded: nothing is dropped, what can't be read is given back."""

from collections.abc import Iterable

from google.protobuf.message import DecodeError

from pipelines.facts.state import Folding
from schemas.catalog import body_of
from schemas.disclosure import clear
from yrd.exchange.v1.message_pb2 import Message

Rejected = tuple[bytes, str]
"""What could not be read, and why."""
NO_BODY = "no body of a type that is known here"


def take_in(folding: Folding, batch: Iterable[bytes]) -> list[Rejected]:
    """Folds serialised messages; nothing is dropped: what is not folded is given back.

    Without a receipt, a message is kept as it is here: who serialises it leaves the receipt out, and saves
    that it is cut out and serialised anew.
    """
    rejected: list[Rejected] = []
    for data in batch:
        try:
            message = Message.FromString(data)
        except DecodeError:
            rejected.append((data, "not a serialised yrd.exchange.v1.Message"))
            continue
        if message.WhichOneof("body") is None:
            rejected.append((data, NO_BODY))
        elif message.HasField("receipt"):
            message.ClearField("receipt")
            folding.add(message)
        else:
            folding.add(message, data)
    return rejected


def forget_people(message: Message) -> None:
    """Clears personal data: no view needs them, and what is not kept need not be destroyed in time."""
    body = body_of(message)
    if body is not None:
        clear(body, "personal")
