"""Supplies, shelters, bases, experts and equipment of one scope at an instant, by area."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pipelines.facts.known import Known
from pipelines.places.areas import in_focus
from pipelines.supplies import bases, cover, expiry, reserves, shelters, stocktake, strength
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.unchanged import while_same
from pipelines.supplies.warehouses import tiers
from schemas.codes.tables import PROVINCES
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.incidents_pb2 import Cascade
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary
from yrd.situation.v1.supplies_pb2 import AreaShelters, AreaSupplies, CapabilityLine

_SUPPLIES = ResourceKind.RESOURCE_KIND_SUPPLIES
_SHELTER = ResourceKind.RESOURCE_KIND_SHELTER


def fill(
    summary: SituationSummary,
    known: Known,
    as_of_us: int,
    joint: Sequence[JointIncident],
    chains: Sequence[Cascade],
) -> None:
    """Puts them into a summary. `joint` are its incidents, `chains` what brought what about.

    What follows from resources alone is derived again only when one of them is news.
    """
    focus, taken = in_focus(joint), stocktake.take(known, as_of_us)
    stored = while_same(known, "stored", taken, focus, lambda: _stored(taken, focus, as_of_us))
    edges = [(link.cause_id, link.effect_id) for c in chains for link in c.links]
    lasting = _by_area(cover.lines(stored.stocks, joint, edges))
    for area in stored.supplies:
        added = summary.supplies.add()
        added.CopyFrom(area)
        added.cover.extend(lasting.get(area.admin_code, ()))
    summary.shelters.extend(stored.shelters)
    summary.bases.extend(bases.reach(stored.bases, joint))
    summary.capabilities.extend(stored.capabilities)


class _Stored(NamedTuple):
    """What follows from resources and the areas in focus. Supplies are without their cover."""

    supplies: list[AreaSupplies]
    stocks: cover.Stocks
    shelters: list[AreaShelters]
    bases: bases.Told
    capabilities: list[CapabilityLine]


def _stored(taken: Sequence[Holding], focus: frozenset[str], as_of_us: int) -> _Stored:
    kinds: dict[ResourceKind, list[Holding]] = {}
    for holding in taken:
        kinds.setdefault(holding.status.kind, []).append(holding)
    stocks = kinds.get(_SUPPLIES, [])
    equipment = [holding for kind in strength.KINDS for holding in kinds.get(kind, [])]
    return _Stored(
        supplies=_supplies(stocks, focus, as_of_us),
        stocks=cover.stocks_in(stocks, focus),
        shelters=_shelters(kinds.get(_SHELTER, []), focus),
        bases=bases.told_of(taken),
        capabilities=strength.evaluate(equipment, focus),
    )


def _supplies(
    stocks: Sequence[Holding], focus: frozenset[str], as_of_us: int
) -> list[AreaSupplies]:
    lines = _by_area(reserves.evaluate(stocks, reserves.by_focus(focus)))
    expiring = expiry.evaluate(stocks, as_of_us)
    return [
        AreaSupplies(
            admin_code=area,
            lines=lines[area],
            expiring_within_days=stocktake.EXPIRING_DAYS,
            expiring=expiring.get(area, [])[: expiry.MOST_LOTS],
            expiring_count=len(expiring.get(area, [])),
            warehouses=[tier for tier in tiers() if tier.admin_code == area],
        )
        for area in sorted(lines)
    ]


def _shelters(places: Sequence[Holding], focus: frozenset[str]) -> list[AreaShelters]:
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
