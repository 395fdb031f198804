"""Requests of every call of a gateway, sent over the wire to one that runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from client import connect
from gateway.server.roles import NEEDS
from tests.fuzz.target import Target
from tests.support.builders import draft
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.running import free_port, running
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import Mode

OURS = "/yrd.exchange.v1."
SECONDS, STREAM_SECONDS = 4.0, 0.03
PLENTY = 1e9
LIMITS = {
    "heartbeat_seconds": 0.01,
    "calls_per_second": PLENTY,
    "peer_calls_per_second": PLENTY,
    "receipts_per_second": PLENTY,
    "messages_per_second": PLENTY,
    "streams": 1000,
    "peer_streams": 1000,
    "streams_in_all": 5000,
}
BROKEN = frozenset(
    {
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)
"""No request may be answered so."""
SHARE = 0.04


class BrokenCallError(Exception):
    """A gateway could not deal with a request."""


class Refused(Exception):  # it is what should happen
    """A gateway has refused a request."""


@contextmanager
def targets(materials: Materials, log: HandmadeLog, folder: Path) -> Iterator[list[Target]]:
    """One for each call that has a request to read."""
    peers = [materials.peer(log.participant, "127.0.0.1:1")]
    changes: dict[str, Any] = {"peers": peers, "limits": LIMITS, "check_processes": 0}
    config = materials.config("310000", free_port(), folder / "called", **changes)
    with (
        running(config, without=[log.participant]),
        connect(config.listen, *materials.system("310000")) as own,
        connect(config.listen, *materials.system(log.participant, "gateway")) as peer,
    ):
        samples = _samples(log)
        left_out = {method for method in NEEDS if method.startswith(OURS)} - samples.keys()
        assert left_out == NOTHING_TO_READ, left_out
        yield [
            _target(peer if NEEDS[method] == "peer" else own, method, requests)
            for method, requests in samples.items()
        ]


NOTHING_TO_READ = {f"{OURS}AdminService/GetStatus", f"{OURS}AdminService/Reload"}
"""Calls whose requests have no fields."""


def _samples(log: HandmadeLog) -> dict[str, list[Message]]:
    note, name = log.checkpoint(3), "01890a5d-ac96-774b-bcce-b302099a8057"
    filter_ = pb.Filter(
        types=["yrd.incident.v1.IncidentReport"], origins=["310000"], modes=[Mode.MODE_ACTUAL]
    )
    opened = pb.SubscribeOpen(cursor="c", filter=filter_, max_batch=10, until_caught_up=True)
    claim = pb.ReplicateOpen(log_origin="yrd/310000", takes_urgent=True)
    exchange, replication = f"{OURS}ExchangeService/", f"{OURS}ReplicationService/"
    admin, audit = f"{OURS}AdminService/", f"{OURS}AuditService/"
    return {
        f"{exchange}Publish": [pb.PublishRequest(drafts=[draft()])],
        f"{exchange}PublishStream": [pb.PublishStreamRequest(drafts=[draft()])],
        f"{exchange}Subscribe": [pb.SubscribeRequest(open=opened)],
        f"{exchange}Acknowledge": [pb.AcknowledgeRequest(cursor="c", offset=1)],
        f"{exchange}GetMessage": [pb.GetMessageRequest(message_id=name, origin="310000")],
        f"{exchange}ListMessages": [
            pb.ListMessagesRequest(page_size=10, page_token="MC5h", filter=filter_),
            pb.ListMessagesRequest(page_size=10, filter=filter_),
        ],
        f"{replication}Replicate": [
            pb.ReplicateRequest(open=claim),
            pb.ReplicateRequest(open=pb.ReplicateOpen(size=3, cosigned_checkpoint=note)),
        ],
        f"{replication}GetHolding": [pb.GetHoldingRequest(log_origin="yrd/320000")],
        f"{replication}Restore": [pb.RestoreRequest(log_origin="yrd/320000", start=1)],
        f"{replication}CompareCheckpoints": [pb.CompareCheckpointsRequest(checkpoints=[note])],
        f"{admin}RunRetention": [pb.RunRetentionRequest(dry_run=True)],
        f"{audit}GetEvidence": [pb.GetEvidenceRequest(message_id=name, origin="310000")],
        f"{audit}ListAlarms": [pb.ListAlarmsRequest(after=1, page_size=5, unsettled_only=True)],
        f"{audit}SettleAlarm": [pb.SettleAlarmRequest(number=1, note="查明")],
        f"{audit}ReportMissing": [
            pb.ReportMissingRequest(
                leaf=log.entries[0].leaf, proof=f"c2sp.org/tlog-proof@v1\n{note}"
            )
        ],
    }


def _target(channel: Any, method: str, requests: list[Message]) -> Target:
    streams = method.endswith(("Stream", "/Subscribe", "/Replicate"))
    many = streams or method.endswith("/Restore")
    call: Callable[..., Any]
    if streams:
        call = channel.stream_stream(method)
    else:
        call = channel.unary_stream(method) if many else channel.unary_unary(method)
    seconds = STREAM_SECONDS if many else SECONDS

    def decode(data: bytes) -> None:
        answer: Any = None
        try:
            answer = call(iter([data]) if streams else data, timeout=seconds)
            if many:
                next(answer, None)
        except grpc.RpcError as error:
            _judge(error, waits=many)
        finally:
            if many:
                answer.cancel()

    samples = [request.SerializeToString() for request in requests]
    return Target(f"call {method.rpartition('/')[2]}", decode, samples, (Refused,), SHARE)


def _judge(error: Any, *, waits: bool) -> None:
    """Raises Refused, or BrokenCallError for what no request may be answered with."""
    code = error.code()
    late = code is grpc.StatusCode.DEADLINE_EXCEEDED
    if late and waits:
        return  # the stream waits for more to come
    if late or code in BROKEN:
        raise BrokenCallError(f"{code.name}: {error.details()}") from None
    raise Refused
