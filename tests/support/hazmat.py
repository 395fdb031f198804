"""A chlorine tanker where Shanghai and Zhejiang meet, and what the watch over it sees."""

from typing import Any

from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.hazmat import Context, TripView, context_of, told_by_waybill, trip_view
from pipelines.hazmat.watch import Watch, evaluate
from pipelines.nature.warnings import controls, warnings
from pipelines.places.distance import LatLon
from tests.support.builders import NOW, place
from tests.support.situation import (
    Changes,
    after,
    alert,
    movement,
    said,
    text,
    us,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MovementKind

JINSHAN: LatLon = (30.80, 121.08)
"""In Jinshan (金山), some kilometres from Jiashan and Pinghu in Zhejiang."""
CHLORINE = {
    "unNumber": "1017",
    "name": "氯",
    "division": "2.3",
    "packing": "罐车",
    "quantity": {"value": 18, "unit": "t"},
}
TANKER = "310000/waybill/chlorine"
NOON, MIDNIGHT = after(hours=16), after(hours=4)
"""NOW is eight in the evening there."""


def tanker(**changes: Any) -> Message:
    """Eighteen tons of chlorine in a tank of 20 cubic metres, from Jinshan to Pinghu by G15."""
    body = {
        "goods": [CHLORINE],
        "tankNumber": "T1",
        "tankVolumeM3": 20,
        "origin": place("310116", (30.74, 121.34)),
        "destination": place("330482", (30.68, 121.02)),
        "routeProvinces": ["310000", "330000"],
        "routeRoads": ["G15"],
        "departureTime": text(after(hours=-1)),
    }
    return waybill(TANKER, body | changes, told=after(hours=-2))


def moved(
    kind: str = "POSITION",
    minutes: float = 0,
    at: LatLon | None = JINSHAN,
    code: str = "310116",
    entity: str = "310000/trip/chlorine",
    waybill_id: str = TANKER,
    changes: Changes = None,
    **header: Any,
) -> Message:
    """A movement of a vehicle, so many minutes after NOW; revisions count the minutes."""
    body = {"waybillId": waybill_id, "place": place(code, at)}
    told: dict[str, Any] = {
        "told": after(minutes=minutes),
        "revision": 100_000 + round(minutes),
    }
    # two kinds at one minute are two messages
    told["sequence"] = MovementKind.Value(f"MOVEMENT_KIND_{kind}")
    return movement(kind, entity, body | (changes or {}), **(told | header))


def leak(changes: Changes = None, at: LatLon | None = JINSHAN, **header: Any) -> Message:
    """The tanker leaks."""
    body = {"waybillId": TANKER, "goods": [CHLORINE], "place": place("310116", at)}
    return alert("310000/alert/chlorine", body | (changes or {}), **header)


WIND = {"windFromDegrees": 90, "windMps": 4}


def handover(
    step: str,
    author: str = "310000",
    minutes: float = 0,
    changes: Changes = None,
    entity: str = "",
    **header: Any,
) -> Message:
    """A step of the tanker's handover from Shanghai to Zhejiang; `step` without its prefix."""
    notice = "310000/handover/chlorine"
    body = {
        "author": author,
        "fromProvince": "310000",
        "toProvince": "330000",
        "step": f"HANDOVER_STEP_{step}",
        "handoverId": "" if step == "NOTICED" else notice,
        "waybillId": TANKER,
        "vehicle": {"number": "沪A12345", "color": "PLATE_COLOR_YELLOW"},
        "crossing": place("330482"),
    }
    name = entity or (notice if author == "310000" else f"{author}/handover/answer")
    told = {"told": after(minutes=minutes), "revision": 100_000 + round(minutes)}
    return said("borderHandover", name, body | (changes or {}), **(told | header))


def known_at(told: tuple[Message, ...], at: Any = NOW) -> Known:
    """What is known at an instant."""
    return Known(fold(told), us(at))


def watch(*told: Message, at: Any = NOW) -> Watch:
    """The watch at an instant."""
    return evaluate_known(known_at(told, at))


def evaluate_known(known: Known) -> Watch:
    """The watch over what is known; no joint incidents."""
    at = known.as_of_us
    return evaluate(known, controls(known, at), warnings(known, at))


def context(known: Known) -> Context:
    """What trips are held against, without isolation zones."""
    at = known.as_of_us
    return context_of(known, controls(known, at), warnings(known, at))


def view(*told: Message, at: Any = NOW, of: str = TANKER) -> TripView:
    """One trip at an instant."""
    known = known_at(told, at)
    found = told_by_waybill(known)
    return trip_view(
        found.waybills[of],
        found.movements.get(of, ()),
        found.alerts.get(of, ()),
        found.handovers.get(of, ()),
        context(known),
        us(at),
    )
