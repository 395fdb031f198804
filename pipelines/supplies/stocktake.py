"""Each resource's stock as it counts at an instant: less what has expired; nonsense is asked about."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.facts.questions import Asked, Question, about, ask
from pipelines.facts.scope import expired, micros
from pipelines.places.areas import areas_of
from pipelines.supplies.stock_faults import EXPIRED_IN_STOCK, SLACK, fault, unknown_area
from schemas.codes.tables import admin
from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceKind, ResourceStatus

EXPIRING_DAYS = 30
"""What expires within as many days is said to expire soon."""

_DAY_US = 24 * 3_600_000_000
_MEMO = "stocktake"


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts that count, in the stock's unit; `expired` is in none of the others."""

    total: float
    available: float
    committed: float
    spare: float
    expired: float
    expiring: float


@dataclass(frozen=True, slots=True)
class Holding:
    """A resource with the areas around its place, the widest first. No figures: its state is outdated."""

    message: Message
    status: ResourceStatus
    areas: tuple[str, ...]
    figures: Figures | None


class _Taken:
    """A stocktake of some messages, and from when until when it is the same."""

    def __init__(self, newest: list[Message], as_of_us: int) -> None:
        self.newest, self.since_us = newest, as_of_us
        self.until_us = min(_turns(newest, as_of_us), default=None)
        self.questions: set[Question] = set()
        self.holdings = tuple(_take(self, newest, as_of_us))

    def still(self, newest: list[Message], as_of_us: int) -> bool:
        """Whether it is that of these messages at that instant."""
        begun = self.since_us <= as_of_us
        return (
            newest is self.newest and begun and (self.until_us is None or as_of_us < self.until_us)
        )


def take(known: Known, as_of_us: int) -> tuple[Holding, ...]:
    """All resources whose figures make sense. What is wrong with the others is asked.

    Taken anew only when a resource is news or something expires: else it is the very same tuple.
    """
    newest = known.newest("resource_status")
    before = known.memo.get(_MEMO)
    if before is None or not before.still(newest, as_of_us):
        before = known.memo[_MEMO] = _Taken(newest, as_of_us)
    known.questions |= before.questions
    found: tuple[Holding, ...] = before.holdings
    return found


def _turns(newest: list[Message], as_of_us: int) -> Iterator[int]:
    """Instants behind this one at which some stock counts otherwise."""
    for message in newest:
        status = message.resource_status
        ends = [message.header.expire_time] if message.header.HasField("expire_time") else []
        if status.HasField("valid_until_time"):
            ends.append(status.valid_until_time)
        lots = [micros(lot.expire_time) for lot in status.lots]
        soon = [us - EXPIRING_DAYS * _DAY_US for us in lots]
        yield from (us for us in (*map(micros, ends), *lots, *soon) if us > as_of_us)


def of_kind(known: Known, as_of_us: int, *kinds: ResourceKind) -> list[Holding]:
    """Those of some kinds."""
    return [h for h in take(known, as_of_us) if h.status.kind in kinds]


def valid(known: Known, as_of_us: int) -> list[tuple[Message, Figures]]:
    """Resources whose state still holds, with what counts of them."""
    return [(h.message, h.figures) for h in take(known, as_of_us) if h.figures is not None]


def holds(message: Message, as_of_us: int) -> bool:
    """Whether neither the stated validity nor the message's use is over."""
    status = message.resource_status
    if expired(message, as_of_us):
        return False
    return not status.HasField("valid_until_time") or micros(status.valid_until_time) > as_of_us


def _take(asked: Asked, newest: list[Message], as_of_us: int) -> Iterator[Holding]:
    for message in newest:
        wrong = fault(message)
        if wrong is not None:
            ask(asked, about(message, *wrong))
            continue
        status = message.resource_status
        code = status.place.admin_code
        if admin(code) is None:
            ask(asked, about(message, *unknown_area(code)))
        figures = _figures(asked, message, as_of_us) if holds(message, as_of_us) else None
        yield Holding(message, status, areas_of(code), figures)


def _figures(asked: Asked, message: Message, as_of_us: int) -> Figures:
    """Takes off what has expired.

    What had expired when the owner told was not available then. What has expired since may have been, so all
    of it is taken from what was free, and then from what was promised: rather too little than too much.
    """
    status = message.resource_status
    stock, told_us = status.stock, micros(message.header.occurred_time)
    gone = gone_since = soon = 0.0
    for lot in status.lots:
        ends_us = micros(lot.expire_time)
        if ends_us <= as_of_us:
            gone += lot.quantity
            gone_since += lot.quantity if ends_us > told_us else 0.0
        elif ends_us <= as_of_us + EXPIRING_DAYS * _DAY_US:
            soon += lot.quantity
    if gone and stock.available + stock.committed + gone - gone_since > stock.total + SLACK:
        ask(asked, about(message, *EXPIRED_IN_STOCK))
    total = max(0.0, stock.total - gone)
    available = max(0.0, min(stock.available - gone_since, total - stock.committed))
    available = stock.available if not gone else available
    committed = stock.committed if not gone else min(stock.committed, total - available)
    spare = max(0.0, available - stock.minimum_kept)
    return Figures(total, available, committed, spare, gone, soon)
