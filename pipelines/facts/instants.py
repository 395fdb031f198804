"""When things were so, and when what is seen changes by time alone."""

from pipelines.facts.scope import micros, told_us
from yrd.exchange.v1.message_pb2 import Message


class Instants:
    """The instant that is looked at, and the next one at which something passes.

    Whoever compares an instant with `as_of_us` asks `reached`; so nothing can change before `next_us`
    unless a message comes.
    """

    __slots__ = ("as_of_us", "next_us")

    def __init__(self, as_of_us: int) -> None:
        self.as_of_us = as_of_us
        self.next_us: int | None = None

    def reached(self, at_us: int) -> bool:
        """Whether an instant has come."""
        if at_us <= self.as_of_us:
            return True
        if self.next_us is None or at_us < self.next_us:
            self.next_us = at_us
        return False

    def within(self, from_us: int, until_us: int | None) -> bool:
        """Whether it lies in a time that begins at one instant and ends before another, or never."""
        if until_us is not None and self.reached(until_us):
            return False
        return self.reached(from_us)


def when_us(message: Message) -> int:
    """When it happened: never later than it was told, whatever a wrong clock says."""
    occurred, told = micros(message.header.occurred_time), told_us(message)
    return occurred if occurred < told else told


def in_order(message: Message) -> tuple[int, str, str]:
    """Sorts messages by when it happened; their ids and origins settle what is left."""
    return when_us(message), message.header.message_id, message.stamp.origin
