"""The map: where incidents, storms, warnings, vehicles and help are. Schematic, in degrees (WGS84)."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from integration.page.desk import Shown
from integration.page.views.hazmat import trip_of
from integration.page.views.incidents import entity_ids
from integration.page.views.values import Json, event_kind, grade, milliseconds, named, point
from pipelines.places.covering import codes_of
from pipelines.places.outlines import schematic
from pipelines.report.aid import STAGES
from pipelines.words import Words
from schemas.codes.tables import PROVINCES, point_of
from yrd.situation.v1.aid_pb2 import AidStage
from yrd.situation.v1.hazmat_watch_pb2 import Outline
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary
from yrd.warning.v1.warning_pb2 import TyphoonFix

MIDDLES = {
    "310000": (31.42, 121.62),
    "320000": (33.2, 119.75),
    "330000": (28.85, 119.9),
    "340000": (32.0, 116.9),
}
"""Latitude and longitude of where a province's name stands, and all that concerns the whole of it."""
MOST_PLACES = 40
"""Areas of one warning that get a mark of their own."""
_COMING = (
    AidStage.AID_STAGE_COMMITTED,
    AidStage.AID_STAGE_MOBILIZING,
    AidStage.AID_STAGE_EN_ROUTE,
)


@cache
def outlines() -> str:
    """Outlines of the provinces as JSON: rings of [longitude, latitude], and where the name stands."""
    found = schematic()
    return json.dumps(
        {
            "source": found["source"],
            "provinces": [_province(feature) for feature in found["features"]],
        }
    )


def _province(feature: Any) -> Json:
    code, geometry = feature["properties"]["code"], feature["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    lat, lon = MIDDLES[code]
    return {
        "code": code,
        "name_at": [lon, lat],
        "rings": [ring for polygon in polygons for ring in polygon],
    }


def geography(shown: Shown, words: Words) -> Json:
    """Everything that has a place."""
    summary = shown.summary
    return {
        "provinces": [{"code": code, "name": words.name(code)} for code in PROVINCES],
        "incidents": [*_incidents(summary.incidents, words)],
        "storms": [*_observed(shown, words), *_forecast(summary, words)],
        "warnings": [*_warnings(summary, words)],
        "trips": [*_trips(summary, words)],
        "zones": [
            {
                "id": zone.source_id,
                "name": f"UN {zone.un_number} {zone.material}".strip(),
                "isolation": _ring(zone.isolation_area),
                "protection": _ring(zone.protection_area),
            }
            for zone in summary.isolation_zones
        ],
        "aid": [*_aid(summary, words)],
    }


def _incidents(found: Iterable[JointIncident], words: Words) -> Iterator[Json]:
    for incident in found:
        where = point(incident.place)
        if where and not incident.closed:
            yield where | {
                "id": incident.joint_id,
                "title": incident.title,
                "grade": int(incident.grade),
                "grade_word": grade(incident.grade, words),
            }


def _observed(shown: Shown, words: Words) -> Iterator[Json]:
    """Where each storm has been, by source: sources are never mixed."""
    for storm in shown.storms:
        yield {
            "name": words.say(storm.name_zh, storm.name_en),
            "number": storm.number,
            "source": storm.observed[0].source,
            "forecast": False,
            "fixes": [_fix(fix) for fix in storm.observed],
        }


def _forecast(summary: SituationSummary, words: Words) -> Iterator[Json]:
    for storm in summary.storms:
        for track in storm.tracks:
            if track.HasField("forecast"):
                yield {
                    "name": words.say(storm.name_zh, storm.name_en),
                    "number": storm.number,
                    "source": track.source,
                    "forecast": True,
                    "fixes": [_fix(fix) for fix in track.forecast.fixes],
                }


def _fix(fix: TyphoonFix) -> Json:
    return {
        "ms": milliseconds(fix.fix_time),
        "lat": fix.center.latitude,
        "lon": fix.center.longitude,
        "wind": fix.wind_mps if fix.HasField("wind_mps") else None,
        "pressure": fix.pressure_hpa if fix.HasField("pressure_hpa") else None,
        "radii": [[r.beaufort_force, r.minimum_km, r.maximum_km] for r in fix.radii],
    }


def _warnings(summary: SituationSummary, words: Words) -> Iterator[Json]:
    """One mark for each area, with all that is in force there, the gravest first."""
    found: dict[str, list[Json]] = {}
    for warning in summary.warnings:
        for code in codes_of(warning.area).codes[:MOST_PLACES]:
            kind, color = event_kind(warning.event_type, words), words.color(warning.color)
            found.setdefault(code, []).append(
                {"color": int(warning.color), "text": f"{kind} {color}"}
            )
    for code, told in sorted(found.items()):
        where = _middle(code)
        if where:
            told.sort(key=lambda warning: warning["color"] or 9)
            yield {
                "code": code,
                "name": words.place(code),
                "lat": where[0],
                "lon": where[1],
                "warnings": told,
            }


def _trips(summary: SituationSummary, words: Words) -> Iterator[Json]:
    for trip in summary.hazmat:
        where = point(trip.last_place)
        if where:
            told = trip_of(trip, words)
            yield where | {
                "id": told["id"],
                "name": told["name"],
                "goods": told["goods"],
                "alerts": [*told["alerts"], *(notice["text"] for notice in told["notices"])],
            }


def _aid(summary: SituationSummary, words: Words) -> Iterator[Json]:
    """Help that is on its way, from the lender's middle to the incident: no road is meant."""
    places = {entity: i.place for i in summary.incidents for entity in entity_ids(i)}
    for life in summary.aid_lives:
        place = places.get(life.incident_id)
        to = point(place) if place else None
        for branch in life.branches:
            start = _middle(branch.provider)
            if to and start and branch.stage in _COMING:
                yield {
                    "from": [start[1], start[0]],
                    "to": [to["lon"], to["lat"]],
                    "text": f"{words.name(branch.provider)} {words.ability(life.capability)} "
                    f"{named(STAGES, branch.stage, words)}",
                }


def _middle(code: str) -> tuple[float, float] | None:
    """Latitude and longitude of an area's point."""
    return MIDDLES.get(code) or point_of(code)


def _ring(outline: Outline) -> list[list[float]]:
    return [[round(p.longitude, 5), round(p.latitude, 5)] for p in outline.ring]
