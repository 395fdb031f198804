"""What later revisions of a warning, a reading or an earthquake report must not hide.

A bounded number of each: a warning's newest issue and newest update, a station's last readings and its last
one below every threshold, an earthquake's automatic parameters.
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
    """Slots of a warning."""
    action = _ACTIONS.get(message.early_warning.action)
    return ("",) if action is None else ("", action)


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
