"""What an info tells, as the body of an early warning."""

from typing import Any

from integration.cap import naming
from integration.cap.alert import Alert, Info, Named
from integration.cap.kept import PREFIX
from integration.cap.remarks import Kind, Remark, refusal
from schemas.codes.incidents import SCHEME, Color
from yrd.warning.v1.warning_pb2 import Certainty, EarlyWarning, Severity, Urgency, WarningColor


def fill(warning: EarlyWarning, alert: Alert, info: Info, remarks: list[Remark]) -> None:
    """Sets all but identifier, action, references, issue time and area. Raises CapRefused."""
    warning.event_type.scheme = SCHEME
    warning.event_type.value = _event_code(info, remarks)
    enums: Any = warning  # their stubs take no int
    enums.color = WarningColor.Value(f"WARNING_COLOR_{_color(info, remarks).color}")
    enums.urgency = Urgency.Value(f"URGENCY_{info.urgency.upper()}")
    enums.severity = Severity.Value(f"SEVERITY_{info.severity.upper()}")
    enums.certainty = Certainty.Value(f"CERTAINTY_{info.certainty.upper()}")
    if info.onset is not None:
        warning.onset_time.FromDatetime(info.onset)
    if info.expires is not None:
        warning.expire_time.FromDatetime(info.expires)
    warning.issuer_admin_code = alert.identifier[:6]
    _words(warning, alert, info, remarks)


def _words(warning: EarlyWarning, alert: Alert, info: Info, remarks: list[Remark]) -> None:
    warning.headline = info.headline
    if not info.headline:
        warning.headline = info.event
        _infer(remarks, "headline", "取自event taken from event")
    warning.issuer_name = info.sender_name
    if not info.sender_name:
        warning.issuer_name = alert.sender
        _infer(remarks, "senderName", "取自sender taken from sender")
    warning.description = info.description
    warning.instruction = info.instruction
    if not info.instruction and info.description and alert.message_type != "Cancel":
        if _kept(info, "early_warning.instruction"):
            return
        warning.instruction = info.description
        _infer(
            remarks,
            "instruction",
            "没有防御指南，照录description there is none: description is repeated",
        )


def _kept(info: Info, path: str) -> bool:
    return any(named.value_name == PREFIX + path for named in info.parameters)


def _event_code(info: Info, remarks: list[Remark]) -> str:
    for named in info.event_codes:
        if naming.scheme(named.value_name) == SCHEME and naming.is_event_code(named.value):
            if named.value_name != SCHEME:
                text = f"{named.value_name!r} 读作 read as {SCHEME!r}"
                remarks.append(Remark(Kind.LENIENT, "alert.info.eventCode.valueName", text))
            return named.value
    found = naming.event_code_of(info.event)
    if not found:
        raise refusal(
            "alert.info.eventCode",
            "code_table.warning_types",
            f"没有{SCHEME}代码，也认不出event {info.event[:40]!r} no code of {SCHEME}, nor a name "
            "of it: 给出 give valueName GB/T 35561, value 11B01",
        )
    _infer(remarks, "eventCode", f"按event名称定为 by the event's name: {found}")
    return found


def _color(info: Info, remarks: list[Remark]) -> Color:
    """What is stated; severity is another axis, and says nothing of it."""
    stated = [p for p in info.parameters if p.value_name.upper() == naming.COLOR]
    for parameter in stated:
        if found := naming.color_of(parameter.value):
            _require_one(stated, found)
            return found
    for path, text in (("event", info.event), ("headline", info.headline)):
        if not stated and (found := naming.color_in(text)):
            _infer(
                remarks,
                f"parameter {naming.COLOR}",
                f"颜色取自 colour taken from {path}: {found.name_zh}",
            )
            return found
    raise refusal(
        f"alert.info.parameter {naming.COLOR}",
        "cap.color",
        "没有预警颜色（红橙黄蓝），不由severity推定 no colour is stated, and severity "
        "says nothing of it: 给出 give RED, ORANGE, YELLOW or BLUE",
    )


def _require_one(stated: list[Named], found: Color) -> None:
    if any(naming.color_of(p.value) != found for p in stated):
        raise refusal(
            f"alert.info.parameter {naming.COLOR}",
            "cap.color",
            "给出几种颜色 several colours: 只留一种 give one",
        )


def _infer(remarks: list[Remark], element: str, text: str) -> None:
    remarks.append(Remark(Kind.INFERRED, f"alert.info.{element}", text))
