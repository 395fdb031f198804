"""From early warnings to an Alert: messages of one publication become infos of one alert."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from integration.cap import beside, kept, naming
from integration.cap.alert import Alert, Info, Named
from integration.cap.areas import cap_area
from integration.cap.drafting import Settings, drafts_of
from integration.cap.instants import in_beijing
from integration.cap.reading import read
from integration.cap.references import triple
from integration.cap.remarks import CapRefused, Fault, refusal
from integration.cap.writing import write
from integration.cap.xml import parse
from schemas.instants import is_time
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode
from yrd.warning.v1.warning_pb2 import (
    Certainty,
    EarlyWarning,
    Severity,
    Urgency,
    WarningAction,
    WarningColor,
)

RESTRICTION = "长三角应急信息交换各参与方 participants of the Yangtze Delta exchange"
_STATUSES = {Mode.MODE_ACTUAL: "Actual", Mode.MODE_EXERCISE: "Exercise", Mode.MODE_TEST: "Test"}
_TYPES = {
    WarningAction.WARNING_ACTION_ISSUE: "Alert",
    WarningAction.WARNING_ACTION_UPDATE: "Update",
    WarningAction.WARNING_ACTION_CANCEL: "Cancel",
}


def alert_of(drafts: Sequence[Draft]) -> Alert:
    """The alert of messages of one publication. Raises CapRefused.

    What CAP has no element for is in parameters `yrd:…`, so that reading it gives the same drafts.
    """
    alerts = [_alert(draft) for draft in drafts]
    if not alerts or any(replace(a, infos=()) != replace(alerts[0], infos=()) for a in alerts):
        raise refusal(
            "drafts",
            "cap.publication",
            "须同属一次发布 must be one or more of one publication: 分开 part them",
        )
    infos = tuple(info for alert in alerts for info in alert.infos)
    return replace(alerts[0], infos=infos)


def _alert(draft: Draft) -> Alert:
    if draft.WhichOneof("body") != "early_warning":
        raise refusal("body", "cap.type", "只有预警可作CAP only an early warning can be CAP")
    _require_stated(draft)
    plain, warning = _plain(draft), draft.early_warning
    main = beside.written(plain.infos[0], warning)
    others = tuple(beside.in_other_languages(main, warning))
    marked = replace(main, parameters=(*main.parameters, *kept.mark(draft)))
    alone, _ = read(parse(write(replace(plain, infos=(marked, *others)))))
    (read_back,) = drafts_of(alone, Settings(), {}).drafts
    parameters = (*main.parameters, *kept.differences(read_back, draft))
    return replace(plain, infos=(replace(main, parameters=parameters), *others))


def _require_stated(draft: Draft) -> None:
    """Raises CapRefused for a draft that the contract would refuse, too."""
    warning = draft.early_warning
    stated = {
        "header.mode": draft.header.mode in _STATUSES,
        "early_warning.action": warning.action in _TYPES,
        "early_warning.color": 0 < warning.color <= max(WarningColor.values()),
        "early_warning.urgency": warning.urgency in Urgency.values(),
        "early_warning.severity": warning.severity in Severity.values(),
        "early_warning.certainty": warning.certainty in Certainty.values(),
        "early_warning.event_type": bool(warning.event_type.scheme and warning.event_type.value),
        "early_warning.issue_time": is_time(warning.issue_time),
    }
    faults = [
        Fault(field, "cap.stated", "未写明或无此值 not stated, or no such value: 改正 correct it")
        for field, right in stated.items()
        if not right
    ]
    if faults:
        raise CapRefused(*faults)


def _plain(draft: Draft) -> Alert:
    header, warning = draft.header, draft.early_warning
    sent = _time(warning.issue_time)
    public = header.data_level == DataLevel.DATA_LEVEL_GENERAL_1
    return Alert(
        identifier=warning.identifier,
        sender=warning.identifier[:14],
        sent=sent,
        status=_STATUSES[header.mode],
        message_type=_TYPES[warning.action],
        scope="Public" if public else "Restricted",
        restriction="" if public else RESTRICTION,
        note=header.exercise_id,
        references=" ".join(triple(r, sent) for r in warning.references if r != warning.identifier),
        incidents=" ".join(header.incident_ids),
        infos=(_info(warning),),
    )


def _info(warning: EarlyWarning) -> Info:
    color = WarningColor.Name(warning.color).removeprefix("WARNING_COLOR_")
    code = warning.event_type.value
    return Info(
        categories=(naming.category(code),),
        event=naming.event_name(code, color),
        urgency=_word(Urgency.Name(warning.urgency)),
        severity=_word(Severity.Name(warning.severity)),
        certainty=_word(Certainty.Name(warning.certainty)),
        event_codes=(Named(warning.event_type.scheme, code),),
        onset=_time(warning.onset_time) if warning.HasField("onset_time") else None,
        expires=_time(warning.expire_time) if warning.HasField("expire_time") else None,
        sender_name=warning.issuer_name,
        headline=warning.headline,
        description=warning.description,
        instruction=warning.instruction,
        parameters=(Named(naming.COLOR, color),),
        areas=(cap_area(warning.area),),
    )


def _word(name: str) -> str:
    """The value of CAP for an enum value: what is not stated is Unknown."""
    word = name.partition("_")[2].capitalize()
    return "Unknown" if word == "Unspecified" else word


def _time(time: Timestamp) -> datetime:
    return in_beijing(Timestamp(seconds=time.seconds).ToDatetime(UTC))
