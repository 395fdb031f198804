"""Every metric of every process, each with an example: what the page, the rules and the dashboard rest on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from prometheus_client import CollectorRegistry, Metric, ProcessCollector

from gateway.errors import MalformedRequest
from gateway.metrics import Outside, active, state
from gateway.replication.wrong import Kind
from gateway.server.tally import Tally
from integration.http.metrics import Meter as DoorMeter
from integration.kafka.metrics import Meter as BridgeMeter
from integration.page.metrics import PageMetrics
from integration.page.room import Room
from pipelines.running.metrics import Meter as PipelineMeter
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Header, Message, Mode
from yrd.situation.v1.situation_pb2 import ParticipantCoverage, SituationSummary

_ENDS = {"counter": "_total", "info": "_info", "gauge": "", "histogram": ""}


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as Prometheus knows it. `samples` are the names that a query may use."""

    name: str
    kind: str
    labels: Sequence[str]
    help: str
    samples: frozenset[str]


def described() -> Mapping[str, Sequence[Described]]:
    """Process → its metrics, in the order in which it tells them."""
    return {
        "gateway": _all(_gateway()),
        "pipeline": _all(_pipeline()),
        "page": _all(_page()),
        "http": _all(_door()),
        "bridge": _all(_bridge()),
    }


def system() -> Sequence[Described]:
    """What the system says of every process, on Linux."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return _all(registry.collect())


def _all(metrics: Iterable[Metric]) -> Sequence[Described]:
    return [_described(metric) for metric in metrics]


def _described(metric: Metric) -> Described:
    told = [sample for sample in metric.samples if not sample.name.endswith("_created")]
    labels = {label for sample in told for label in sample.labels} - {"le"}
    name = metric.name + _ENDS[metric.type]
    names = frozenset(sample.name for sample in told)
    return Described(name, metric.type, sorted(labels), metric.documentation, names)


def _gateway() -> Iterator[Metric]:
    yield active(serving=True)
    status = pb.GetStatusResponse(
        participant="310000",
        version="1",
        logs=[pb.LogStatus(log_origin="yrd/310000")],
        links=[pb.LinkStatus(participant="320000")],
    )
    kinds = dict.fromkeys(get_args(Kind), 0)
    yield from state(status, Outside(1.0, 0, 0, kinds, 1, 0.0))
    tally = Tally()
    tally.called("Publish", "OK", 0.1)
    tally.answered([MalformedRequest("")])
    tally.committed(0.1)
    yield from tally.collect()


def _pipeline() -> Iterator[Metric]:
    meter = PipelineMeter()
    meter.answered("durable")
    yield from meter.collect()


def _page() -> Iterator[Metric]:
    room = Room()
    header = Header(message_id="1", revision=1, mode=Mode.MODE_ACTUAL)
    summary = SituationSummary(scope="joint", coverage=[ParticipantCoverage(participant="310000")])
    room.desk.take([Message(header=header, situation_summary=summary)])
    yield from PageMetrics(room).collect()


def _door() -> Iterator[Metric]:
    meter = DoorMeter()
    meter.answered("GET", "/v1/messages", 200, 0.1)
    yield from meter.collect()


def _bridge() -> Iterator[Metric]:
    meter = BridgeMeter("bridge", "out")
    meter.moved(1, ["reason"])
    meter.waits()
    meter.behind_records(1)
    yield from meter.registry.collect()
