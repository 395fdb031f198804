"""Good data of all provinces, and seven kinds of nonsense that Jiangsu tells beside it."""

from tests.support.builders import NOW, need
from tests.support.situation import (
    after,
    answer,
    crossing,
    incident,
    lacking,
    offer,
    request,
    request_line,
    resource,
    stock,
    text,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message

FAR = after(days=73 * 365)
BOATS = "320000/boats/1"
BOAT = {"scheme": "yrd-capability", "value": "flood.boat"}
UNISSUED = "32000041600000_20260601200001"


def good() -> list[Message]:
    """What makes sense."""
    return [
        lacking(),
        incident("330000/flood/1", {"casualties": {"dead": 2}}),
        resource("330000/pumps/1"),
        warning(sequence=1),
        waybill(sequence=2),
        crossing("310000", "330000", sequence=3),
        request(sequence=4),
        answer("330000/answer/1", [offer(2)], sequence=1),
        resource("320000/pumps/1"),
        resource("340000/pumps/1"),
    ]


def _incident(name: str, cause: str = "", **header: object) -> Message:
    """A report without figures."""
    causes = {"causeIds": [f"320000/{cause}"]} if cause else {}
    return incident(f"320000/{name}", {"casualties": None} | causes, **header)


def _promised(number: int) -> list[Message]:
    """Anhui asks for boats for one of its places, and Jiangsu promises all that it has."""
    asks, line = f"340000/request/{number}", need(3, "boats", capability=BOAT)
    return [
        request(asks, {"addressedTo": ["320000"], "lines": [request_line(line)]}, sequence=number),
        answer(
            f"320000/answer/{number}",
            [offer(3, "boats") | {"resourceIds": [BOATS]}],
            {"requestId": asks},
            sequence=30 + number,
        ),
    ]


def nonsense() -> dict[str, list[Message]]:
    """Kind of the one question that it leads to, and the messages."""
    unknown = {"action": "WARNING_ACTION_CANCEL", "references": [UNISSUED]}
    departed = {"departureTime": text(after(days=-9))}
    return {
        "time_in_future": [_incident("flood/2099", told=FAR, sealed=NOW, sequence=1)],
        "waybill_never_ends": [waybill("320000/waybill/1", departed, sequence=2)],
        "double_promise": [
            resource(BOATS, {"name": "冲锋舟", "capabilities": [BOAT], **stock(3)}, sequence=3),
            *_promised(1),
            *_promised(2),
        ],
        "negative_stock": [resource("320000/pumps/9", stock(-7), sequence=4)],
        "cause_in_a_circle": [
            _incident("a", "b", sequence=5),
            _incident("b", "a", sequence=6, told=after(minutes=-1)),
        ],
        "cancels_the_unknown": [warning("320000/warning/9", unknown, sequence=7)],
        "too_many_revisions": [_incident("many", revision=1_000_000, sequence=8)],
    }
