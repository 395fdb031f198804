"""From an Alert to drafts of early warnings: one for each part of each info in the main language."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from integration.cap import beside, kept
from integration.cap.alert import Alert
from integration.cap.areas import Part, parts_of
from integration.cap.content import fill
from integration.cap.instants import write
from integration.cap.languages import Told, told
from integration.cap.references import IDENTIFIER
from integration.cap.remarks import CapRefused, Fault, Kind, Remark, refusal
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode, Priority
from yrd.warning.v1.warning_pb2 import WarningAction, WarningColor

MOST_DRAFTS = 100
_EXERCISE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_ENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)
_MODES = {"Actual": Mode.MODE_ACTUAL, "Exercise": Mode.MODE_EXERCISE, "Test": Mode.MODE_TEST}
_ACTIONS = {
    "Alert": WarningAction.WARNING_ACTION_ISSUE,
    "Update": WarningAction.WARNING_ACTION_UPDATE,
    "Cancel": WarningAction.WARNING_ACTION_CANCEL,
}
_LEVELS = {
    "Public": DataLevel.DATA_LEVEL_GENERAL_1,
    "Restricted": DataLevel.DATA_LEVEL_GENERAL_2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an alert does not say: data level (None: by its scope), name of an exercise without one."""

    data_level: DataLevel | None = None
    exercise_id: str = ""


class Standing(NamedTuple):
    """Which warning a publication belongs to, and as which revision."""

    entity_id: str
    revision: int


Known = Mapping[str, Standing]
"""Earlier publications by identifier."""


class Drafted(NamedTuple):
    """Drafts of an alert, and what is to be said about them."""

    drafts: list[Draft]
    remarks: list[Remark]


def drafts_of(alert: Alert, settings: Settings, known: Known) -> Drafted:
    """The drafts, in order. Raises CapRefused. The same alert, settings and standings give the same."""
    _require_publishable(alert)
    remarks: list[Remark] = []
    references = _references(alert, remarks)
    standing = _standing(alert, references, known)
    drafts: list[Draft] = []
    heads = told(alert.infos)
    _require_few(len(heads))
    for each in heads:
        parts = parts_of(each.info, remarks)
        _require_few(len(drafts) + len(parts))
        for part in parts:
            draft = _draft(alert, settings, standing, len(drafts))
            draft.early_warning.references.extend(references)
            _add(draft, alert, each, part, remarks)
            drafts.append(draft)
    return Drafted(drafts, remarks)


def _require_few(count: int) -> None:
    """Raises CapRefused before more are made than are taken."""
    if count > MOST_DRAFTS:
        raise refusal(
            "alert.info", "cap.parts", f"分成{count}条 drafts, at most {MOST_DRAFTS}: 拆分 split it"
        )


def _require_publishable(alert: Alert) -> None:
    faults = []
    if alert.status not in _MODES:
        remedy = f"{alert.status} 不是可交换的状态 is not exchanged: 用 use Actual, Exercise, Test"
        faults.append(Fault("alert.status", "cap.status", remedy))
    if alert.message_type not in _ACTIONS:
        remedy = f"{alert.message_type} 不是预警 is no warning: 用 use Alert, Update, Cancel"
        faults.append(Fault("alert.msgType", "cap.message_type", remedy))
    if alert.scope == "Private":
        remedy = (
            "Private只给addresses所列者，本系统按共享协议分发；改scope或另行送达 is for its addresses alone, "
            "and the exchange shares by agreements: change scope, or deliver it another way"
        )
        faults.append(Fault("alert.scope", "cap.scope", remedy))
    if not IDENTIFIER.fullmatch(alert.identifier):
        remedy = (
            f"{alert.identifier[:60]!r}: 须为29位（或31位带序号）预警信息标识 must be 14 digits, an "
            "underscore and 14 digits of Beijing time, with _N behind if there is a serial"
        )
        faults.append(Fault("alert.identifier", "warning.identifier", remedy))
    if not alert.infos:
        faults.append(
            Fault("alert.info", "cap.required", "没有内容 there is none: 给出一个 give one")
        )
    if faults:
        raise CapRefused(*faults)


def _references(alert: Alert, remarks: list[Remark]) -> list[str]:
    """Identifiers of what the alert replaces, without itself in a first issue."""
    found: list[str] = []
    for token in alert.references.split():
        parts = token.split(",")
        if len(parts) != 3:
            text = f"{token[:80]!r} 不是三元组 is no sender,identifier,sent"
            remarks.append(Remark(Kind.LENIENT, "alert.references", text))
        identifier = parts[1] if len(parts) > 1 else parts[0]
        if identifier == alert.identifier and alert.message_type == "Alert":
            text = "首次发布引用自身，视为无引用 a first issue that names itself: taken as none"
            remarks.append(Remark(Kind.LENIENT, "alert.references", text))
        elif IDENTIFIER.fullmatch(identifier) and identifier not in found:
            found.append(identifier)
    return found


def _standing(alert: Alert, references: list[str], known: Known) -> Standing:
    """That of the same publication; else the next of the newest that it replaces; else a first."""
    if alert.identifier in known:
        return known[alert.identifier]
    before = [known[r] for r in references if r in known]
    if before:
        newest = max(before, key=lambda standing: standing.revision)
        return Standing(newest.entity_id, newest.revision + 1)
    first = references[0] if references else alert.identifier
    return Standing(f"{alert.identifier[:2]}0000/warning/{first}", 1 + len(references))


def _draft(alert: Alert, settings: Settings, standing: Standing, number: int) -> Draft:
    draft = Draft()
    header = draft.header
    header.message_id = _message_id(alert, number)
    header.entity_id = standing.entity_id + (f":{number + 1}" if number else "")
    header.revision = standing.revision
    header.mode = _MODES[alert.status]
    if header.mode == Mode.MODE_EXERCISE:
        header.exercise_id = _exercise(alert, settings)
    for time in (header.occurred_time, header.reported_time):
        time.FromDatetime(alert.sent)
    header.data_level = settings.data_level or _LEVELS[alert.scope]
    for incident in dict.fromkeys(alert.incidents.split()):
        if _ENTITY.fullmatch(incident) and len(header.incident_ids) < 50:
            header.incident_ids.append(incident)
    draft.early_warning.identifier = alert.identifier
    draft.early_warning.action = _ACTIONS[alert.message_type]
    draft.early_warning.issue_time.FromDatetime(alert.sent)
    return draft


def _message_id(alert: Alert, number: int) -> str:
    """The same for the same sender, identifier and sent: so each is published once."""
    said = "\0".join(("cap", alert.sender, alert.identifier, write(alert.sent), str(number)))
    milliseconds = max(0, int(alert.sent.timestamp() * 1000))
    return message_ids.derived(milliseconds, hashlib.sha256(said.encode()).digest())


def _exercise(alert: Alert, settings: Settings) -> str:
    if _EXERCISE.fullmatch(alert.note):
        return alert.note
    if not settings.exercise_id:
        remedy = (
            "演练须有名称：在note写明，或用--exercise an exercise needs its name: letters and digits in "
            "note, or --exercise"
        )
        raise refusal("alert.note", "header.exercise_id", remedy)
    return settings.exercise_id


def _add(draft: Draft, alert: Alert, each: Told, part: Part, remarks: list[Remark]) -> None:
    fill(draft.early_warning, alert, each.info, remarks)
    draft.early_warning.area.CopyFrom(part.area)
    beside.fill(draft.early_warning, alert, each)
    _expire(draft, alert.sent, each.info.expires, remarks)
    draft.header.priority = _priority(draft)
    kept.apply(draft, each.info.parameters)


def _expire(draft: Draft, sent: datetime, expires: datetime | None, remarks: list[Remark]) -> None:
    if expires is None:
        return
    if expires < sent:
        text = "早于sent，消息不设失效时间 before sent: the message has no end"
        remarks.append(Remark(Kind.LENIENT, "alert.info.expires", text))
        return
    draft.header.expire_time.FromDatetime(expires)


def _priority(draft: Draft) -> Priority:
    """How urgent the exchange of it is: red first, what is lifted last."""
    if draft.early_warning.action == WarningAction.WARNING_ACTION_CANCEL:
        return Priority.PRIORITY_ROUTINE
    if draft.early_warning.color == WarningColor.WARNING_COLOR_RED:
        return Priority.PRIORITY_LIFE_SAFETY
    return Priority.PRIORITY_URGENT
