"""Where a gateway and its readers stand, to be compared with where they stood before."""

from dataclasses import dataclass

from client import ExchangeClient

CURSOR = "bookmark"


@dataclass(frozen=True, slots=True)
class Standing:
    """Size and root of the own log, offset of the newest entry, place of the named cursor."""

    size: int
    root: bytes
    last_offset: int
    cursor: int


def standing(client: ExchangeClient) -> Standing:
    """Reads it."""
    status = client.status()
    own = status.logs[0]
    return Standing(own.size, own.root_hash, status.last_offset, position(client))


def position(client: ExchangeClient, cursor: str = CURSOR) -> int:
    """The offset behind which a reader with that cursor goes on."""
    with client.subscribe(cursor=cursor, max_batch=1, until_caught_up=True) as subscription:
        first = next(iter(subscription))
    return first.offset if first.caught_up else first.offset - 1


def acknowledge(client: ExchangeClient, offset: int, cursor: str = CURSOR) -> None:
    """Moves a named cursor; written on return."""
    with client.subscribe(cursor=cursor) as subscription:
        subscription.acknowledge(offset)
