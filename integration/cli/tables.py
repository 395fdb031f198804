"""Tables for people."""

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from integration.acted import in_short
from yrd.exchange.v1.message_pb2 import Message, Mode
from yrd.exchange.v1.service_pb2 import GetStatusResponse


def print_status(status: GetStatusResponse) -> None:
    """Logs and links of a gateway."""
    console = Console()
    state = "accepts messages" if status.accepting else f"DOES NOT ACCEPT: {status.problem}"
    console.print(f"{status.participant} · version {status.version} · {state}")
    for warning in status.warnings:
        console.print(f"[bold]WARNING[/bold] 注意 {escape(warning)}", highlight=False)
    logs = Table("log", "entries", "whole", "redacted", "withheld", "quarantined", "root")
    for log in status.logs:
        c = log.counts
        numbers = (log.size, c.whole, c.redacted, c.withheld, c.quarantined)
        logs.add_row(log.log_origin, *map(str, numbers), log.root_hash.hex()[:16])
    console.print(logs)
    links = Table("peer", "link", "behind", "has cosigned ours up to", "last heard", "problem")
    for link in status.links:
        heard = link.last_heard_time.ToDatetime(UTC) if link.HasField("last_heard_time") else None
        links.add_row(
            link.participant,
            "up" if link.connected else "DOWN",
            str(link.remote_size - link.held_size),
            str(link.cosigned_size),
            _ago(heard),
            link.problem,
        )
    console.print(links)
    for alarm in status.alarms:
        when = alarm.time.ToJsonString()
        console.print(
            f"告警 ALARM {alarm.number} {when} {alarm.kind}: {alarm.detail}", markup=False
        )


def _ago(heard: datetime | None) -> str:
    if heard is None:
        return "never"
    return f"{(datetime.now(UTC) - heard).total_seconds():.0f} s ago"


def line(message: Message) -> str:
    """A message in one line."""
    header, stamp = message.header, message.stamp
    absent = (
        f" without {', '.join(message.receipt.absent_groups)}"
        if message.receipt.absent_groups
        else ""
    )
    over = " 已过期 expired" if message.receipt.expired else ""
    acted = in_short(header) and f" {in_short(header)}"
    mode = Mode.Name(header.mode).removeprefix("MODE_")
    reported = header.reported_time.ToJsonString()
    return (
        f"{message.receipt.offset:>7} {stamp.origin:>6}/{stamp.sequence:<5} {mode:<8} {reported} "
        f"{message.WhichOneof('body')} {header.entity_id} r{header.revision} "
        f"{header.message_id}{absent}{over}{acted}"
    )
