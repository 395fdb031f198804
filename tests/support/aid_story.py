"""A line of help told step by step: six pumps that Shanghai asks Jiangsu for, and what becomes of them."""

from datetime import datetime
from typing import Any

from tests.support.builders import NOW, need, place
from tests.support.situation import answer, offer, request, request_line, said, text
from yrd.exchange.v1.message_pb2 import Message

REQUEST, ANSWER = "310000/request/1", "320000/answer/1"
ORDER, COMMITMENT, DEPLOYMENT = "310000/order/1", "320000/commitment/1", "320000/deployment/1"
RELEASE, RETURN = "310000/release/1", "320000/return/1"
Changes = dict[str, Any] | None


def six(value: float = 6) -> dict[str, Any]:
    """Some pumps."""
    return {"value": value, "unit": "台"}


def asked(changes: Changes = None, line: Changes = None, **header: Any) -> Message:
    """A request to Jiangsu only."""
    wanted = request_line(need(**(line or {})))
    body = {"addressedTo": ["320000"], "lines": [wanted]} | (changes or {})
    return request(REQUEST, body, **header)


def offered(**header: Any) -> Message:
    """Jiangsu offers all six."""
    return answer(ANSWER, [offer(6)], **header)


def ordered(changes: Changes = None, line: Changes = None, **header: Any) -> Message:
    """Shanghai orders them."""
    first = {
        "lineId": "o1",
        "requestLineId": "pumps",
        "quantity": six(),
        "resourceIds": ["320000/pumps/1"],
        "reportTo": place("310115"),
    } | (line or {})
    body = {
        "requester": "310000",
        "provider": "320000",
        "requestId": REQUEST,
        "responseId": ANSWER,
        "lines": [first],
    } | (changes or {})
    return said("aidOrder", header.pop("entity", ORDER), body, **header)


def committed(line: Changes = None, **header: Any) -> Message:
    """Jiangsu commits them."""
    first = {
        "lineId": "c1",
        "orderLineId": "o1",
        "decision": "AID_DECISION_ACCEPT",
        "resourceId": "320000/pumps/1",
        "quantity": six(),
    } | (line or {})
    body = {"provider": "320000", "requester": "310000", "orderId": ORDER, "lines": [first]}
    return said("aidCommitment", header.pop("entity", COMMITMENT), body, **header)


def deployed(status: str, changes: Changes = None, **header: Any) -> Message:
    """How they fare; `status` without its prefix."""
    body = {
        "provider": "320000",
        "requester": "310000",
        "commitmentId": COMMITMENT,
        "commitmentLineId": "c1",
        "resourceId": "320000/pumps/1",
        "status": f"DEPLOYMENT_STATUS_{status}",
        "quantity": six(),
    } | (changes or {})
    return said("aidDeployment", DEPLOYMENT, body, **header)


def schedule(**times: datetime) -> dict[str, str]:
    """departure, arrival, return_departure, return_arrival."""
    names = {
        "departure": "departureTime",
        "arrival": "arrivalTime",
        "return_departure": "returnDepartureTime",
        "return_arrival": "returnArrivalTime",
    }
    return {names[name]: text(time) for name, time in times.items()}


def left(at: datetime, revision: int = 2) -> Message:
    """They are on their way."""
    actual = {"actualSchedule": schedule(departure=at)}
    return deployed("EN_ROUTE", actual, revision=revision, told=at)


def there(at: datetime, departure: datetime = NOW, revision: int = 3) -> Message:
    """They have arrived."""
    actual = {"actualSchedule": schedule(departure=departure, arrival=at)}
    return deployed("ON_SCENE", actual, revision=revision, told=at)


def extension(entity: str, changes: dict[str, Any], **header: Any) -> Message:
    """A wish to keep them longer, or the answer to it."""
    body = {
        "author": entity[:6],
        "requester": "310000",
        "provider": "320000",
        "commitmentId": COMMITMENT,
        "commitmentLineIds": ["c1"],
        "reason": "水位未退",
    } | changes
    return said("aidExtension", entity, body, **header)


def released(quantity: float = 6, **header: Any) -> Message:
    """Shanghai lets them go."""
    line = {"commitmentLineId": "c1", "quantity": six(quantity), "releaseTime": text(NOW)}
    body = {
        "requester": "310000",
        "provider": "320000",
        "commitmentId": COMMITMENT,
        "lines": [line],
    }
    return said("aidRelease", RELEASE, body, **header)


def returned(step: str, changes: Changes = None, **header: Any) -> Message:
    """They go home; `step` without its prefix."""
    body = {
        "provider": "320000",
        "requester": "310000",
        "step": f"RETURN_STEP_{step}",
        "commitmentId": COMMITMENT,
        "lines": [{"commitmentLineId": "c1", "returned": six()}],
    } | (changes or {})
    return said("aidReturn", RETURN, body, **header)


def settlement(author: str, step: str, changes: Changes = None, **header: Any) -> Message:
    """What it cost; `step` without its prefix."""
    body = {
        "author": author,
        "requester": "310000",
        "provider": "320000",
        "step": f"SETTLEMENT_STEP_{step}",
        "commitmentId": COMMITMENT,
    } | (changes or {})
    return said("aidSettlement", f"{author}/settlement/1", body, **header)
