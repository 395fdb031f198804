"""Supplies, shelters, bases, experts and equipment of one scope at an instant, by area."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pipelines.facts.known import Known
from pipelines.places.areas import in_focus
from pipelines.supplies import cover, reserves, shelters, stocktake, strength
from pipelines.supplies.bases import Bases
from pipelines.supplies.expiry import Expiry
from pipelines.supplies.following import Followed, follow
from pipelines.supplies.shelters import Crowded
from pipelines.supplies.warehouses import tiers
from yrd.situation.v1.incidents_pb2 import Cascade
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary


def fill(
    summary: SituationSummary,
    known: Known,
    as_of_us: int,
    joint: Sequence[JointIncident],
    chains: Sequence[Cascade],
) -> None:
    """Puts them into a summary. `joint` are its incidents, `chains` what brought what about.

    What follows from resources alone follows them from step to step.
    """

    def followed(name: str, begin: Callable[[], Followed]) -> Followed:
        return follow(known, as_of_us, name, begin)

    focus = in_focus(joint)
    edges = [(link.cause_id, link.effect_id) for c in chains for link in c.links]
    stocks = followed("stocks", cover.rollup).sums()
    lasting = _by_area(cover.lines(stocks, joint, edges))
    stored = _by_area(followed("reserves", reserves.rollup).lines(focus))
    expiring = followed("expiry", Expiry)
    for area in sorted(stored):
        expiring_there = expiring.of(area, as_of_us)
        summary.supplies.add(
            admin_code=area,
            lines=stored[area],
            expiring_within_days=stocktake.EXPIRING_DAYS,
            expiring=expiring_there.lots,
            expiring_count=expiring_there.of,
            warehouses=[tier for tier in tiers() if tier.admin_code == area],
            cover=lasting.get(area, ()),
        )
    crowded = followed("crowded shelters", Crowded)
    for area, lines in sorted(_by_area(followed("shelters", shelters.rollup).lines(focus)).items()):
        summary.shelters.add(admin_code=area, lines=lines, over_full=crowded.of(area))
    summary.bases.extend(followed("bases", Bases).reach(joint))
    summary.capabilities.extend(followed("strength", strength.rollup).lines(focus))


def _by_area(lines: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in lines:
        found.setdefault(line.admin_code, []).append(line)
    return found
