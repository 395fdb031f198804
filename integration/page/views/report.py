"""A situation report that was issued, as it is read and printed."""

from integration.page.views.values import Json, milliseconds
from pipelines.facts.scope import told_us
from pipelines.words import Words
from yrd.exchange.v1.message_pb2 import Message, Mode


def report(message: Message, words: Words) -> Json | None:
    """All of it in both languages; None for a message that is no report."""
    if not message.HasField("situation_report"):
        return None
    said, header = message.situation_report, message.header
    return {
        "who": words.name(message.stamp.origin),
        "origin": message.stamp.origin,
        "message_id": header.message_id,
        "revision": header.revision,
        "exercise": header.exercise_id if header.mode == Mode.MODE_EXERCISE else None,
        "number": said.number,
        "as_of_ms": milliseconds(said.as_of_time),
        "issued_ms": told_us(message) // 1000,
        "post": said.post,
        "titles": [said.title_zh, said.title_en],
        "texts": [said.text_zh, said.text_en],
        "sources": said.sources,
        "summary_id": said.summary_id,
    }
