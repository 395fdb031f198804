"""Isolation zones: the guidebook's distances drawn around a source, by day and by night."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from shapely import Polygon

from pipelines.hazmat.areas import WatchedArea
from pipelines.hazmat.distances import Distances, distances
from pipelines.hazmat.shapes import circle, downwind
from pipelines.hazmat.sources import Source
from pipelines.hazmat.sun import day_and_change
from pipelines.places.distance import LatLon, position
from schemas.codes.erg import ErgEntry
from schemas.codes.tables import erg
from yrd.situation.v1.hazmat_watch_pb2 import HazmatNoticeKind

MOST_ZONES = 200
"""Zones that are drawn; the sources behind them are counted."""


class Zone(NamedTuple):
    """The zone of one source from `from_us` until before `until_us`, by day or by night; 0 is already.

    Without an entry in the guidebook's table there are no distances; with a place that is too wide for
    a point there are no areas.
    """

    source: Source
    entry: ErgEntry | None
    night: bool
    from_us: int
    until_us: int | None
    found: Distances | None
    isolation: Polygon | None
    protection: Polygon | None
    assumptions: tuple[str, ...]

    @property
    def widest(self) -> Polygon | None:
        """The larger area, None if there is none."""
        return self.protection or self.isolation


def zones_at(found: Iterable[Source], as_of_us: int) -> tuple[list[Zone], list[Zone], int]:
    """Zones now, those after the next change of day and night, and how many sources have none drawn."""
    listed = list(found)
    now = [zone_of(source, as_of_us)._replace(from_us=0) for source in listed[:MOST_ZONES]]
    later = [zone_of(zone.source, zone.until_us) for zone in now if zone.until_us is not None]
    return now, later, max(0, len(listed) - MOST_ZONES)


def zone_of(source: Source, at_us: int) -> Zone:
    """The zone of a source as it is at an instant."""
    entry, about = erg(source.load.un_number), position(source.place)
    assumed = (*(("trip_by_plate",) if source.by_plate else ()), *_of_place(source))
    if about is None:
        return Zone(source, entry, False, at_us, None, None, None, None, assumed)
    day, change_us = day_and_change(*about, at_us)
    if entry is None:
        assumed = ("no_row", *assumed)
        return Zone(source, None, not day, at_us, change_us, None, None, None, assumed)
    metres = distances(entry, source.load, source.basis, not day, source.wind)
    isolation, protection = _areas(source.center, metres, source.wind.direction)
    assumed = (*assumed, *_of_wind(source, metres), *metres.assumptions)
    return Zone(source, entry, not day, at_us, change_us, metres, isolation, protection, assumed)


def _of_place(source: Source) -> tuple[str, ...]:
    if source.exact:
        return ()
    return ("place_by_area",) if source.center is not None else ("place_too_wide",)


def _of_wind(source: Source, found: Distances) -> tuple[str, ...]:
    unknown = found.protection is not None and source.wind.direction is None
    return ("wind_unknown",) if unknown else ()


def _areas(
    center: LatLon | None, found: Distances, wind_from: float | None
) -> tuple[Polygon | None, Polygon | None]:
    if center is None:
        return None, None
    around = found.isolation.metres if found.isolation else 0
    isolation = circle(center, around) if around else None
    if found.protection is None:
        return isolation, None
    ahead = found.protection.metres
    if wind_from is None:
        return isolation, circle(center, max(ahead, around))
    return isolation, downwind(center, around, ahead, wind_from)


def watched(zones: Sequence[Zone]) -> Iterable[WatchedArea]:
    """The areas of zones, to hold vehicles against.

    Where nothing is known to get out only the inner area is noticed; the outer one is listed.
    """
    for zone in zones:
        source = zone.source
        ends = [at for at in (zone.until_us, source.ends_us) if at is not None]
        for shape, inner in ((zone.isolation, True), (zone.protection, False)):
            if shape is not None:
                yield WatchedArea(
                    source.id,
                    HazmatNoticeKind.HAZMAT_NOTICE_KIND_ISOLATION_ZONE,
                    zone.from_us,
                    min(ends, default=None),
                    (),
                    shape,
                    source.message_ids,
                    own=source.waybill_id,
                    quiet=not inner and source.basis == "precaution",
                    isolation=inner,
                )
