"""What retention must know from the logs: how incidents stand, own notices, peers' confirmations. Pure."""

from collections.abc import Iterable

from google.protobuf.message import DecodeError

from gateway.log.checkpoint import log_origin
from gateway.retention.due import INCIDENT
from gateway.store.port import Entry
from gateway.store.upkeep import Confirmed, Findings, Incident
from schemas.instants import is_time
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.governance.v1.governance_pb2 import ErasureConfirmation, ErasureNotice
from yrd.incident.v1.incident_pb2 import IncidentReport, ReportKind

NOTICE = str(ErasureNotice.DESCRIPTOR.full_name)
CONFIRMATION = str(ErasureConfirmation.DESCRIPTOR.full_name)
TYPES = (INCIDENT, NOTICE, CONFIRMATION)

FUTURE_US = 86_400_000_000
"""How far ahead of ours a peer's clock may be."""

_ENDS = frozenset([ReportKind.REPORT_KIND_FINAL, ReportKind.REPORT_KIND_WITHDRAWAL])
_KINDS = frozenset(ReportKind.values())


def findings(participant: str, entries: Iterable[Entry], upto: int) -> Findings:
    """What entries of TYPES say, up to an offset. One that can't be read says nothing."""
    found = Findings(upto)
    for entry in entries:
        try:
            _add(found, participant, entry, Leaf.FromString(entry.leaf or b""))
        except (DecodeError, ValueError):  # a peer's, which nobody has opened yet
            continue
    return found


def _add(found: Findings, participant: str, entry: Entry, leaf: Leaf) -> None:
    own = entry.log == log_origin(participant)
    if entry.type == INCIDENT:
        found.incidents.append(_incident(entry, leaf))
    elif entry.type == NOTICE and own:
        found.notices.append((as_bytes(leaf.header.message_id), entry.offset))
    elif entry.type == CONFIRMATION and not own:
        body = ErasureConfirmation.FromString(leaf.core)
        if body.addressee == participant and log_origin(body.participant) == entry.log:
            found.confirmed.append(
                Confirmed(as_bytes(body.notice_id), body.participant, entry.offset)
            )


def _incident(entry: Entry, leaf: Leaf) -> Incident:
    """A correction says nothing about whether the incident is over, only that it was told of.

    Raises ValueError for a report that can't be right, such as one from the future.
    """
    header, kind = leaf.header, IncidentReport.FromString(leaf.core).kind
    if kind not in _KINDS or not is_time(header.reported_time):
        raise ValueError(f"a report of kind {kind} or of no time")
    reported = header.reported_time.ToMicroseconds()
    if not 0 <= reported <= entry.received_us + FUTURE_US:
        raise ValueError("a report of another time")
    told = kind != ReportKind.REPORT_KIND_CORRECTION
    revision = header.revision if told else 0
    return Incident(header.entity_id, entry.log, revision, kind in _ENDS, reported)
