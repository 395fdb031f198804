"""Resources that lie in stores, and what the picture makes of them."""

from typing import Any

from pipelines.supplies.stocktake import Holding, take
from tests.support.builders import place
from tests.support.situation import after, known, resource, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import JointIncident

WATER = {"scheme": "yrd-capability", "value": "supplies.water"}
TENT = {"scheme": "yrd-capability", "value": "shelter.tent"}


def stocked(
    entity: str = "310000/store/1",
    total: float = 100,
    code: str = "310116",
    kind: str = "1010101",
    changes: dict[str, Any] | None = None,
    **header: Any,
) -> Message:
    """A municipal stock of tents of which all is available; `kind` is a code of GB/T 38565."""
    body = {
        "kind": "RESOURCE_KIND_SUPPLIES",
        "capabilities": [TENT],
        "place": place(code),
        "stock": {"unit": "顶", "total": total, "available": total},
        "reserveLevel": "RESERVE_LEVEL_MUNICIPAL",
    }
    if kind:
        body["type"] = {"scheme": "GB/T 38565", "value": kind}
    return resource(entity, body | (changes or {}), **header)


def lot(quantity: float, days: float) -> dict[str, Any]:
    """A lot that expires some days from NOW."""
    return {"quantity": quantity, "expireTime": text(after(days=days))}


def holdings(*told: Message) -> tuple[Holding, ...]:
    """Everything as it counts at NOW."""
    return take(known(*told), us(after()))


def affected(
    joint_id: str = "310000/flood/1",
    code: str = "310116",
    evacuated: int | None = None,
    kind: str = "11A02",
    closed: bool = False,
) -> JointIncident:
    """A joint incident."""
    found = JointIncident(joint_id=joint_id, closed=closed)
    found.place.admin_code = code
    found.primary_type.scheme, found.primary_type.value = "GB/T 35561", kind
    if evacuated is not None:
        found.casualties.evacuated = evacuated
    return found
