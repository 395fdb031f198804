"""Which trace a message belongs to: told by the message alone, so that nothing needs to travel beside it.

A sender that traces says where in header.traceparent (W3C Trace Context), and whether it is sampled. For
every other message the trace is its own id: a UUID of version 7 has the 128 bits of a trace id, and its 56
last bits are random, as OpenTelemetry's sampling by ratio wants them. So every gateway and pipeline comes to
the same trace and the same choice, and an operator finds a message's trace by its id without the hyphens.
"""

import re
from typing import NamedTuple

SAMPLED = 1
RANDOM_BITS = 56
_SPAN_BITS = 64
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class Place(NamedTuple):
    """A place in a trace: what follows is below that span. `own`: the trace begins with the message."""

    trace_id: int
    span_id: int
    own: bool


def own_place(message_id: bytes) -> Place:
    """The beginning of a message's own trace; its span has the last half of the id."""
    trace_id = int.from_bytes(message_id, "big")
    return Place(trace_id, trace_id & (1 << _SPAN_BITS) - 1, own=True)


def place_of(message_id: bytes, traceparent: str, ratio: float) -> Place | None:
    """Where a message's spans belong; None if it is not traced. `message_id` has 16 bytes.

    `ratio` is the part of all messages that is traced where their senders have not chosen.
    """
    told = _TRACEPARENT.fullmatch(traceparent)
    if told is not None:
        trace_id, span_id, flags = (int(part, 16) for part in told.groups())
        if trace_id and span_id:  # zeros say nothing, by the standard
            return Place(trace_id, span_id, own=False) if flags & SAMPLED else None
    return own_place(message_id) if chosen(message_id, ratio) else None


def chosen(message_id: bytes, ratio: float) -> bool:
    """Whether a message is among that part of all: by its last 56 bits, the same everywhere."""
    randomness = int.from_bytes(message_id[-RANDOM_BITS // 8 :], "big")
    return randomness >= round((1.0 - ratio) * (1 << RANDOM_BITS))
