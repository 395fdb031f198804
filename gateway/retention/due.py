"""Which disclosures are due to be destroyed at an instant. Pure: no I/O, no clock.

Times are microseconds since 1970.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.retention.policy import Policy, Rule
from gateway.store.retained import Disclosed
from gateway.store.upkeep import Incident
from yrd.exchange.v1.message_pb2 import Leaf

INCIDENT = "yrd.incident.v1.IncidentReport"


class Item(NamedTuple):
    """One disclosure with what decides about it. `incidents` are entity ids."""

    offset: int
    sequence: int
    type: str
    group: str
    message_id: str
    incidents: frozenset[str]
    reported_us: int
    occurred_us: int


def item(held: Disclosed) -> Item:
    """Reads what decides from the entry's header."""
    header = Leaf.FromString(held.leaf).header
    own = [header.entity_id] if held.type == INCIDENT else []
    return Item(
        held.offset,
        held.sequence,
        held.type,
        held.group,
        header.message_id,
        frozenset([*header.incident_ids, *own]),
        header.reported_time.ToMicroseconds(),
        header.occurred_time.ToMicroseconds(),
    )


def closings(incidents: Iterable[Incident], own_log: str) -> dict[str, int]:
    """When each incident was told of last, for those that are closed or withdrawn.

    One's own log speaks for one's own incidents; of others, whoever tells of one must have closed it.
    An incident that no report here tells of is not closed: this gateway can't see that it is.
    """
    told: dict[str, list[Incident]] = {}
    for incident in incidents:
        told.setdefault(incident.entity_id, []).append(incident)
    closed: dict[str, int] = {}
    for entity_id, tellings in told.items():
        ours = [incident for incident in tellings if incident.log == own_log]
        if all(incident.ended for incident in ours or tellings):
            closed[entity_id] = max(incident.time_us for incident in ours or tellings)
    return closed


def due_rule(policy: Policy, found: Item, closed: Mapping[str, int], now_us: int) -> Rule | None:
    """The first rule by which a disclosure is due now; None if it is kept."""
    for rule in policy.rules_for(found.type, found.group):
        if rule.messages and found.message_id not in rule.messages:
            continue
        if rule.without_incident and found.incidents:
            continue
        over = _over_us(rule, found, closed)
        if over is not None and over <= now_us:
            return rule
    return None


def _over_us(rule: Rule, found: Item, closed: Mapping[str, int]) -> int | None:
    """When the term is over; None if that can't be said yet."""
    due = rule.due
    if due.incident_closed:
        if not found.incidents or not found.incidents <= closed.keys():
            return None
        return due.incident_closed.over_us(max(closed[name] for name in found.incidents))
    if due.reported:
        return due.reported.over_us(found.reported_us)
    return due.occurred.over_us(found.occurred_us) if due.occurred else None
