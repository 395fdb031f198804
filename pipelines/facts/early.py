"""What is said to have happened long after it was told: it did not happen, and is asked about."""

from pipelines.facts.questions import Question, about
from pipelines.facts.scope import told_us
from yrd.exchange.v1.message_pb2 import Message

EARLY_US = 3_600_000_000
"""By how much an instant may lie after it was told: clocks differ."""


def too_early(message: Message, at_us: int) -> bool:
    """Whether a message was told long before an instant that it tells of as past."""
    return at_us > told_us(message) + EARLY_US


def question(message: Message, field: str, what_zh: str, what_en: str) -> Question:
    """To the origin of a message that was told too early. It is left out, and nothing else with it."""
    return about(
        message,
        "time_in_future",
        field,
        f"{what_zh}晚于报送时间，不予采用",
        f"{what_en} lies after the message was told: it is left out",
    )
