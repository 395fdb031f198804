"""Where the page begins to read: an offset behind which everything came since an instant."""

from client import ExchangeClient, ExchangeError
from integration import halving
from integration.halving import BEYOND, OUT_OF_RANGE
from pipelines.facts.scope import micros
from yrd.exchange.v1.message_pb2 import Message

DAY_US = 86_400_000_000


def offset_before(client: ExchangeClient, since_us: int) -> int:
    """An offset before everything that the gateway received since an instant. Raises ExchangeError."""
    search = halving.offset_before(_newest(client))
    try:
        offset = next(search)
        while True:
            offset = search.send(_older(client, offset, since_us))
    except StopIteration as found:
        return int(found.value)


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
