"""Needs that nobody has stated but that follow from an incident's type and grade, by a table."""

from collections.abc import Iterator
from functools import cache

from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.incidents import incidents
from pipelines.incidents.nearness import FAMILY_LENGTH
from pipelines.supplies.resources import code_key
from pipelines.tabled import rows
from schemas.codes.tables import capability
from yrd.common.v1.common_pb2 import Code, Quantity
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentGrade
from yrd.resource.v1.resource_pb2 import Need
from yrd.situation.v1.situation_pb2 import JointIncident

SCHEME = "yrd-capability"
HOUR_US = 3_600_000_000
Stated = tuple[str, tuple[str, str]]
"""Incident and capability."""


def inferred(
    known: Known, as_of_us: int, stated: set[Stated]
) -> Iterator[tuple[JointIncident, Need]]:
    """Needs of open joint incidents whose capability no member and no request for one states."""
    began = {m.header.entity_id: _began_us(m) for m in known.current("incident_report")}
    for joint in incidents.evaluate(known):
        needs = () if joint.closed else _needs_of(joint)
        if not needs:
            continue
        names = {joint.joint_id, *(member.entity_id for member in joint.members)}
        hours = (as_of_us - min(began.get(name, as_of_us) for name in names)) / HOUR_US
        for needed, until in needs:
            key = code_key(needed.capability)
            if hours <= until and not any((name, key) in stated for name in names):
                yield joint, needed


def _began_us(message: Message) -> int:
    return micros(message.header.occurred_time)


def _needs_of(joint: JointIncident) -> tuple[tuple[Need, float], ...]:
    return _table().get((joint.primary_type.value[:FAMILY_LENGTH], joint.grade), ())


@cache
def _table() -> dict[tuple[str, int], tuple[tuple[Need, float], ...]]:
    """Type family and grade → needs, and for how many hours they are inferred."""
    found: dict[tuple[str, int], tuple[tuple[Need, float], ...]] = {}
    for row in rows("inferred_needs"):
        key = row["family"], int(IncidentGrade.Value(f"INCIDENT_GRADE_{row['grade']}"))
        found[key] = (*found.get(key, ()), (_need(row), float(row["hours"])))
    return found


def _need(row: dict[str, str]) -> Need:
    listed = capability(row["capability"])
    if listed is None:
        raise LookupError(f"inferred_needs.tsv: {row['capability']} is no capability")
    return Need(
        line_id=f"inferred/{row['capability']}",
        kind=f"RESOURCE_KIND_{listed.kind}",
        capability=Code(scheme=SCHEME, value=row["capability"]),
        quantity=Quantity(value=float(row["quantity"]), unit=row["unit"]),
        life_saving=row["life_saving"] == "yes",
    )
