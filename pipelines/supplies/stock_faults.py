"""What makes a stock nonsense: it counts in no sum, and its owner is asked."""

from math import isfinite
from typing import NamedTuple

from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceKind, ResourceStatus

SLACK = 1e-6
"""By how much sums may differ, as in the contract."""

_STOCK = "resource_status.stock"
_SHELTER = ResourceKind.RESOURCE_KIND_SHELTER


class Fault(NamedTuple):
    """Kind, field and texts of a question."""

    kind: str
    field: str
    text_zh: str
    text_en: str


def fault(message: Message) -> Fault | None:
    """What is wrong with a stock, or None."""
    status = message.resource_status
    stock = status.stock
    if status.owner != message.stamp.origin:
        return Fault(
            "foreign_resource",
            "resource_status.owner",
            f"资源属于{status.owner}，只能由其报送，不计入",
            f"the resource is {status.owner}'s, who alone may tell of it: not counted",
        )
    for name in ("total", "available", "committed", "minimum_kept"):
        value = getattr(stock, name)
        if not (isfinite(value) and value >= 0):
            return Fault(
                "negative_stock",
                f"{_STOCK}.{name}",
                f"数量{value:g}不成立，不计入；请更正",
                f"{value:g} is no amount: not counted; correct it",
            )
    promised = 0.0 if status.kind == _SHELTER else stock.committed
    if stock.available + promised > stock.total + SLACK:
        return Fault(
            "stock_balance",
            _STOCK,
            f"可用{stock.available:g}加已承诺{promised:g}超过总量{stock.total:g}，不计入；请更正",
            f"{stock.available:g} available and {promised:g} committed exceed the total of "
            f"{stock.total:g}: not counted; correct the figures",
        )
    return _lot_fault(status)


def _lot_fault(status: ResourceStatus) -> Fault | None:
    quantities = [lot.quantity for lot in status.lots]
    if all(isfinite(q) and q >= 0 for q in quantities) and (
        sum(quantities) <= status.stock.total + SLACK
    ):
        return None
    return Fault(
        "lots_beyond_stock",
        "resource_status.lots",
        f"各批次数量不成立或合计超过总量{status.stock.total:g}，不计入；请更正",
        f"lots are no amounts, or exceed the total of {status.stock.total:g} together: not counted; "
        "correct them",
    )


def unknown_area(code: str) -> Fault:
    """That a place's code does not exist."""
    return Fault(
        "unknown_area",
        "resource_status.place.admin_code",
        f"行政区划代码{code}不存在，只计入所属省份；请更正",
        f"{code} is no administrative code: counted in the province only; correct it",
    )


EXPIRED_IN_STOCK = Fault(
    "expired_in_stock",
    "resource_status.lots",
    "报送时已过期的批次仍计在可用或已承诺数量内；过期部分不计入",
    "lots that had expired when this was told are still counted as available or committed; what has "
    "expired is not counted",
)
