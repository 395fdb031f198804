"""Open needs against what there is: coverage, what could be used or lent, and what stays missing."""

from pipelines.needs import OpenNeed
from pipelines.planning import Planned
from pipelines.proposals import unmet
from yrd.situation.v1.aid_pb2 import NeedLine


def evaluate(whole: Planned) -> list[NeedLine]:
    """One line for each open need, most urgent first."""
    return [_line(whole, place, need) for place, need in enumerate(whole.needs)]


def _line(whole: Planned, place: int, need: OpenNeed) -> NeedLine:
    stated = need.need
    spare = {True: 0.0, False: 0.0}
    for supply in (whole.supplies[p] for p in whole.fitting(need)):
        spare[supply.owner == need.beneficiary] += supply.spare
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
        own_spare=spare[True],
        neighbor_spare=spare[False],
        shortage=unmet(whole, place),
        message_ids=[need.message_id],
    )
