"""How far a bridge has come in its gateway's order, as the record that says so durably."""

import json
from dataclasses import asdict, dataclass, replace

from yrd.exchange.v1.message_pb2 import Message


class PlaceError(ValueError):
    """A record that is no place; the text says where it must come from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Everything up to `offset` is delivered or was left out by the filter.

    The last message delivered is named, so that a gateway that gives out other offsets now is noticed.
    """

    offset: int = 0
    origin: str = ""
    message_id: str = ""
    message_offset: int = 0
    holder: str = ""
    """Which session of a bridge wrote it."""

    def after(self, offset: int, last: Message | None) -> "Place":
        """The place behind an answer of the gateway, and the last message in it."""
        if last is None:
            return replace(self, offset=offset)
        return replace(
            self,
            offset=offset,
            origin=last.stamp.origin,
            message_id=last.header.message_id,
            message_offset=last.receipt.offset,
        )

    def to_bytes(self) -> bytes:
        """JSON."""
        return json.dumps(asdict(self)).encode()


def from_bytes(data: bytes) -> Place:
    """What `to_bytes` wrote. Raises PlaceError."""
    try:
        found = {"holder": "", **json.loads(data)}  # earlier versions did not say
        place = Place(**found)
        whole = all(type(found[name]) is type(value) for name, value in asdict(Place()).items())
    except (ValueError, TypeError, KeyError, RecursionError):
        whole = False
    if not whole or place.offset < 0:
        raise PlaceError(
            f"{data[:80]!r} is no place of a bridge: nobody but the bridge may write to its topic"
        )
    return place
