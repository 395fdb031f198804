"""Each resource's stock as it counts at an instant: less what has expired; nonsense is asked about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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


class Figures(NamedTuple):
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


class _Look:
    """A resource as it counts from the instant that it was looked at until another; None: on and on.

    No holding: it is nonsense and counts nowhere.
    """

    __slots__ = ("holding", "message", "questions", "until_us")

    def __init__(self, message: Message, as_of_us: int) -> None:
        self.message = message
        self.questions: set[Question] = set()
        self.holding = _hold(self, message, as_of_us)
        self.until_us = min(_turns(message, as_of_us), default=None)


class Stocktake:
    """All resources whose figures make sense, from step to step: looked at again is what changed or is due.

    `version` counts the steps at which some holdings had `gone` and others `came`.
    """

    def __init__(self) -> None:
        self.holdings: tuple[Holding, ...] = ()
        self.questions: frozenset[Question] = frozenset()
        self.version = 0
        self.gone: Sequence[Holding] = ()
        self.came: Sequence[Holding] = ()
        self._newest: list[Message] | None = None
        self._looks: dict[int, _Look] = {}
        self._since_us = 0
        self._until_us: int | None = None

    def update(self, newest: list[Message], as_of_us: int) -> None:
        """Takes stock of these messages at an instant."""
        if newest is self._newest and self._holds(as_of_us):
            return
        before = self._looks if as_of_us >= self._since_us else {}
        looks = {id(m): _look(before.get(id(m)), m, as_of_us) for m in newest}
        gone, came = _only_in(self._looks, looks), _only_in(looks, self._looks)
        self._newest, self._looks, self._since_us = newest, looks, as_of_us
        ends = (look.until_us for look in looks.values() if look.until_us is not None)
        self._until_us = min(ends, default=None)
        if gone or came:
            self.version, self.gone, self.came = self.version + 1, gone, came
            self.holdings = tuple(k.holding for k in looks.values() if k.holding is not None)
        self.questions = frozenset(q for look in looks.values() for q in look.questions)

    def _holds(self, as_of_us: int) -> bool:
        return self._since_us <= as_of_us and (self._until_us is None or as_of_us < self._until_us)


def _look(before: _Look | None, message: Message, as_of_us: int) -> _Look:
    if before is None or (before.until_us is not None and before.until_us <= as_of_us):
        return _Look(message, as_of_us)
    return before


def _only_in(these: Mapping[int, _Look], those: Mapping[int, _Look]) -> list[Holding]:
    only = (look.holding for number, look in these.items() if those.get(number) is not look)
    return [holding for holding in only if holding is not None]


def stocktake(known: Known, as_of_us: int) -> Stocktake:
    """That of an instant. What is wrong with resources that are left out is asked."""
    found: Stocktake = known.memo.setdefault(_MEMO, Stocktake())
    found.update(known.newest("resource_status"), as_of_us)
    known.questions |= found.questions
    return found


def take(known: Known, as_of_us: int) -> tuple[Holding, ...]:
    """All resources whose figures make sense: the very same tuple as before if nothing has changed."""
    return stocktake(known, as_of_us).holdings


def _turns(message: Message, as_of_us: int) -> Iterator[int]:
    """Instants behind this one at which a stock counts otherwise."""
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


def _hold(asked: Asked, message: Message, as_of_us: int) -> Holding | None:
    wrong = fault(message)
    if wrong is not None:
        ask(asked, about(message, *wrong))
        return None
    status = message.resource_status
    code = status.place.admin_code
    if admin(code) is None:
        ask(asked, about(message, *unknown_area(code)))
    figures = _figures(asked, message, as_of_us) if holds(message, as_of_us) else None
    return Holding(message, status, areas_of(code), figures)


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
