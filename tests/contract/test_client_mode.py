"""A sender pointed at a reference gateway: careful ones pass, each bad one is told its own fault."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from client import ExchangeClient, ExchangeError, connect
from integration import certs
from integration.kit.client import Running, reference_gateway
from integration.kit.client.events import Ended
from integration.kit.client.script import Fault, Script, Step, load, names
from schemas import message_ids
from tests.support.builders import NOW, draft, incident_body, resource_body
from tests.support.calls import ABSENT
from tests.support.certificates import issue_with_uris
from tests.support.materials import Materials
from tests.support.senders import Careful, drafts, numbered
from tests.support.told import refused
from tests.support.waiting import until
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Draft

LONG = 3600.0
QUICK = 0.02
"""A part of the scripts' seconds is enough to be waited for in a test."""


def quick(script: Script) -> Script:
    """The same faults, in a hurry."""
    return replace(script, steps=tuple(replace(s, seconds=s.seconds * QUICK) for s in script.steps))


def played(*steps: Step) -> Script:
    """A script in which nothing is waited for: what was not sent again is lost."""
    return Script("test", "试验", patience_seconds=0, steps=steps)


CALM = played()


@dataclass(frozen=True)
class Post:
    """A reference gateway and a way to it."""

    running: Running
    materials: Materials

    def channel(self, system: str = "console") -> grpc.Channel:
        return connect(self.running.address, *self.materials.system("310000", system))

    @property
    def client(self) -> ExchangeClient:
        return ExchangeClient(self.channel(), timeout_seconds=5)

    def found(self, expected: int | None = None) -> set[str]:
        """The rules that were broken."""
        return {finding.rule for finding in self.running.report(expected).findings}


Posted = Callable[..., AbstractContextManager[Post]]


@pytest.fixture
def posted(materials: Materials) -> Posted:
    @contextmanager
    def run(script: Script, **more: Any) -> Iterator[Post]:
        folder = materials.folder / "310000"
        with reference_gateway(
            listen="127.0.0.1:0", certs=folder, script=script, **more
        ) as running:
            yield Post(running, materials)

    return run


@pytest.mark.parametrize("way", ["send", "send_on_streams"])
@pytest.mark.parametrize("name", names())
def test_a_careful_sender_passes(posted: Posted, name: str, way: str) -> None:
    made = drafts(80)
    with posted(quick(load(name))) as post:
        sender = Careful(post.client)
        getattr(sender, way)(made)
        report = post.running.report(expected=len(made))
    assert (list(report.findings), report.not_played) == ([], [])
    assert report.passed
    refused_ones = sum(step.do is Fault.REFUSE for step in report.script.steps)
    assert len(sender.set_aside) == refused_ones
    assert len(set(sender.accepted)) == len(made) - refused_ones


def lost_at(*requests: int) -> Script:
    return played(*(Step(Fault.ANSWER_LOST, request=number) for number in requests))


def send(post: Post, *batches: list[Draft]) -> None:
    """One batch after the other, whatever is answered, each on a connection of its own."""
    for batch in batches:
        try:
            post.client.publish(batch)
        except ExchangeError as error:
            assert error.code in ("UNAVAILABLE", "RESOURCE_EXHAUSTED", "INVALID_ARGUMENT")


def made_at(seconds_from_now: float, **changes: Any) -> Draft:
    """Told at an instant, with an id of now."""
    found = numbered(0, messageId=message_ids.new(time.time_ns() // 1_000_000), **changes)
    told = int(time.time() + seconds_from_now)
    found.header.occurred_time.FromSeconds(told)
    found.header.reported_time.FromSeconds(told)
    return found


def unknown_field() -> Draft:
    found = numbered(0)
    found.incident_report.place.MergeFromString(b"\xfa\x06\x02\x08\x01")
    return found


def new_id(made: Draft) -> Draft:
    found = Draft.FromString(made.SerializeToString())
    found.header.message_id = message_ids.new(int(NOW.timestamp() * 1000))
    return found


def told_later(made: Draft) -> Draft:
    found = Draft.FromString(made.SerializeToString())
    found.header.reported_time.seconds += 1
    return found


def too_large() -> Draft:
    found = numbered(1)
    found.incident_report.description = "x" * (1 << 20)
    return found


ONE = numbered(1)
BUSY = played(Step(Fault.UNAVAILABLE, request=1, seconds=LONG))
OVER_QUOTA = played(Step(Fault.QUOTA, request=1, seconds=LONG))
REFUSED = played(Step(Fault.REFUSE, draft=1))
BAD = {
    "client.contract_violated": (CALM, [[draft(incident_body(title=""), mode="MODE_TEST")]]),
    "client.unknown_fields": (CALM, [[unknown_field()]]),
    "client.too_large": (CALM, [[numbered(0), too_large()]]),
    "client.not_authority": (
        CALM,
        [[draft(resource_body("320000"), "resourceStatus", mode="MODE_TEST")]],
    ),
    "client.time_zone": (CALM, [[made_at(8 * 3600)]]),
    "client.id_not_uuid7_time": (CALM, [[numbered(0, messageId=message_ids.new(1))]]),
    "client.entity_prefix": (CALM, [[numbered(0, entity="flood/2026-17")]]),
    "client.mode": (CALM, [[numbered(0, mode="MODE_ACTUAL")]]),
    "client.revision_not_rising": (
        CALM,
        [[numbered(1, revision=5)], [numbered(2, entity="310000/flood/1", revision=4)]],
    ),
    "client.batch_size": (CALM, [drafts(1001)]),
    "client.batch_of_one": (CALM, [[one] for one in drafts(100)]),
    "client.retry_new_id": (lost_at(1), [[ONE], [new_id(ONE)]]),
    "client.retry_changed": (lost_at(1), [[ONE], [told_later(ONE)]]),
    "client.no_retry": (lost_at(2), [[numbered(0)], [ONE], [numbered(2)]]),
    "client.refused_resent": (REFUSED, [[ONE, numbered(2)], [ONE, numbered(3)]]),
}


@pytest.mark.parametrize("rule", BAD)
def test_what_is_sent_wrong_is_found_and_nothing_else(posted: Posted, rule: str) -> None:
    script, batches = BAD[rule]
    with posted(script) as post:
        send(post, *batches)
        assert post.found() == {rule}


@pytest.mark.parametrize("script", [BUSY, OVER_QUOTA], ids=["unavailable", "quota"])
def test_a_sender_that_does_not_wait_is_told(posted: Posted, script: Script) -> None:
    with posted(script) as post:
        send(post, [ONE], [ONE])
        assert post.found() == {"client.retry_too_early"}


def test_a_sender_that_knows_no_pause_is_told(posted: Posted) -> None:
    steps = [Step(Fault.UNAVAILABLE, request=number, seconds=1) for number in range(1, 12)]
    began, ticks = time.time(), count()
    with posted(played(*steps), clock=lambda: began + next(ticks) / 1000) as post:
        send(post, *[[ONE]] * 12)
        assert post.found() == {"client.retry_hot"}


def test_a_sender_that_stops_at_a_refusal_is_told(posted: Posted) -> None:
    with posted(REFUSED) as post:
        send(post, drafts(2))
        assert post.found(expected=4) == {"client.batch_abandoned"}


def test_a_sender_that_sends_too_little_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        send(post, drafts(2))
        assert post.found(expected=3) == {"client.fewer_than_expected"}
        assert post.found(expected=2) == set()


def test_a_stream_that_is_dropped_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        over = threading.Event()

        def one_and_never_more() -> Iterator[pb.PublishStreamRequest]:
            yield pb.PublishStreamRequest(drafts=[ONE])
            over.wait()

        call = rpc.ExchangeServiceStub(post.channel()).PublishStream(one_and_never_more())
        next(call)
        call.cancel()
        over.set()
        until(lambda: post.running.recorder.events().streams, "the stream's end")
        assert post.found() == {"client.stream_not_closed"}


def publish_over(channel: grpc.Channel) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as caught:
        rpc.ExchangeServiceStub(channel).Publish(pb.PublishRequest(drafts=[ONE]), timeout=3)
    channel.close()
    error: Any = caught.value
    return error.code()  # type: ignore[no-any-return]  # grpc raises errors that are calls


def test_a_connection_in_plain_text_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        publish_over(grpc.insecure_channel(post.running.address))
        report = post.running.report()
    assert {finding.rule for finding in report.findings} == {"client.plaintext"}
    assert not report.passed


def test_a_connection_without_a_certificate_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        roots = (post.materials.folder / "ca.pem").read_bytes()
        credentials = grpc.ssl_channel_credentials(roots)
        publish_over(grpc.secure_channel(post.running.address, credentials))
        until(lambda: post.found() == {"client.certificate"}, "the end of the handshake")


def test_a_sender_that_does_not_trust_the_gateway_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        other = certs.make_authority(post.materials.folder / str(time.time_ns()))
        pem = other.certificate.public_bytes(Encoding.PEM)
        credentials = grpc.ssl_channel_credentials(pem)
        publish_over(grpc.secure_channel(post.running.address, credentials))
        until(lambda: post.found() == {"client.no_call"}, "the end of the handshake")


def test_a_certificate_that_names_nobody_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        folder = post.materials.folder
        issue_with_uris(certs.load_authority(folder), folder / "310000", "nobody", [])
        assert publish_over(post.channel("nobody")) is grpc.StatusCode.UNAUTHENTICATED
        assert post.found() == {"client.certificate"}


def test_a_system_of_another_participant_is_told(posted: Posted) -> None:
    with posted(CALM) as post:
        paths = post.materials.system("320000")
        channel = connect(post.running.address, *paths)
        assert publish_over(channel) is grpc.StatusCode.PERMISSION_DENIED
        assert post.found() == {"client.not_permitted"}


def test_bytes_that_are_no_draft_are_told(posted: Posted) -> None:
    with posted(CALM) as post:
        channel: Any = post.channel()
        publish = channel.unary_unary("/yrd.exchange.v1.ExchangeService/Publish")
        publish(b"\x0a\x03\xff\xff\xff", timeout=5)
        assert post.found() == {"client.malformed"}


def cut_off(post: Post, count_of_drafts: int) -> list[str]:
    """Ids that are stored after a request that got no answer, in order."""
    made = drafts(count_of_drafts)
    with pytest.raises(ExchangeError) as caught:
        post.client.publish(made)
    assert (caught.value.code, caught.value.reason) == ("UNAVAILABLE", "")
    assert [c.ended for c in post.running.line.connections()] == [Ended.CUT]
    ids = [one.header.message_id for one in made]
    return [str(ids.index(m.header.message_id)) for m in post.client.messages()]


@pytest.mark.parametrize(
    ("fault", "stored"),
    [
        (Fault.ANSWER_LOST, "01234"),
        (Fault.CUT_IN_HALF, "012"),
        (Fault.CLOSED, ""),
    ],
)
def test_what_is_stored_of_a_request_without_an_answer(
    posted: Posted, fault: Fault, stored: str
) -> None:
    with posted(played(Step(fault, request=1))) as post:
        assert "".join(cut_off(post, 5)) == stored


def test_a_gateway_that_restarts_refuses_connections_and_comes_back(posted: Posted) -> None:
    with posted(played(Step(Fault.RESTART, request=1, seconds=LONG))) as post:
        with pytest.raises(ExchangeError):
            post.client.publish([ONE])
        host, _, port = post.running.address.rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)
    with posted(played(Step(Fault.RESTART, request=1, seconds=0.1))) as post:
        with pytest.raises(ExchangeError):
            post.client.publish([ONE])
        Careful(post.client).send([ONE])
        assert post.running.recorder.events().confirmed == 1
        assert post.found() == set()


def test_a_refused_draft_that_was_mended_is_right(posted: Posted) -> None:
    mended = Draft.FromString(ONE.SerializeToString())
    mended.incident_report.title = "改正后的标题"
    with posted(REFUSED) as post:
        send(post, [ONE], [mended])
        assert post.found() == set()
        assert post.running.recorder.events().confirmed == 1


def test_a_repeat_is_answered_as_at_first(posted: Posted) -> None:
    with posted(CALM) as post:
        first, again = (post.client.publish([ONE]) for _ in range(2))
        assert first == again
        assert post.found() == {"client.accepted_resent"}


def test_a_sender_that_reads_gets_answers(posted: Posted) -> None:
    with posted(CALM) as post:
        post.client.publish(drafts(3))
        assert len(list(post.client.messages())) == 3
        with post.client.subscribe(until_caught_up=True) as reading:
            assert sum(len(batch.messages) for batch in reading) == 3
        stub = rpc.ExchangeServiceStub(post.channel())
        asked = pb.GetMessageRequest(message_id=ABSENT)
        assert refused(lambda: stub.GetMessage(asked, timeout=5)).reason == "MESSAGE_NOT_FOUND"
