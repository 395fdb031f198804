"""What stands in the way of help today: reach, controls in force, and weather, by means of transport."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pipelines.tabled import rows
from yrd.common.v1.common_pb2 import Area, TransportMode
from yrd.coordination.v1.coordination_pb2 import ControlKind
from yrd.situation.v1.situation_pb2 import ActiveControl, ActiveWarning
from yrd.warning.v1.warning_pb2 import WarningColor

MODES = (
    TransportMode.TRANSPORT_MODE_ROAD,
    TransportMode.TRANSPORT_MODE_RAIL,
    TransportMode.TRANSPORT_MODE_WATER,
    TransportMode.TRANSPORT_MODE_AIR,
)
"""In the order in which the first of equals is taken."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One means of transport, stopped or slowed for ways that begin or end in an area.

    `source_id` is the entity id of the control or warning, empty for what a table says for good.
    """

    mode: int
    stops: bool
    factor: float
    extra_minutes: float
    area: Area
    name_zh: str
    name_en: str
    source_id: str = ""
    message_id: str = ""


def in_force(
    controls: Iterable[ActiveControl], warnings: Iterable[ActiveWarning]
) -> tuple[Restriction, ...]:
    """All restrictions, in a fixed order."""
    found = [*_reach(), *_closures(controls), *_weather(warnings)]
    return tuple(sorted(found, key=lambda r: (r.source_id, r.mode, r.name_zh, r.message_id)))


def mode_of(name: str) -> int:
    """A means of transport by its name in the tables."""
    return int(TransportMode.Value(f"TRANSPORT_MODE_{name}"))


@cache
def _reach() -> tuple[Restriction, ...]:
    return tuple(
        Restriction(
            mode_of(row["mode"]),
            True,
            1.0,
            0.0,
            Area(admin_codes=[row["area"].ljust(6, "0")]),
            f"{row['name']}无此通道",
            f"no such way to {row['name']}",
        )
        for row in rows("transport_reach")
    )


def _closures(controls: Iterable[ActiveControl]) -> Iterator[Restriction]:
    for control in controls:
        named = "yes" if control.object_name else "no"
        kind = ControlKind.Name(control.kind).removeprefix("CONTROL_KIND_")
        for row in rows("transport_closures"):
            if (row["control"], row["named"]) == (kind, named) and not control.hazmat_only:
                yield Restriction(
                    mode_of(row["mode"]),
                    row["effect"] == "stop",
                    float(row["factor"]),
                    float(row["extra_minutes"]),
                    control.area,
                    f"管控“{control.object_name or control.entity_id}”",
                    f"the control of {control.object_name or control.entity_id}",
                    control.entity_id,
                    control.message_ids[0],
                )


def _weather(warnings: Iterable[ActiveWarning]) -> Iterator[Restriction]:
    for warning in warnings:
        for row in _rows_for(warning.event_type.value, warning.color):
            yield Restriction(
                mode_of(row["mode"]),
                row["effect"] == "stop",
                float(row["factor"]),
                0.0,
                warning.area,
                f"预警“{warning.headline or warning.identifier}”",
                f"the warning {warning.headline or warning.identifier}",
                warning.entity_id,
                warning.message_ids[0],
            )


@cache
def _rows_for(event: str, color: int) -> tuple[dict[str, str], ...]:
    """For each mode the row of the gravest colour that this colour reaches (red is 1)."""
    found: dict[str, tuple[int, dict[str, str]]] = {}
    for row in rows("transport_weather"):
        at = int(WarningColor.Value(f"WARNING_COLOR_{row['color']}"))
        if row["event"] == event and 0 < color <= at:
            known = found.get(row["mode"])
            if known is None or at < known[0]:
                found[row["mode"]] = (at, row)
    return tuple(row for _, row in found.values())
