"""What later revisions of a warning, a reading or an earthquake report must not hide.

A bounded number of each: a warning's first publication, newest issue and newest update, a station's last
readings and its last one below every threshold, an earthquake's automatic parameters.
"""

from collections.abc import Mapping, Sequence

from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import EarthquakeReportKind, Observation
from yrd.warning.v1.warning_pb2 import WarningAction

READINGS_KEPT = 8
"""Last readings of a station that are kept; their revisions count them."""

_ACTIONS: Mapping[int, str] = {
    WarningAction.WARNING_ACTION_ISSUE: "issue",
    WarningAction.WARNING_ACTION_UPDATE: "update",
}


def of_warning(message: Message) -> Sequence[str]:
    """Slots of a warning. The first publication says which other warnings it replaces."""
    if message.header.revision == 1:
        return "", "first"
    action = _ACTIONS.get(message.early_warning.action)
    return ("",) if action is None else ("", action)


def may_replace_others(message: Message) -> bool:
    """Whether it may name more than the publication before it of the same warning."""
    if not message.HasField("early_warning"):
        return False
    warning = message.early_warning
    named = {*warning.references} - {warning.identifier}
    return len(named) > 1 or (message.header.revision == 1 and bool(named))


def of_observation(message: Message) -> Sequence[str]:
    """Slots of a reading."""
    last = f"reading/{message.header.revision % READINGS_KEPT}"
    return ("", last) if passes(message.observation) else ("", last, "not passed")


def of_earthquake(message: Message) -> Sequence[str]:
    """Slots of an earthquake report."""
    automatic = EarthquakeReportKind.EARTHQUAKE_REPORT_KIND_AUTOMATIC
    return ("", "automatic") if message.earthquake_report.kind == automatic else ("",)


def passes(observation: Observation) -> bool:
    """Whether it has passed some threshold."""
    return any(threshold.passed for threshold in observation.thresholds)
