"""Controls (管控措施) as an iCalendar (RFC 5545) that a duty officer's calendar subscribes to."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from icalendar import Calendar, Event

from schemas.codes.admin import admin
from yrd.coordination.v1.coordination_pb2 import ControlKind, ControlMeasure
from yrd.exchange.v1.message_pb2 import Message, Mode

MEDIA_TYPE = "text/calendar; charset=utf-8"
TYPE = "yrd.coordination.v1.ControlMeasure"
KINDS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        ControlKind.CONTROL_KIND_ROAD: ("道路管控", "Road control"),
        ControlKind.CONTROL_KIND_WATER: ("水路管控", "Waterway control"),
        ControlKind.CONTROL_KIND_AIR: ("空域管控", "Airspace control"),
        ControlKind.CONTROL_KIND_RAIL: ("铁路管控", "Railway control"),
        ControlKind.CONTROL_KIND_AREA: ("区域封控", "Area closed"),
        ControlKind.CONTROL_KIND_SPECIAL_PERIOD: ("特殊时期管控", "Special period"),
    }
)
_UNKNOWN = ("管控", "Control")
MARKS: Mapping[int, str] = MappingProxyType(
    {Mode.MODE_EXERCISE: "【演练】", Mode.MODE_TEST: "【测试】"}
)
AGAIN = timedelta(minutes=15)
"""How often a calendar should look."""


def calendar(messages: Collection[Message], now: datetime) -> bytes:
    """The calendar. A control that was lifted stays in it as cancelled, so that subscribers learn of it."""
    found = Calendar()
    found.add("prodid", "-//yangtze-delta-exchange//controls//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", "长三角管控措施 Controls")
    found.add("refresh-interval", AGAIN)
    for message in messages:
        found.add_component(_event(message, now))
    made: bytes = found.to_ical()
    return made


def _event(message: Message, now: datetime) -> Event:
    control, head, event = message.control_measure, message.header, Event()
    event.add("uid", f"{head.entity_id}@{message.stamp.origin}.yrd")
    event.add("sequence", head.revision - 1)
    event.add("dtstamp", _instant(message.stamp.sealed_time))
    event.add("dtstart", _instant(control.start_time))
    if control.HasField("end_time"):
        event.add("dtend", _instant(control.end_time))
    event.add("status", "CANCELLED" if _is_over(message, now) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("summary", _summary(message))
    event.add("description", _description(control))
    event.add("location", "、".join(map(_named, control.area.admin_codes)))
    event.add("categories", list(KINDS.get(control.kind, _UNKNOWN)))
    return event


def _is_over(message: Message, now: datetime) -> bool:
    """Lifted before its end; one that ran to its end was no mistake."""
    head = message.header
    expired = head.HasField("expire_time") and _instant(head.expire_time) <= now
    return message.control_measure.lifted or expired


def _summary(message: Message) -> str:
    control = message.control_measure
    zh, en = KINDS.get(control.kind, _UNKNOWN)
    goods = "（仅危险品车辆 hazmat only）" if control.hazmat_only else ""
    lifted = "已解除 lifted: " if control.lifted else ""
    mark = MARKS.get(message.header.mode, "")
    return f"{mark}{lifted}{zh} {en} {control.object_name}".rstrip() + goods


def _description(control: ControlMeasure) -> str:
    end = "" if control.HasField("end_time") else "\n结束时间未定 end not known"
    return f"{control.reason}\n发布单位 issued by: {control.issuer_name}{end}"


def _named(code: str) -> str:
    area = admin(code)
    return f"{area.name} {code}" if area else code


def _instant(time: Any) -> datetime:
    """RFC 5545 has whole seconds."""
    found: datetime = time.ToDatetime(tzinfo=UTC)
    return found.replace(microsecond=0)
