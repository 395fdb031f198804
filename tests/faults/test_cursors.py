"""What a reader has acknowledged stays acknowledged, whatever happens to its gateway."""

from datetime import UTC, datetime, timedelta

from client import ExchangeClient
from integration.drill.load import generate
from integration.stack import Stack
from tests.support.materials import AGREED
from tests.support.readers import news
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Message

SEED = 20190321
FIRST = 25  # drafts in the first batch, behind the activations


def _read(client: ExchangeClient, cursor: str) -> list[Message]:
    """What is there behind the cursor, without moving it."""
    found: list[Message] = []
    with client.subscribe(cursor=cursor) as batches:
        for batch in batches:
            found += news(batch.messages)
            if batch.caught_up:
                break
    return found


def test_a_cursor_outlives_its_gateway(stack: Stack) -> None:
    stack.start(["310000"])
    client = stack.members["310000"].client()
    drafts = list(generate("310000", 60, SEED, datetime.now(UTC) - timedelta(days=1)))
    assert all(r.HasField("accepted") for r in client.publish(drafts[:40]))
    with client.subscribe(cursor="desk", max_batch=AGREED + FIRST) as batches:
        first = next(iter(batches))
        batches.acknowledge(first.offset)
        until(lambda: len(_read(client, "desk")) == 40 - FIRST, "the cursor has moved")

    for _ in range(2):
        stack.kill("310000")
        stack.start(["310000"])
        client = stack.members["310000"].client()
        behind = [m.header.message_id for m in _read(client, "desk")]
        assert behind == [d.header.message_id for d in drafts[FIRST:40]]
        assert len(_read(client, "other-desk")) == 40

    assert all(r.HasField("accepted") for r in client.publish(drafts[40:]))
    behind = [m.header.message_id for m in _read(client, "desk")]
    assert behind == [d.header.message_id for d in drafts[FIRST:]]
