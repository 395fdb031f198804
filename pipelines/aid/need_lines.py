"""Open needs against what there is: coverage, what could be used or lent, and what stays missing."""

from pipelines.aid.needs import OpenNeed
from pipelines.aid.planning import Planned, trade_of
from pipelines.aid.proposals import unmet
from pipelines.allocation.market import Trade
from yrd.situation.v1.aid_pb2 import NeedLine


def evaluate(whole: Planned) -> list[NeedLine]:
    """One line for each open need, most urgent first."""
    spare: dict[Trade, dict[str, float]] = {}
    return [_line(whole, place, need, spare) for place, need in enumerate(whole.needs)]


def _spare_of(whole: Planned, need: OpenNeed) -> dict[str, float]:
    """What each owner could spare of what fits."""
    found: dict[str, float] = {}
    for supply in (whole.supplies[place] for place in whole.fitting(need)):
        found[supply.owner] = found.get(supply.owner, 0.0) + supply.spare
    return found


def _line(
    whole: Planned, place: int, need: OpenNeed, known_spare: dict[Trade, dict[str, float]]
) -> NeedLine:
    stated, trade = need.need, trade_of(need)
    if trade not in known_spare:
        known_spare[trade] = _spare_of(whole, need)
    spare = known_spare[trade]
    return NeedLine(
        source_id=need.source_id,
        line_id=stated.line_id,
        incident_id=need.incident_id,
        beneficiary=need.beneficiary,
        kind=stated.kind,
        capability=stated.capability,
        wanted=stated.quantity,
        needed_by_time=stated.needed_by_time if stated.HasField("needed_by_time") else None,
        life_saving=stated.life_saving,
        inferred=need.is_inferred,
        covered=need.offered,
        own_spare=spare.get(need.beneficiary, 0.0),
        neighbor_spare=sum(value for owner, value in spare.items() if owner != need.beneficiary),
        shortage=unmet(whole, place),
        message_ids=[need.message_id],
    )
