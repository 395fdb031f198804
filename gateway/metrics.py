"""What Prometheus reads of a gateway: the counters, and its state as it is when it is asked.

Every label has few values: participants, dispositions, kinds of alarms, methods, reasons; none is of anyone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily as Counts
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import InfoMetricFamily as Info
from prometheus_client.registry import Collector

from gateway.backup import book
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin
from gateway.parts import Parts
from gateway.replication.wrong import Kind
from gateway.store.opening import FILE, is_file
from yrd.exchange.v1 import service_pb2 as pb


@dataclass(frozen=True, slots=True)
class Outside:
    """What a gateway's answer to GetStatus does not say. Times are seconds since 1970."""

    revocations_due: float | None
    """When the list of revocations should have a successor; None without one."""
    open_calls: int
    cut_off: int
    alarms: Mapping[str, int]
    """Unsettled ones by kind."""
    store_bytes: int | None
    """None if it is a database elsewhere."""
    backup: float
    """When the newest backup was made; 0: none was."""


class GatewayMetrics(Collector):
    """Collects from the gateway that runs now. While none does, this is a standby: it is not active."""

    def __init__(self, config: GatewayConfig) -> None:
        self._config = config
        self._parts: Parts | None = None

    def begins(self, parts: Parts) -> None:
        """A gateway is about to serve."""
        self._parts = parts

    def ends(self) -> None:
        """It has ended."""
        self._parts = None

    def describe(self) -> Sequence[Metric]:
        """Nothing needs to be known before."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All of it. In the thread of whoever asks."""
        parts = self._parts
        yield active(parts is not None)
        if parts is None:
            return
        yield from state(parts.status(), outside(parts, self._config))
        yield from parts.tally.collect()


def active(serving: bool) -> Metric:
    """Whether it has the store."""
    text = "1 if it has the store, 0 while it is the standby of another."
    return Gauge("yrd_gateway_active", text, value=float(serving))


def outside(parts: Parts, config: GatewayConfig) -> Outside:
    """Looks."""
    due, folder = parts.credentials.files.next_update, config.data_dir
    kinds = [alarm.kind for alarm in parts.alarms.unsettled]
    return Outside(
        due.timestamp() if due else None,
        len(parts.calls),
        parts.calls.cut_off,
        {kind: kinds.count(kind) for kind in get_args(Kind)},
        _bytes(folder) if is_file(config.store) else None,
        max((made.made_time.timestamp() for made in book.read(folder)), default=0.0),
    )


def _bytes(folder: Path) -> int:
    """Of the store's file and what SQLite keeps beside it; those may go at any time."""
    found = 0
    for path in (folder / FILE, folder / f"{FILE}-wal"):
        if path.exists():
            found += path.stat().st_size
    return found


def state(status: pb.GetStatusResponse, beside: Outside) -> Iterator[Metric]:
    """The state as metrics. Pure."""
    yield Info(
        "yrd_gateway",
        "Which gateway this is.",
        value={"participant": status.participant, "version": status.version},
    )
    yield Gauge(
        "yrd_gateway_accepting",
        "1 if it accepts messages; 0 if not, `yrd status` says why.",
        value=float(status.accepting),
    )
    yield Gauge(
        "yrd_gateway_warnings",
        "Warnings of `yrd status`, each with its remedy.",
        value=len(status.warnings),
    )
    yield Counts(
        "yrd_gateway_offset",
        "Entries of all logs that it has received, its own included.",
        value=status.last_offset,
    )
    yield from _logs(status)
    yield from _links(status)
    yield Gauge(
        "yrd_gateway_certificate_end_timestamp_seconds",
        "When its own certificate ends.",
        value=status.certificate_end_time.seconds,
    )
    free, whole = status.disk_free_bytes, status.disk_total_bytes
    yield Gauge("yrd_gateway_disk_free_bytes", "Free where its data folder is.", value=free)
    yield Gauge("yrd_gateway_disk_size_bytes", "Size of that file system.", value=whole)
    yield from _beside(beside)


def _logs(status: pb.GetStatusResponse) -> Iterator[Metric]:
    entries = Counts(
        "yrd_gateway_entries",
        "Entries of each log by how they stand here.",
        labels=["log", "disposition"],
    )
    for log in status.logs:
        for name in ("whole", "redacted", "withheld", "quarantined"):
            entries.add_metric([log.log_origin, name], getattr(log.counts, name))
    yield entries


def _links(status: pb.GetStatusResponse) -> Iterator[Metric]:
    connected = _by_peer("connected", "1 if the peer's log is being followed.")
    behind = _by_peer("behind_entries", "Entries that the peer has and that are not here yet.")
    unreceipted = _by_peer("unreceipted_entries", "Own entries without the peer's receipt.")
    heard = _by_peer("last_heard_timestamp_seconds", "When the peer was heard last; 0: never.")
    own = log_origin(status.participant)
    size = {log.log_origin: log.size for log in status.logs}.get(own, 0)
    for link in status.links:
        peer = [link.participant]
        connected.add_metric(peer, float(link.connected))
        behind.add_metric(peer, link.remote_size - link.held_size)
        unreceipted.add_metric(peer, max(0, size - link.cosigned_size))
        heard.add_metric(peer, link.last_heard_time.ToNanoseconds() / 1e9)
    yield from (connected, behind, unreceipted, heard)


def _by_peer(name: str, text: str) -> Gauge:
    return Gauge(f"yrd_gateway_link_{name}", text, labels=["peer"])


def _beside(beside: Outside) -> Iterator[Metric]:
    alarms = Gauge(
        "yrd_gateway_alarms", "Unsettled alarms by kind (`yrd alarms`).", labels=["kind"]
    )
    for kind, count in beside.alarms.items():
        alarms.add_metric([kind], count)
    yield alarms
    yield Gauge("yrd_gateway_open_calls", "Calls that are open now.", value=beside.open_calls)
    yield Counts(
        "yrd_gateway_cut_off_calls",
        "Calls that were ended for being slow, idle or no longer allowed.",
        value=beside.cut_off,
    )
    if beside.revocations_due is not None:
        yield Gauge(
            "yrd_gateway_revocations_due_timestamp_seconds",
            "When the list of revocations is due to be renewed; absent without a list.",
            value=beside.revocations_due,
        )
    yield Gauge(
        "yrd_gateway_backup_timestamp_seconds",
        "When the newest backup was made (`yrd backup`); 0: never.",
        value=beside.backup,
    )
    if beside.store_bytes is not None:
        yield Gauge(
            "yrd_gateway_store_bytes",
            "Size of the store with its journal; absent where it is a database.",
            value=beside.store_bytes,
        )
