"""A gateway's memory is bounded whatever a peer or a client does. A real process is measured."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc

from client import connect
from integration.stack import Member, Stack
from tests.component.test_large_messages import large
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc

READERS_MB, PUBLISHER_MB, RECEIPTS_MB = 200, 300, 100
"""The allocator keeps up to 64 MB for the next batch (gateway/memory.py), the tail 32 MB of what came
last. A batch of 12 MB is there as received, parsed, cut up and sealed, and the next one is read meanwhile."""
STREAMS = 12
DATA = 120
"""Messages of 600 KB: 70 MB, which every one of the streams would be sent: 1,700 MB if it were kept."""
OWN, PEER = "310000", "320000"


def resident_mb(stack: Stack) -> float:
    """Of the gateway's process."""
    text = Path(f"/proc/{stack.processes[OWN].pid}/status").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def channel(member: Member, participant: str, system: str) -> grpc.Channel:
    """A connection of its own with some system's certificate."""
    folder = member.certs.parent
    own = folder / participant
    return connect(member.address, folder / "ca.pem", own / f"{system}.pem", own / f"{system}.key")


def silent(first: Any, ending: threading.Event) -> Iterator[Any]:
    """One request, then nothing more."""
    yield first
    ending.wait(120)


def test_readers_and_peers_that_never_read(stack: Stack) -> None:
    stack.start([OWN])
    member = stack.members[OWN]
    client = member.client()
    for number in range(DATA):
        assert client.publish([large(number)])[0].HasField("accepted")
    before, ending = resident_mb(stack), threading.Event()
    calls: list[Any] = []
    try:
        for _ in range(STREAMS):
            peer: Any = rpc.ReplicationServiceStub(channel(member, PEER, "gateway"))
            opened = pb.ReplicateRequest(open=pb.ReplicateOpen(log_origin=f"yrd/{OWN}"))
            calls.append(peer.Replicate(silent(opened, ending)))
            reader: Any = rpc.ExchangeServiceStub(channel(member, OWN, "console"))
            request = pb.SubscribeRequest(open=pb.SubscribeOpen(max_batch=1))
            calls.append(reader.Subscribe(silent(request, ending)))
        client.publish([large(DATA)])
        for _ in range(20):  # others are served meanwhile
            assert client.status().accepting
        grown = resident_mb(stack) - before
        print(f"{2 * STREAMS} streams that nobody reads, 70 MB each: +{grown:.0f} MB")
        assert grown < READERS_MB
    finally:
        ending.set()
        for call in calls:
            call.cancel()


def test_a_client_that_publishes_endlessly_and_reads_no_answer(stack: Stack) -> None:
    stack.start([OWN])
    member = stack.members[OWN]
    before, sent, ending = resident_mb(stack), queue.SimpleQueue[int](), threading.Event()
    batch = pb.PublishStreamRequest(drafts=[large(0)] * 20)

    def endless() -> Iterator[pb.PublishStreamRequest]:
        while not ending.is_set():
            sent.put(1)
            yield batch

    publisher: Any = rpc.ExchangeServiceStub(channel(member, OWN, "console"))
    call = publisher.PublishStream(endless())
    try:
        until(lambda: sent.qsize() >= 60, "60 batches of 12 MB have gone out", 60)
        assert member.client().status().accepting
        grown = resident_mb(stack) - before
        print(
            f"{sent.qsize()} batches of 12 MB on a stream whose answers nobody reads: +{grown:.0f} MB"
        )
        assert grown < PUBLISHER_MB
    finally:
        ending.set()
        call.cancel()


def test_a_peer_that_sends_receipts_endlessly(stack: Stack) -> None:
    stack.start([OWN])
    member = stack.members[OWN]
    before, ending = resident_mb(stack), threading.Event()
    rubbish = pb.ReplicateRequest(receipt=pb.ReplicateReceipt(cosigned_checkpoint="x" * 1_000_000))
    opened = pb.ReplicateRequest(open=pb.ReplicateOpen(log_origin=f"yrd/{OWN}"))
    sent: queue.SimpleQueue[int] = queue.SimpleQueue()

    def endless() -> Iterator[pb.ReplicateRequest]:
        yield opened
        while not ending.is_set():
            sent.put(1)
            yield rubbish

    peer: Any = rpc.ReplicationServiceStub(channel(member, PEER, "gateway"))
    try:
        for _ in range(60):
            try:
                list(peer.Replicate(endless(), timeout=20))
            except grpc.RpcError:
                continue
        grown = resident_mb(stack) - before
        print(f"{sent.qsize()} receipts of 1 MB that are none: +{grown:.0f} MB")
        assert member.client().status().accepting
        assert grown < RECEIPTS_MB
    finally:
        ending.set()
