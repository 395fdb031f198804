"""One look as tables for people and as JSON for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from integration.doctor.finding import Finding, worst
from integration.doctor.showing import SIGNS, lines
from integration.doctor.showing import as_json as findings_json
from integration.glance.feed import Feed
from schemas.json_form import to_json
from yrd.exchange.v1.service_pb2 import GetStatusResponse

GIB = 1 << 30
MOST_PROPOSALS = 10


@dataclass(frozen=True, slots=True)
class Glance:
    """What was seen. `feed` is None, and `unread` says why, where messages may not be read."""

    status: GetStatusResponse
    findings: Sequence[Finding]
    feed: Feed | None
    unread: str = ""


def as_json(glance: Glance) -> dict[str, Any]:
    """The gateway's state as ProtoJSON, with what was made of it beside that."""
    told: dict[str, Any] = json.loads(to_json(glance.status))
    told |= findings_json(glance.findings)
    if glance.feed is not None:
        told["newest"] = [_dated(asdict(one), "time") for one in glance.feed.newest.values()]
        told["exercises"] = {name: at.isoformat() for name, at in glance.feed.exercises.items()}
        told["proposals"] = [_dated(asdict(one), "as_of") for one in glance.feed.proposals]
    return told


def _dated(row: dict[str, Any], name: str) -> dict[str, Any]:
    return row | {name: row[name].isoformat()}


def shown(glance: Glance, now: datetime) -> RenderableType:
    """Everything on one screen."""
    return Group(
        _head(glance),
        *(Text(line) for finding in glance.findings for line in lines(finding, "both")),
        _logs(glance, now),
        _links(glance.status, now),
        *map(Text, _proposals(glance)),
    )


def _head(glance: Glance) -> Text:
    status = glance.status
    sign = SIGNS[worst(glance.findings)]
    state = "接受消息 accepts messages" if status.accepting else "不接受 DOES NOT ACCEPT"
    told = [
        f"{status.participant} · version {status.version} · {state} · {sign.zh} {sign.en.upper()}",
        _mode(glance),
    ]
    around = []
    if status.HasField("certificate_end_time"):
        end = status.certificate_end_time.ToDatetime(UTC)
        around.append(f"证书至 certificate until {end:%Y-%m-%d}")
    if status.disk_total_bytes:
        free = status.disk_free_bytes
        around.append(
            f"磁盘可用 disk free {free / GIB:.1f} GiB ({free / status.disk_total_bytes:.0%})"
        )
    around.append(f"告警 alarms {len(status.alarms)}")
    if glance.feed is not None:
        around.append(f"建议 proposals {len(glance.feed.proposals)}")
    return Text("\n".join([*told, " · ".join(around)]))


def _mode(glance: Glance) -> str:
    if glance.feed is None:
        return f"模式 mode: ? ({glance.unread})"
    exercises = glance.feed.exercises
    if not exercises:
        return "模式 mode: 实战 ACTUAL"
    last = ", ".join(f"{name} ({at:%m-%d %H:%M:%SZ})" for name, at in exercises.items())
    return f"模式 mode: 演练 EXERCISE {last} · 与实战并行 beside what is actual"


def _logs(glance: Glance, now: datetime) -> Table:
    counts = "whole", "redacted", "withheld", "quarantined"
    table = Table("日志 log", "条 entries", *counts, "最新 newest", "root")
    newest = glance.feed.newest if glance.feed else {}
    for log in glance.status.logs:
        c, last = log.counts, newest.get(log.log_origin.removeprefix("yrd/"))
        numbers = (log.size, c.whole, c.redacted, c.withheld, c.quarantined)
        told = f"{ago(last.time, now)} {last.type.rpartition('.')[2]}" if last else "—"
        table.add_row(log.log_origin, *map(str, numbers), told, log.root_hash.hex()[:16])
    return table


def _links(status: GetStatusResponse, now: datetime) -> Table:
    table = Table(
        "对端 peer",
        "链路 link",
        "落后 behind",
        "已确认至 cosigned ours to",
        "最近 last heard",
    )
    for link in status.links:
        heard = link.last_heard_time.ToDatetime(UTC) if link.HasField("last_heard_time") else None
        table.add_row(
            link.participant,
            "通 up" if link.connected else "断 DOWN",
            str(link.remote_size - link.held_size),
            str(link.cosigned_size),
            ago(heard, now),
        )
    return table


def _proposals(glance: Glance) -> Iterator[str]:
    found = glance.feed.proposals if glance.feed else []
    for one in found[: -MOST_PROPOSALS - 1 : -1]:
        exercise = f"演练 EXERCISE {one.exercise} · " if one.exercise else ""
        yield (
            f"建议 proposal {exercise}{one.entity_id}: {one.lines} 项 lines for {one.beneficiary}, "
            f"{one.as_of:%Y-%m-%dT%H:%M:%SZ}"
        )
    if len(found) > MOST_PROPOSALS:
        yield f"… 另有 {len(found) - MOST_PROPOSALS} 项 more (--json)"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago, shortly."""
    if then is None:
        return "从未 never"
    seconds = max(0, round((now - then).total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} 前 ago"
    return f"{seconds} s 前 ago"
