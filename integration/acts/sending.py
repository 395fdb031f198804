"""Sends drafts to the page's gateway, and says what became of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from client import ExchangeError, describe
from integration.acts.outcome import State
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResult

AGAIN = frozenset(("UNAVAILABLE", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "CANCELLED"))
"""Statuses of one draft that may be different next time."""


class Publishes(Protocol):
    """The page's client of its gateway."""

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft. Raises ExchangeError."""


class Sent(NamedTuple):
    """What became of drafts. `why` where none is known to be in the log."""

    state: State
    messages: list[dict[str, Any]]
    why: str = ""


def send(gateway: Publishes, drafts: Sequence[Draft]) -> Sent:
    """Sends them in one batch; the same drafts again are the same messages."""
    try:
        results = gateway.publish(drafts)
    except ExchangeError as error:
        return Sent(State.SENDING, [], _words(error))
    told = [_told(d, r) for d, r in zip(drafts, results, strict=True)]
    if any(r.HasField("error") and describe(r.error).code in AGAIN for r in results):
        return Sent(State.SENDING, told, next(one["why"] for one in told if not one["accepted"]))
    accepted = sum(one["accepted"] for one in told)
    if accepted == len(told):
        return Sent(State.SENT, told)
    return Sent(State.PARTLY if accepted else State.REFUSED, told)


def _told(draft: Draft, result: PublishResult) -> dict[str, Any]:
    accepted = result.HasField("accepted")
    return {
        "message_id": draft.header.message_id,
        "type": type_name(draft),
        "entity_id": draft.header.entity_id,
        "accepted": accepted,
        "sequence": result.accepted.sequence if accepted else None,
        "why": "" if accepted else _words(describe(result.error)),
    }


def _words(error: ExchangeError) -> str:
    """Why, without addresses: those are in gRPC's own words only, which come without a reason."""
    return error.message if error.reason else error.code
