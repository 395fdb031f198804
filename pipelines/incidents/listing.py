"""What of joint incidents a summary lists: a flood of them must not make it too large to be published.

Totals are over all; what is left out is counted.
"""

from collections.abc import Iterable
from typing import TypeVar

from google.protobuf.message import Message

from pipelines.incidents.totals import totals
from yrd.situation.v1.incidents_pb2 import Cascade, Escalation
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary

INCIDENT_BYTES, CASCADE_BYTES, ESCALATION_BYTES = 300_000, 60_000, 20_000
"""Room for incidents, for cascades, and for escalations of each kind; a draft is a million bytes at most."""

Listed = TypeVar("Listed", bound=Message)


def add_incidents(
    summary: SituationSummary,
    joint: list[JointIncident],
    chains: list[Cascade],
    noticed: list[Escalation],
) -> None:
    """Incidents, cascades and escalations with their totals. Room is for the open and gravest first."""
    summary.totals.CopyFrom(totals(joint, chains))
    by_need = sorted(range(len(joint)), key=lambda i: (joint[i].closed, i))
    kept = within([(i, joint[i]) for i in by_need], INCIDENT_BYTES)
    summary.incidents.extend(incident for _, incident in sorted(kept, key=lambda k: k[0]))
    summary.cascades.extend(c for _, c in within(enumerate(chains), CASCADE_BYTES))
    by_kind: dict[int, list[Escalation]] = {}
    for escalation in noticed:
        by_kind.setdefault(int(escalation.kind), []).append(escalation)
    for kind in sorted(by_kind):
        summary.escalations.extend(e for _, e in within(enumerate(by_kind[kind]), ESCALATION_BYTES))
    summary.totals.incidents_left_out = len(joint) - len(summary.incidents)
    summary.totals.cascades_left_out = len(chains) - len(summary.cascades)
    summary.totals.escalations_left_out = len(noticed) - len(summary.escalations)


def within(items: Iterable[tuple[int, Listed]], room: int) -> list[tuple[int, Listed]]:
    """The first that fit in so many bytes; what is too large for all of it is passed over."""
    kept: list[tuple[int, Listed]] = []
    used = 0
    for number, item in items:
        size = item.ByteSize()
        if size > room:
            continue
        used += size
        if used > room:
            break
        kept.append((number, item))
    return kept
