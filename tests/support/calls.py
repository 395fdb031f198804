"""Calls of the bare services, ready to be made in a scene by any system."""

from collections.abc import Callable
from typing import Any

from schemas import message_ids
from tests.support.builders import draft
from tests.support.scene import Scene
from tests.support.standing import CURSOR
from yrd.exchange.v1 import service_pb2 as pb

ABSENT = message_ids.new(0)
"""The id of a message that was never published."""
GARBAGE = b"\xff\xff\xff"
PEER = ("320000", "gateway")
SERVICE = "/yrd.exchange.v1."
SECONDS = 5.0

Call = Callable[[Scene], Any]


def get(participant: str = "310000", system: str = "console", **request: Any) -> Call:
    asked = pb.GetMessageRequest(**({"message_id": ABSENT} | request))
    return lambda scene: scene.stubs(participant, system).exchange.GetMessage(
        asked, timeout=SECONDS
    )


def listed(participant: str = "310000", system: str = "console", **request: Any) -> Call:
    asked = pb.ListMessagesRequest(**request)
    return lambda scene: scene.stubs(participant, system).exchange.ListMessages(
        asked, timeout=SECONDS
    )


def status(participant: str = "310000", system: str = "console") -> Call:
    return lambda scene: scene.stubs(participant, system).admin.GetStatus(
        pb.GetStatusRequest(), timeout=SECONDS
    )


def publish(count: int = 1, participant: str = "310000", system: str = "console") -> Call:
    asked = pb.PublishRequest(drafts=[draft() for _ in range(count)])
    return lambda scene: scene.stubs(participant, system).exchange.Publish(asked, timeout=SECONDS)


def publish_stream(count: int = 1, participant: str = "310000", system: str = "console") -> Call:
    asked = pb.PublishStreamRequest(drafts=[draft() for _ in range(count)])
    return lambda scene: list(
        scene.stubs(participant, system).exchange.PublishStream(iter([asked]), timeout=SECONDS)
    )


def subscribe(
    *requests: pb.SubscribeRequest, participant: str = "310000", system: str = "console"
) -> Call:
    return lambda scene: list(
        scene.stubs(participant, system).exchange.Subscribe(iter(requests), timeout=SECONDS)
    )


def opened(**settings: Any) -> pb.SubscribeRequest:
    return pb.SubscribeRequest(open=pb.SubscribeOpen(**settings))


def acknowledged(offset: int) -> pb.SubscribeRequest:
    return pb.SubscribeRequest(acknowledge=pb.SubscribeAcknowledge(offset=offset))


def acknowledge(
    participant: str = "310000", system: str = "console", cursor: str = CURSOR, offset: int = 1
) -> Call:
    asked = pb.AcknowledgeRequest(cursor=cursor, offset=offset)
    return lambda scene: scene.stubs(participant, system).exchange.Acknowledge(
        asked, timeout=SECONDS
    )


def replicate(
    *requests: pb.ReplicateRequest, participant: str = "320000", system: str = "gateway"
) -> Call:
    return lambda scene: list(
        scene.stubs(participant, system).replication.Replicate(iter(requests), timeout=SECONDS)
    )


def claims(log: str = "yrd/310000", size: int = 0, checkpoint: str = "") -> pb.ReplicateRequest:
    claimed = pb.ReplicateOpen(log_origin=log, size=size, cosigned_checkpoint=checkpoint)
    return pb.ReplicateRequest(open=claimed)


def receipt(note: str) -> pb.ReplicateRequest:
    return pb.ReplicateRequest(receipt=pb.ReplicateReceipt(cosigned_checkpoint=note))


def raw(method: str) -> Call:
    def call(scene: Scene) -> Any:
        channel: Any = scene.channel()
        return channel.unary_unary(SERVICE + method)(GARBAGE, timeout=SECONDS)

    return call


def raw_stream(method: str, *sent: bytes, caller: Any = ("310000", "console")) -> Call:
    def call(scene: Scene) -> Any:
        channel: Any = scene.channel(*caller)
        return list(channel.stream_stream(SERVICE + method)(iter(sent), timeout=SECONDS))

    return call


def open_subscription(participant: str = "310000", system: str = "console") -> Call:
    return subscribe(opened(until_caught_up=True), participant=participant, system=system)


def open_replication(participant: str = "320000", system: str = "gateway") -> Call:
    return replicate(claims(), participant=participant, system=system)
