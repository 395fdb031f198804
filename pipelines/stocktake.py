"""Each resource's stock as it counts at an instant: less what has expired; nonsense is asked about."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from pipelines.areas import areas_of
from pipelines.known import Known
from pipelines.questions import about, ask
from pipelines.scope import expired, micros
from schemas.codes.tables import admin
from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceKind, ResourceStatus

EXPIRING_DAYS = 30
"""What expires within as many days is said to expire soon."""

_DAY_US = 24 * 3_600_000_000
_SLACK = 1e-6
_STOCK = "resource_status.stock"


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
    areas: tuple[str, ...]
    figures: Figures | None

    @property
    def status(self) -> ResourceStatus:
        """What was told."""
        return self.message.resource_status


def take(known: Known, as_of_us: int) -> tuple[Holding, ...]:
    """All resources whose figures make sense. What is wrong with the others is asked."""
    return known.once(f"stocktake at {as_of_us}", lambda: tuple(_take(known, as_of_us)))


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


def _take(known: Known, as_of_us: int) -> Iterator[Holding]:
    for message in known.newest("resource_status"):
        fault = _fault(message)
        if fault is not None:
            ask(known, about(message, *fault))
            continue
        code = message.resource_status.place.admin_code
        if admin(code) is None:
            ask(known, about(message, *_unknown_area(code)))
        figures = _figures(known, message, as_of_us) if holds(message, as_of_us) else None
        yield Holding(message, areas_of(code), figures)


def _fault(message: Message) -> tuple[str, str, str, str] | None:
    """Kind, field and texts of what makes a stock nonsense, or None."""
    status = message.resource_status
    stock = status.stock
    if status.owner != message.stamp.origin:
        return (
            "foreign_resource",
            "resource_status.owner",
            f"资源属于{status.owner}，只能由其报送，不计入",
            f"the resource is {status.owner}'s, who alone may tell of it: not counted",
        )
    for name in ("total", "available", "committed", "minimum_kept"):
        value = getattr(stock, name)
        if not (isfinite(value) and value >= 0):
            return (
                "negative_stock",
                f"{_STOCK}.{name}",
                f"数量{value:g}不成立，不计入；请更正",
                f"{value:g} is no amount: not counted; correct it",
            )
    promised = 0.0 if status.kind == ResourceKind.RESOURCE_KIND_SHELTER else stock.committed
    if stock.available + promised > stock.total + _SLACK:
        return (
            "stock_balance",
            _STOCK,
            f"可用{stock.available:g}加已承诺{promised:g}超过总量{stock.total:g}，不计入；请更正",
            f"{stock.available:g} available and {promised:g} committed exceed the total of "
            f"{stock.total:g}: not counted; correct the figures",
        )
    return _lot_fault(status)


def _lot_fault(status: ResourceStatus) -> tuple[str, str, str, str] | None:
    quantities = [lot.quantity for lot in status.lots]
    if all(isfinite(q) and q >= 0 for q in quantities) and (
        sum(quantities) <= status.stock.total + _SLACK
    ):
        return None
    return (
        "lots_beyond_stock",
        "resource_status.lots",
        f"各批次数量不成立或合计超过总量{status.stock.total:g}，不计入；请更正",
        f"lots are no amounts, or exceed the total of {status.stock.total:g} together: not counted; "
        "correct them",
    )


def _unknown_area(code: str) -> tuple[str, str, str, str]:
    return (
        "unknown_area",
        "resource_status.place.admin_code",
        f"行政区划代码{code}不存在，只计入所属省份；请更正",
        f"{code} is no administrative code: counted in the province only; correct it",
    )


def _figures(known: Known, message: Message, as_of_us: int) -> Figures:
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
    if gone and stock.available + stock.committed + gone - gone_since > stock.total + _SLACK:
        ask(known, about(message, *_EXPIRED_IN_STOCK))
    total = max(0.0, stock.total - gone)
    available = max(0.0, min(stock.available - gone_since, total - stock.committed))
    available = stock.available if not gone else available
    committed = stock.committed if not gone else min(stock.committed, total - available)
    spare = max(0.0, available - stock.minimum_kept)
    return Figures(total, available, committed, spare, gone, soon)


_EXPIRED_IN_STOCK = (
    "expired_in_stock",
    "resource_status.lots",
    "报送时已过期的批次仍计在可用或已承诺数量内；过期部分不计入",
    "lots that had expired when this was told are still counted as available or committed; what has "
    "expired is not counted",
)
