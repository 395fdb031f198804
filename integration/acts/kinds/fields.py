"""Fields that several acts ask for."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from integration.acts.seam import Choice, Field, Role, Said
from pipelines.facts.scope import micros
from pipelines.words import EN, ZH
from yrd.common.v1.common_pb2 import Code, TransportMode

OFFICERS = frozenset((Role.DUTY_OFFICER,))
"""Who acts. An approver who also acts has both roles."""

NO_POST = Said(
    "请写值班岗位，如“市应急指挥中心值班长”", "name the duty post, such as “chief of the watch”"
)
POST_LABEL = Said("值班岗位", "Duty post")
POST_HELP = Said("写岗位，不写姓名", "the post, not a person's name")
TRANSPORT = {
    "": Said("未定", "not said"),
    "TRANSPORT_MODE_ROAD": Said("道路", "road"),
    "TRANSPORT_MODE_RAIL": Said("铁路", "rail"),
    "TRANSPORT_MODE_WATER": Said("水路", "water"),
    "TRANSPORT_MODE_AIR": Said("航空", "air"),
}

_MODES = {
    "TRANSPORT_MODE_ROAD": TransportMode.TRANSPORT_MODE_ROAD,
    "TRANSPORT_MODE_RAIL": TransportMode.TRANSPORT_MODE_RAIL,
    "TRANSPORT_MODE_WATER": TransportMode.TRANSPORT_MODE_WATER,
    "TRANSPORT_MODE_AIR": TransportMode.TRANSPORT_MODE_AIR,
}


def post() -> Field:
    """The duty post that acts."""
    return Field(
        name="post", kind="text", label=POST_LABEL, required=True, most=200, help=POST_HELP
    )


def office() -> Field:
    """Whom others call about it."""
    label = Said("联系单位", "Whom to call (office)")
    return Field(name="organization", kind="text", label=label, most=200)


def text(
    name: str, label: Said, value: str = "", most: int = 1000, *, required: bool = False
) -> Field:
    """Some lines of text."""
    return Field(name=name, kind="lines", label=label, value=value, required=required, most=most)


def choice(
    name: str, label: Said, choices: Mapping[str, Said], value: str = "", *, required: bool = False
) -> Field:
    """One of several."""
    listed = [Choice(key, said) for key, said in choices.items()]
    return Field(
        name=name, kind="choice", label=label, value=value, choices=listed, required=required
    )


def number(name: str, label: Said, value: float | None = None, help_: Said | None = None) -> Field:
    """A decimal number."""
    shown = "" if value is None else plain(value)
    return Field(name=name, kind="number", label=label, value=shown, help=help_, most=16)


def instant(name: str, label: Said, value: Timestamp | None = None) -> Field:
    """An instant; people see Beijing time."""
    return Field(name=name, kind="instant", label=label, value=rfc3339(value), most=40)


def check(name: str, label: Said, *, on: bool = False, help_: Said | None = None) -> Field:
    """Yes or no."""
    return Field(name=name, kind="check", label=label, value="true" if on else "", help=help_)


def plain(value: float) -> str:
    """A number as it is typed."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def rfc3339(time: Timestamp | None) -> str:
    """An instant as a field has it, to the second; empty for none."""
    return "" if time is None else Timestamp(seconds=micros(time) // 1_000_000).ToJsonString()


def stamp(at: datetime) -> Timestamp:
    """The other way."""
    made = Timestamp()
    made.FromDatetime(at)
    return made


def transport(name: str, label: Said) -> Field:
    """How it travels."""
    return choice(name, label, TRANSPORT)


def transport_mode(value: str) -> TransportMode:
    """What the field says; not stated for any other text."""
    return _MODES.get(value, TransportMode.TRANSPORT_MODE_UNSPECIFIED)


def ability(code: Code) -> Said:
    """A capability."""
    return Said(ZH.ability(code), EN.ability(code))


def joined(*parts: Said | str, between: str = "") -> Said:
    """Words in one."""
    both = [part if isinstance(part, Said) else Said(part, part) for part in parts]
    return Said(between.join(p.zh for p in both), between.join(p.en for p in both))


def listed(parts: Iterable[Said]) -> Said:
    """Words as a list."""
    found = list(parts)
    return Said("、".join(p.zh for p in found), ", ".join(p.en for p in found))
