"""Supplies, shelters, bases, experts and equipment of one scope at an instant, by area."""

from collections.abc import Iterable, Sequence
from typing import Any

from pipelines import bases, cover, expiry, reserves, shelters, stocktake, strength
from pipelines.areas import in_focus
from pipelines.known import Known
from pipelines.warehouses import tiers
from schemas.codes.tables import PROVINCES
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.incidents_pb2 import Cascade
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary
from yrd.situation.v1.supplies_pb2 import AreaShelters, AreaSupplies


def fill(
    summary: SituationSummary,
    known: Known,
    as_of_us: int,
    joint: Sequence[JointIncident],
    chains: Sequence[Cascade],
) -> None:
    """Puts them into a summary. `joint` are its incidents, `chains` what brought what about."""
    focus = in_focus(joint)
    summary.supplies.extend(_supplies(known, as_of_us, joint, chains))
    summary.shelters.extend(_shelters(known, as_of_us, focus))
    summary.bases.extend(bases.evaluate(stocktake.take(known, as_of_us), joint))
    equipment = stocktake.of_kind(known, as_of_us, *strength.KINDS)
    summary.capabilities.extend(strength.evaluate(equipment, focus))


def _supplies(
    known: Known, as_of_us: int, joint: Sequence[JointIncident], chains: Sequence[Cascade]
) -> list[AreaSupplies]:
    stocks = stocktake.of_kind(known, as_of_us, ResourceKind.RESOURCE_KIND_SUPPLIES)
    lines = _by_area(reserves.evaluate(stocks, reserves.by_focus(in_focus(joint))))
    edges = [(link.cause_id, link.effect_id) for c in chains for link in c.links]
    lasting = _by_area(cover.evaluate(stocks, joint, edges))
    expiring = expiry.evaluate(stocks, as_of_us)
    return [
        AreaSupplies(
            admin_code=area,
            lines=lines[area],
            cover=lasting.get(area),
            expiring_within_days=stocktake.EXPIRING_DAYS,
            expiring=expiring.get(area, [])[: expiry.MOST_LOTS],
            expiring_count=len(expiring.get(area, [])),
            warehouses=[tier for tier in tiers() if tier.admin_code == area],
        )
        for area in sorted(lines)
    ]


def _shelters(known: Known, as_of_us: int, focus: frozenset[str]) -> list[AreaShelters]:
    places = stocktake.of_kind(known, as_of_us, ResourceKind.RESOURCE_KIND_SHELTER)
    lines = _by_area(shelters.evaluate(places, focus))
    crowded = {area: shelters.over_full(h for h in places if area in h.areas) for area in PROVINCES}
    return [
        AreaShelters(
            admin_code=area,
            lines=lines[area],
            over_full=crowded.get(area, [])[: shelters.MOST_OVER_FULL],
        )
        for area in sorted(lines)
    ]


def _by_area(lines: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in lines:
        found.setdefault(line.admin_code, []).append(line)
    return found
