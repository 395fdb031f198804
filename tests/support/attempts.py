"""Every call of a gateway as a peer could make it who is after what it was not given."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import grpc
from google.protobuf.message import Message
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from tests.support.builders import draft
from tests.support.wire import REPLICATE
from yrd.exchange.v1 import service_pb2 as pb

SECONDS = 10.0
OURS = "/yrd.exchange.v1."
METHODS = {
    f"/{service.full_name}/{method.name}": method
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
"""Every call that the contract's services have, by the descriptors."""
ENDLESS = ("/Watch", "/ServerReflectionInfo")


Requests: TypeAlias = Mapping[str, Sequence[Message]]


class Known(NamedTuple):
    """What a peer knows of logs and messages: their names, and checkpoints. `leaf`, `proof`: of its own."""

    message_ids: Sequence[str] = ()
    logs: Sequence[str] = ()
    checkpoints: Sequence[str] = ()
    leaf: bytes = b"leaf"
    proof: str = "proof"


def attempts(known: Known) -> Requests:
    """Method → requests, each of which is a call of its own."""
    exchange: Requests = {
        "Publish": [pb.PublishRequest(drafts=[draft()])],
        "PublishStream": [pb.PublishStreamRequest(drafts=[draft()])],
        "Subscribe": [_subscribe(known)],
        "Acknowledge": [pb.AcknowledgeRequest(cursor="c", offset=1)],
        "GetMessage": [pb.GetMessageRequest(message_id=name) for name in known.message_ids],
        "ListMessages": [pb.ListMessagesRequest(page_size=1000)],
    }
    replication: Requests = {
        "Replicate": [_replicate(log, urgent) for log in known.logs for urgent in (False, True)],
        "GetHolding": [pb.GetHoldingRequest(log_origin=log) for log in known.logs],
        "Restore": [pb.RestoreRequest(log_origin=log) for log in known.logs],
        "CompareCheckpoints": [pb.CompareCheckpointsRequest(checkpoints=known.checkpoints)],
    }
    admin: Requests = {
        "GetStatus": [pb.GetStatusRequest()],
        "Reload": [pb.ReloadRequest()],
        "RunRetention": [pb.RunRetentionRequest(dry_run=True)],
    }
    audit: Requests = {
        "GetEvidence": [pb.GetEvidenceRequest(message_id=name) for name in known.message_ids],
        "ListAlarms": [pb.ListAlarmsRequest()],
        "SettleAlarm": [pb.SettleAlarmRequest(number=1, note="n")],
        "ReportMissing": [pb.ReportMissingRequest(leaf=known.leaf, proof=known.proof)],
    }
    return {
        **{f"{OURS}ExchangeService/{name}": asked for name, asked in exchange.items()},
        **{f"{OURS}ReplicationService/{name}": asked for name, asked in replication.items()},
        **{f"{OURS}AdminService/{name}": asked for name, asked in admin.items()},
        **{f"{OURS}AuditService/{name}": asked for name, asked in audit.items()},
        "/grpc.health.v1.Health/Check": [HealthCheckRequest()],
        "/grpc.health.v1.Health/Watch": [HealthCheckRequest()],
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": [
            ServerReflectionRequest(list_services="")
        ],
    }


def _subscribe(known: Known) -> pb.SubscribeRequest:
    logs = pb.Filter(origins=[log.removeprefix("yrd/") for log in known.logs])
    return pb.SubscribeRequest(open=pb.SubscribeOpen(until_caught_up=True, filter=logs))


def _replicate(log: str, urgent: bool) -> pb.ReplicateRequest:
    """As a follower that holds nothing yet."""
    return pb.ReplicateRequest(open=pb.ReplicateOpen(log_origin=log, takes_urgent=urgent))


def play(channel: grpc.Channel, method: str, request: Message) -> list[bytes]:
    """Makes the call and takes the answers as they come, as bytes; of endless ones what is there now."""
    over, received = threading.Event(), list[bytes]()

    def asked() -> Iterator[bytes]:
        yield request.SerializeToString()
        if method == REPLICATE:
            over.wait(SECONDS)

    bare: Any = channel
    call = bare.stream_stream(method)(asked(), timeout=SECONDS)
    try:
        for answer in call:
            received.append(answer)
            if method.endswith(ENDLESS) or (method == REPLICATE and _has_batch(answer)):
                break
    except grpc.RpcError:
        pass  # how it was refused is looked at with all else that came
    finally:
        over.set()
        call.cancel()
    return received


def _has_batch(answer: bytes) -> bool:
    return pb.ReplicateResponse.FromString(answer).HasField("batch")
