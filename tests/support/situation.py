"""Messages that pictures are made of, told by the participant that their entity's id begins with.

Everywhere `changes` go into the body and keywords into the header; `origin`, `sequence` and `sealed`
go into the stamp. Ids follow from the content, so that a test means the same in each run.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from pipelines.facts.known import Known
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Picture, Staleness, evaluate
from schemas import message_ids
from tests.support import bodies
from tests.support.builders import NOW, draft, incident_body, message, need, place, resource_body
from yrd.exchange.v1.message_pb2 import Message

Changes = dict[str, Any] | None
SHANGHAI, SUZHOU, JIASHAN = (31.15, 121.03), (31.17, 121.0), (30.84, 120.92)
"""Three places around the border of Shanghai, Jiangsu and Zhejiang, some kilometres apart."""


def us(time: datetime) -> int:
    """Microseconds since 1970."""
    return round(time.timestamp() * 1_000_000)


def text(time: datetime) -> str:
    """As in ProtoJSON."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def after(**passed: float) -> datetime:
    """Some time after NOW; before it if negative."""
    return NOW + timedelta(**passed)


def exercise(name: str = "drill") -> dict[str, Any]:
    """Header of a message of an exercise."""
    return {"mode": "MODE_EXERCISE", "exerciseId": name}


def said(field: str, entity: str, body: dict[str, Any], **header: Any) -> Message:
    """A message of any type."""
    origin = header.pop("origin", entity.split("/", maxsplit=1)[0])
    sequence = header.pop("sequence", 0)
    sealed = header.pop("sealed", header.get("told", NOW))
    seed = sha256(repr((origin, field, entity, sequence, sorted(header.items()))).encode()).digest()
    named = {"messageId": message_ids.derived(us(NOW) // 1000, seed)} | header
    return message(origin, sequence, draft(body, field, entity=entity, **named), sealed)


def incident(entity: str = "310000/flood/1", changes: Changes = None, **header: Any) -> Message:
    """A report, its place in the province that tells it."""
    body = incident_body(place=place(f"{entity[:2]}0100"))
    return said("incidentReport", entity, body | (changes or {}), **header)


def resource(entity: str = "320000/pumps/1", changes: Changes = None, **header: Any) -> Message:
    """Ten pumps in the province's first city: eight available, four of them to spare."""
    owner = entity.split("/", maxsplit=1)[0]
    city = "310118" if owner == "joint" else f"{owner[:2]}0100"
    body = resource_body(owner, place=place(city))
    return said("resourceStatus", entity, body | (changes or {}), **header)


def stock(available: float, minimum: float = 0, unit: str = "台") -> dict[str, Any]:
    """A stock of which all is available."""
    return {
        "stock": {"unit": unit, "total": available, "available": available, "minimumKept": minimum}
    }


def lacking(
    entity: str = "310000/flood/1",
    wanted: list[dict[str, Any]] | None = None,
    changes: Changes = None,
    **header: Any,
) -> Message:
    """A report with needs, by default of six pumps."""
    stated = {"needs": [need()] if wanted is None else wanted}
    return incident(entity, stated | (changes or {}), **header)


def request(entity: str = "310000/request/1", changes: Changes = None, **header: Any) -> Message:
    """A request of six pumps for the incident 310000/flood/1, to Jiangsu and Zhejiang."""
    body = {
        "requester": entity.split("/", maxsplit=1)[0],
        "addressedTo": ["320000", "330000"],
        "incidentId": "310000/flood/1",
        "lines": [request_line(need())],
    }
    return said("aidRequest", entity, body | (changes or {}), **header)


def request_line(wanted: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A line of a request that reports to Shanghai."""
    return {"need": wanted, "reportTo": place("310115")} | changes


def answer(
    entity: str = "320000/answer/1",
    lines: list[dict[str, Any]] | None = None,
    changes: Changes = None,
    **header: Any,
) -> Message:
    """An answer to the request 310000/request/1."""
    body = {
        "responder": entity[:6],
        "requestId": "310000/request/1",
        "lines": [offer(6)] if lines is None else lines,
    }
    return said("aidResponse", entity, body | (changes or {}), **header)


def offer(quantity: float, line_id: str = "pumps", **changes: Any) -> dict[str, Any]:
    """A line of an answer that accepts, or that declines if it offers nothing."""
    if not quantity:
        declined = {"requestLineId": line_id, "decision": "AID_DECISION_DECLINE", "reason": "自用"}
        return declined | changes
    return {
        "requestLineId": line_id,
        "decision": "AID_DECISION_ACCEPT",
        "quantity": {"value": quantity, "unit": "台"},
        "resourceIds": ["320000/pumps/1"],
    } | changes


def warning(entity: str = "310000/warning/1", changes: Changes = None, **header: Any) -> Message:
    """A blue warning, issued now, without an end."""
    body = bodies.warning_body(entity[:6], issueTime=text(NOW))
    return said("earlyWarning", entity, body | (changes or {}), **header)


def response(entity: str = "310000/response/1", changes: Changes = None, **header: Any) -> Message:
    """A response of level IV, started now."""
    body = {
        "action": "RESPONSE_ACTION_START",
        "level": "RESPONSE_LEVEL_IV",
        "eventType": {"scheme": "GB/T 35561", "value": "11B01"},
        "plan": "防汛防台应急预案",
        "area": {"adminCodes": [entity[:6]]},
        "expectedUntilTime": text(after(hours=12)),
        "measures": ["值守"],
        "issuerName": "防汛指挥部",
        "issuerAdminCode": entity[:6],
    }
    return said("responseActivation", entity, body | (changes or {}), **header)


def control(entity: str = "310000/control/1", changes: Changes = None, **header: Any) -> Message:
    """A road that is closed from now on."""
    body = {
        "kind": "CONTROL_KIND_ROAD",
        "area": {"adminCodes": [entity[:6]]},
        "objectName": "G15 沈海高速",
        "startTime": text(NOW),
        "reason": "台风大风",
        "issuerName": "交警总队",
        "issuerAdminCode": entity[:6],
    }
    return said("controlMeasure", entity, body | (changes or {}), **header)


def waybill(entity: str = "310000/waybill/1", changes: Changes = None, **header: Any) -> Message:
    """A waybill for a ton of petrol by way of G15."""
    body = bodies.waybill_body(routeRoads=["G15"])
    return said("waybill", entity, body | (changes or {}), **header)


def movement(
    kind: str, entity: str = "310000/trip/1", changes: Changes = None, **header: Any
) -> Message:
    """A movement under the waybill 310000/waybill/1; `kind` without its prefix."""
    body = {
        "waybillId": "310000/waybill/1",
        "vehicle": {"number": "沪A12345", "color": "PLATE_COLOR_YELLOW"},
        "kind": f"MOVEMENT_KIND_{kind}",
        "place": place(),
    }
    return said("vehicleMovement", entity, body | (changes or {}), **header)


def crossing(left: str, entered: str, entity: str = "310000/trip/1", **header: Any) -> Message:
    """A movement across a border."""
    return movement(
        "BORDER_CROSSED", entity, {"fromProvince": left, "toProvince": entered}, **header
    )


def alert(entity: str = "310000/alert/1", changes: Changes = None, **header: Any) -> Message:
    """A leak on the trip of the waybill 310000/waybill/1."""
    body = {
        "kind": "HAZMAT_ALERT_KIND_LEAK",
        "waybillId": "310000/waybill/1",
        "place": place(),
        "goods": [bodies.goods()],
    }
    return said("hazmatAlert", entity, body | (changes or {}), **header)


def known(*messages: Message) -> Known:
    """What a pipeline knows that has read these."""
    return Known(fold(messages))


def picture(messages: Iterable[Message], at: datetime = NOW) -> Picture:
    """The actual picture at an instant."""
    return evaluate(ACTUAL, fold(messages), us(at), Staleness())
