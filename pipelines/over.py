"""From when on a message can't matter to any view, by itself: a rule that only time and the message decide.

Views leave out what is over, so dropping it changes no later view, and memory is bounded by what is active
and not by history. A table has the terms (pipelines/tables/over.tsv).
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipelines.scope import micros
from yrd.exchange.v1.message_pb2 import Message

_DAY_US = 86_400_000_000


class Term(NamedTuple):
    """Days behind the message's own instant, and behind its expiry if it has one; None: never."""

    days: int | None
    days_expired: int | None


def over_us(message: Message) -> int | None:
    """Microseconds since 1970 from which on it is over; None if that can't be said of it alone.

    Its own instant is the later of occurred and reported: a late report of long ago still matters.
    """
    term = terms().get(message.WhichOneof("body") or "", _NEVER)
    header = message.header
    own = max(micros(header.occurred_time), micros(header.reported_time))
    ends = []
    if term.days is not None:
        ends.append(own + term.days * _DAY_US)
    if term.days_expired is not None and header.HasField("expire_time"):
        ends.append(max(own, micros(header.expire_time)) + term.days_expired * _DAY_US)
    return min(ends, default=None)


_NEVER = Term(None, None)


@cache
def terms() -> dict[str, Term]:
    """Body field → its term."""
    path = Path(__file__).parent / "tables" / "over.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {r["field"]: Term(_days(r["days"]), _days(r["days_expired"])) for r in rows}


def _days(text: str) -> int | None:
    return int(text) if text else None
