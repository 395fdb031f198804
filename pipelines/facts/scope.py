"""Which picture a message belongs to, and when it was told."""

from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from yrd.exchange.v1.message_pb2 import Message, Mode

PARTICIPANTS = ("310000", "320000", "330000", "340000", "joint")
ACTUAL = "actual"
# looked up once: an attribute of an enum costs half a microsecond
_ACTUAL, _EXERCISE = Mode.MODE_ACTUAL, Mode.MODE_EXERCISE


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Key of a state: scope ("actual" or "exercise/<id>"), subject, and origin as shard."""

    scope: str
    subject: str
    origin: str

    def text(self) -> str:
        """As one string, for engines and stores."""
        return f"{self.scope}|{self.subject}|{self.origin}"


def key_of(text: str) -> Key:
    """Reads Key.text()."""
    return Key(*text.split("|"))


def scope_of(message: Message) -> str | None:
    """The scope, or None for tests: they make no picture. Exercise and actual never share one."""
    header = message.header
    mode = header.mode
    if mode == _ACTUAL:
        return ACTUAL
    if mode == _EXERCISE:
        return f"exercise/{header.exercise_id}"
    return None


def told_us(message: Message) -> int:
    """When it was told, microseconds since 1970: sealed; in an exercise, in the exercise's time.

    An exercise may be set in the past, and nothing is told after it was sealed.
    """
    sealed_us = micros(message.stamp.sealed_time)
    if message.header.mode != _EXERCISE:
        return sealed_us
    return min(micros(message.header.reported_time), sealed_us)


def expired(message: Message, as_of_us: int) -> bool:
    """Whether the message is of no use any more at that instant."""
    header = message.header
    return header.HasField("expire_time") and micros(header.expire_time) <= as_of_us


def micros(time: Timestamp) -> int:
    """Microseconds since 1970."""
    return time.seconds * 1_000_000 + time.nanos // 1000


def timestamp(us: int) -> Timestamp:
    """The other way."""
    seconds, rest = divmod(us, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)
