"""Where to begin to read: an offset behind which everything came since an instant, found by halving."""

from client import ExchangeClient, ExchangeError
from pipelines.facts.scope import micros
from yrd.exchange.v1.message_pb2 import Message

BEYOND = (1 << 63) - 1
OUT_OF_RANGE = "CURSOR_OUT_OF_RANGE"
"""Reason of who asks for what lies behind the newest."""
DAY_US = 86_400_000_000


def offset_before(client: ExchangeClient, since_us: int) -> int:
    """An offset before everything that the gateway received since an instant. Raises ExchangeError.

    A gateway hands out offsets in the order in which it receives: some thirty looks are enough for a
    billion messages. All of its messages are older: that of the last one.
    """
    low, high = 0, _newest(client)
    while low < high:
        middle = (low + high) // 2
        older = _older(client, middle, since_us)
        if older:
            low = older
        else:
            high = middle
    return low


def _newest(client: ExchangeClient) -> int:
    """The newest offset: the gateway names it to who asks for one beyond it."""
    try:
        _first_behind(client, BEYOND)
    except ExchangeError as error:
        if error.reason != OUT_OF_RANGE:
            raise
        return int(error.metadata["last"])
    return 0


def _older(client: ExchangeClient, offset: int, since_us: int) -> int:
    """The place of the first message behind an offset if that came before an instant; else 0."""
    found = _first_behind(client, offset)
    if found is None or micros(found.receipt.received_time) >= since_us:
        return 0
    return found.receipt.offset


def _first_behind(client: ExchangeClient, offset: int) -> Message | None:
    with client.subscribe(after_offset=offset, max_batch=1, until_caught_up=True) as answers:
        for answer in answers:
            if answer.messages:
                return answer.messages[0]
    return None
