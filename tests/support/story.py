"""A day with a bit of everything, as one gateway received it."""

from tests.support.situation import (
    after,
    answer,
    crossing,
    exercise,
    incident,
    lacking,
    offer,
    request,
    resource,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message


def bodyless() -> Message:
    """A message whose body this version does not know."""
    known = incident("310000/later")
    return Message(header=known.header, stamp=known.stamp, receipt=known.receipt)


def story() -> list[Message | None]:
    """Both scopes, a need and its answer, entries that are not wanted, and one without a body."""
    told = [
        lacking(),
        resource(),
        lacking(**exercise()),
        bodyless(),
        None,
        warning(sequence=1),
        request(sequence=2),
        resource(**exercise(), sequence=1),
        None,
        None,
        None,
        None,
        waybill(**exercise(), sequence=3),
        answer(lines=[offer(2)], sequence=2),
        crossing("310000", "320000", sequence=4),
        lacking("330000/flood/1"),
        incident("310000/flood/1", {"title": "续报"}, revision=2, sequence=5),
    ]
    # one in the middle came in the next day, so that two archive files grow
    told[6].receipt.received_time.FromDatetime(after(days=1))  # type: ignore[union-attr]
    return told
