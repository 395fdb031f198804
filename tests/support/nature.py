"""Readings, earthquakes and storms as participants tell them; as in situation.py."""

from datetime import datetime
from typing import Any

from tests.support.builders import NOW, place
from tests.support.situation import Changes, said, text, warning
from yrd.exchange.v1.message_pb2 import Message

ABOVE, BELOW = "THRESHOLD_SIDE_ABOVE", "THRESHOLD_SIDE_BELOW"


def told_at(read: datetime) -> dict[str, Any]:
    """Header of something that happened and was told at one instant."""
    return {"told": read, "sealed": read}


def limit(value: float, mark: float, kind: str = "WARNING", side: str = ABOVE) -> dict[str, Any]:
    """A threshold of a reading with that value."""
    passed = value >= mark if side == ABOVE else value <= mark
    return {"kind": f"THRESHOLD_KIND_{kind}", "value": mark, "side": side, "passed": passed}


def level(
    entity: str = "310000/level/jinze",
    value: float = 3.8,
    at: datetime = NOW,
    changes: Changes = None,
    mark: float = 3.5,
    **header: Any,
) -> Message:
    """A level of the Taipu at Jinze, its warning mark 3.5 m above the Wusong datum."""
    body = {
        "stationId": entity.rsplit("/", maxsplit=1)[-1],
        "stationName": "金泽",
        "place": place("310118" if entity.startswith("31") else f"{entity[:2]}0500"),
        "measure": {"scheme": "yrd-measure", "value": "water.level"},
        "value": value,
        "unit": "m",
        "datum": "吴淞高程",
        "quality": "READING_QUALITY_GOOD",
        "thresholds": [limit(value, mark)],
        "objectName": "太浦河",
    }
    return said("observation", entity, body | (changes or {}), **{**told_at(at), **header})


def sight(
    entity: str,
    value: float,
    point: tuple[float, float],
    at: datetime = NOW,
    changes: Changes = None,
    **header: Any,
) -> Message:
    """Visibility in metres on the G15, which closes at 50 m."""
    body = {
        "place": place(f"{entity[:2]}0000", point),
        "measure": {"scheme": "yrd-measure", "value": "visibility"},
        "unit": "m",
        "datum": "",
        "thresholds": [limit(value, 200, "WARNING", BELOW), limit(value, 50, "CLOSURE", BELOW)],
        "objectName": "G15 沈海高速",
    }
    return level(entity, value, at, body | (changes or {}), **header)


def quake(
    entity: str = "320000/quake/1",
    kind: str = "AUTOMATIC",
    at: datetime = NOW,
    changes: Changes = None,
    **header: Any,
) -> Message:
    """Magnitude 5 off Dafeng."""
    body = {
        "kind": f"EARTHQUAKE_REPORT_KIND_{kind}",
        "epicenter": {"latitude": 33.4, "longitude": 121.0},
        "magnitude": 5.0,
        "magnitudeScale": "MAGNITUDE_SCALE_MS",
        "locationName": "江苏盐城市大丰区海域",
        "issuerName": "中国地震台网中心",
        "issuerAdminCode": entity[:6],
    }
    return said("earthquakeReport", entity, body | (changes or {}), **{**told_at(at), **header})


def felt(intensity: int, *codes: str, **changes: Any) -> dict[str, Any]:
    """Ground with one intensity."""
    return {"intensity": intensity, "area": {"adminCodes": codes}} | changes


def fix(
    at: datetime,
    center: tuple[float, float],
    source: str = "中央气象台",
    radii: dict[int, tuple[float, float]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A storm at an instant, with (smallest, largest) radius by wind force."""
    return {
        "fixTime": text(at),
        "center": {"latitude": center[0], "longitude": center[1]},
        "source": source,
        "radii": [
            {"beaufortForce": force, "minimumKm": least, "maximumKm": most}
            for force, (least, most) in (radii or {}).items()
        ],
    } | changes


def storm(
    observed: list[dict[str, Any]],
    forecast: list[dict[str, Any]] | None = None,
    entity: str = "330000/warning/typhoon",
    at: datetime = NOW,
    number: str = "2106",
    **header: Any,
) -> Message:
    """A typhoon warning with its storm's fixes, issued at an instant."""
    told = {
        "number": number,
        "nameZh": "烟花",
        "nameEn": "In-Fa",
        "observed": observed,
        "forecast": forecast or [],
    }
    changes = {"typhoon": told, "issueTime": text(at)}
    return warning(entity, changes, **{**told_at(at), **header})
