"""Whether an authority has closed its incident."""

from pipelines.facts.known import Known
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind

Reported = tuple[str, str]
"""Origin and entity id of an incident."""


def is_closed(known: Known, newest: Message) -> bool:
    """Whether that newest report stands behind a final one; a correction opens nothing again."""
    kind = newest.incident_report.kind
    if kind == ReportKind.REPORT_KIND_CORRECTION:
        return _reported(newest) in known.once("final reports", lambda: _finals(known))
    return kind == ReportKind.REPORT_KIND_FINAL


def _finals(known: Known) -> frozenset[Reported]:
    final = ReportKind.REPORT_KIND_FINAL
    kept = known.kept("incident_report")
    return frozenset(
        _reported(message) for message in kept if message.incident_report.kind == final
    )


def _reported(message: Message) -> Reported:
    return message.stamp.origin, message.header.entity_id
