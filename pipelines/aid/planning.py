"""The plan over all open needs of a scope: needs become demands, valid resources become supplies."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.aid.needs import OpenNeed, all_needs
from pipelines.aid.promises import held
from pipelines.allocation import Demand, Plan, Supply, allocate
from pipelines.allocation.market import Trade, trades
from pipelines.allocation.restrictions import Restriction, in_force
from pipelines.allocation.ways import End, usual_modes
from pipelines.allocation.whole_units import parts_missing
from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.nature import warnings
from pipelines.places.distance import position
from pipelines.supplies import resources, stocktake
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceStatus

MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Planned:
    """Needs, what is lent to them, and what that follows from: resources of kinds and units that are needed.

    `places` gives a need's place among the demands; needs from which nothing is missing have none. Outdated
    supplies are those whose stated validity is over: they serve nobody.
    """

    needs: list[OpenNeed]
    places: dict[int, int]
    demands: list[Demand]
    messages: list[Message]
    supplies: list[Supply]
    outdated_by_trade: dict[Trade, list[Supply]]
    restrictions: tuple[Restriction, ...]
    plan: Plan
    by_trade: dict[Trade, list[int]]
    first_user: dict[int, OpenNeed]
    """For each supply that is used the most urgent need that uses it."""

    def fitting(self, need: OpenNeed) -> list[int]:
        """Supplies of the need's kind, unit and capability, whoever has them."""
        return self.by_trade.get(trade_of(need), [])


def trade_of(need: OpenNeed) -> Trade:
    """What can serve it."""
    wanted = need.need
    return wanted.kind, wanted.quantity.unit, resources.code_key(wanted.capability)


def planned(known: Known, as_of_us: int) -> Planned:
    """The plan at an instant, made once."""
    return known.once(f"plan at {as_of_us}", lambda: _planned(known, as_of_us))


def _planned(known: Known, as_of_us: int) -> Planned:
    needs = all_needs(known)
    missing = [
        place
        for place, need in enumerate(needs)
        if parts_missing(need.missing, need.need.quantity.unit)
    ]
    demands = [_demand(needs[place], as_of_us) for place in missing]
    wanted = {trade_of(need)[:2] for need in needs}
    holdings = [h for h in stocktake.take(known, as_of_us) if _kind_and_unit(h.status) in wanted]
    holdings.sort(key=lambda holding: _entity(holding.message))
    counted = [(h.message, h.figures) for h in holdings if h.figures is not None]
    messages = [message for message, _ in counted]
    promised = held(known, holdings)
    supplies = [
        _supply(message, figures.available - promised.get(_entity(message), 0.0))
        for message, figures in counted
    ]
    outdated = [_supply(h.message, h.status.stock.available) for h in holdings if h.figures is None]
    restrictions = in_force(warnings.controls(known, as_of_us), warnings.warnings(known, as_of_us))
    plan = allocate(demands, supplies, restrictions)
    return Planned(
        needs,
        {need: place for place, need in enumerate(missing)},
        demands,
        messages,
        supplies,
        {trade: [outdated[p] for p in places] for trade, places in _by_trade(outdated).items()},
        restrictions,
        plan,
        _by_trade(supplies),
        {
            share.supply: needs[place]
            for demand, place in reversed(list(enumerate(missing)))
            for share in plan.of(demand)
        },
    )


def _by_trade(supplies: Iterable[Supply]) -> dict[Trade, list[int]]:
    """Places of supplies by what they can serve."""
    found: dict[Trade, list[int]] = {}
    for place, supply in enumerate(supplies):
        for trade in trades(supply):
            found.setdefault(trade, []).append(place)
    return found


def _kind_and_unit(status: ResourceStatus) -> tuple[int, str]:
    return status.kind, status.stock.unit


def _entity(message: Message) -> tuple[str, str]:
    return message.stamp.origin, message.header.entity_id


def _demand(need: OpenNeed, as_of_us: int) -> Demand:
    wanted = need.need
    by = (micros(wanted.needed_by_time) - as_of_us) / MINUTE_US
    return Demand(
        need.beneficiary,
        wanted.kind,
        resources.code_key(wanted.capability),
        wanted.quantity.unit,
        need.missing,
        wanted.life_saving and not need.is_inferred,
        end(need.place),
        by if wanted.HasField("needed_by_time") else None,
        frozenset(refusal.participant for refusal in need.refusals),
    )


def _supply(message: Message, available: float) -> Supply:
    status = message.resource_status
    kept = status.stock.minimum_kept
    return Supply(
        _entity(message),
        status.kind,
        frozenset(resources.code_key(code) for code in status.capabilities),
        status.stock.unit,
        max(0.0, available - kept),
        min(available, kept),
        status.mobilize_minutes,
        frozenset(status.transport_modes) or usual_modes(status.kind),
        end(status.place),
    )


def end(place: Place) -> End:
    """A place as the end of a way."""
    return End(place.admin_code, position(place))
