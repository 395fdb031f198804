"""A message from a Zhejiang system over two gateways into the joint summary: one trace, at a collector."""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from client import ExchangeClient, connect
from client.tracing import metadata_of, told_in
from gateway.config import GatewayConfig, Traces
from integration.observe.spans import following, into_the_picture, traced
from pipelines.running import prepared
from pipelines.running.config import LiveConfig
from pipelines.running.live import run
from pipelines.running.observers import Observers
from tests.support import door as doors
from tests.support.builders import draft
from tests.support.collector import Collector, Span, collector
from tests.support.feeds import plain_graph
from tests.support.materials import Materials
from tests.support.running import client_of, free_port, running
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Filter

ZHEJIANG, JOINT = "330000", "joint"
SUMMARIES = Filter(types=["yrd.situation.v1.SituationSummary"])
SECONDS = 90.0


def of_zhejiang(**header: Any) -> Draft:
    """An incident of Zhejiang."""
    return draft(entity="330000/flood", **header)


@dataclass(slots=True)
class Scene:
    """Two gateways, a client of each, and the collector."""

    materials: Materials
    folder: Path
    collector: Collector
    configs: dict[str, GatewayConfig]
    settings: Traces
    ends: ExitStack

    def client(self, participant: str = JOINT) -> ExchangeClient:
        """One that does not trace."""
        return client_of(self.configs[participant], self.materials)

    def publisher(self) -> ExchangeClient:
        """A system of Zhejiang that traces."""
        tracing = self.ends.enter_context(traced(self.settings, "dispatch", ZHEJIANG))
        channel = connect(self.configs[ZHEJIANG].listen, *self.materials.system(ZHEJIANG))
        return ExchangeClient(channel, traces=tracing)

    def follow(self) -> None:
        """The joint pipeline, until the scene ends."""
        ca, certificate, key = self.materials.system(JOINT)
        config = LiveConfig(
            address=self.configs[JOINT].listen,
            ca=ca,
            certificate=certificate,
            key=key,
            store=self.folder / "states.db",
            archive=self.folder / "archive",
            tick_seconds=0.2,
        )
        traces = self.ends.enter_context(into_the_picture(self.settings))
        assert traces is not None
        stop = threading.Event()
        observers = Observers(traces=traces[0], calls=traces[1])
        thread = threading.Thread(target=run, args=(config, stop, observers))
        thread.start()
        self.ends.callback(thread.join)
        self.ends.callback(stop.set)

    def held(self, made: Draft) -> None:
        """Waits until the joint room has a message."""
        until(lambda: self._has(made), "the joint gateway holds it", SECONDS)

    def _has(self, made: Draft) -> bool:
        found = self.client().messages()
        return any(message.header.message_id == made.header.message_id for message in found)

    def end(self) -> list[Span]:
        """Ends everything; then all spans are there."""
        self.ends.close()
        return self.collector.spans


@contextmanager
def scene(materials: Materials, folder: Path, ratio: float) -> Iterator[Scene]:
    """Zhejiang and the joint room follow each other; both trace."""
    ports = {ZHEJIANG: free_port(), JOINT: free_port()}
    others = {ZHEJIANG: JOINT, JOINT: ZHEJIANG}
    with pytest.MonkeyPatch.context() as patch, collector() as found, ExitStack() as ends:
        graph = SimpleNamespace(run=plain_graph)
        patch.setattr(prepared, "PreparedGraph", lambda: graph)
        settings = Traces(endpoint=found.url, ratio=ratio)
        configs = {}
        for own, peer in others.items():
            peers = [materials.peer(peer, f"127.0.0.1:{ports[peer]}")]
            limits = {"heartbeat_seconds": 0.2}
            changes = {"peers": peers, "limits": limits, "check_processes": 0}
            configs[own] = materials.config(own, ports[own], folder / own, **changes)
            traces = ends.enter_context(following(settings, own))
            ends.enter_context(running(configs[own], traces=traces))
        yield Scene(materials, folder, found, configs, settings, ends)


def own_trace(made: Draft) -> str:
    """The trace that is a message's own."""
    return made.header.message_id.replace("-", "")


def test_one_trace_from_a_zhejiang_publisher_to_the_joint_summary(
    materials: Materials, tmp_path: Path
) -> None:
    made = of_zhejiang()
    with scene(materials, tmp_path, ratio=1.0) as shown:
        shown.follow()
        shown.publisher().publish([made])
        summary = until(lambda: _summary_on(shown, made), "a summary", SECONDS)
        assert summary is not None
        shown.end()
        trace = shown.collector.trace(own_trace(made))
    steps = {(span.process, span.name) for span in trace}
    assert steps >= {
        ("dispatch 330000", "publish"),
        ("gateway 330000", "Publish"),
        ("gateway 330000", "accept"),
        ("gateway joint", "mirror"),
        ("pipeline joint", "take in"),
        ("pipeline joint", "summarise"),
        ("pipeline joint", "publish"),
        ("gateway joint", "Publish"),
    }
    (root,) = [span for span in trace if not span.parent]
    assert (root.process, root.name) == ("dispatch 330000", "publish")
    known = {span.span_id for span in trace}
    assert all(span.parent in known for span in trace if span is not root)
    (said,) = [span for span in trace if span.name == "summarise"]
    assert (summary.header.message_id.replace("-", ""),) in [link[:1] for link in said.links]


def _summary_on(shown: Scene, made: Draft) -> Message | None:
    """The first summary that rests on a message."""
    for message in shown.client().messages(SUMMARIES):
        if made.header.entity_id in str(message.situation_summary.incidents):
            return message
    return None


def test_where_the_publisher_does_not_trace_its_gateway_begins(
    materials: Materials, tmp_path: Path
) -> None:
    made = of_zhejiang()
    with scene(materials, tmp_path, ratio=1.0) as shown:
        shown.client(ZHEJIANG).publish([made])
        shown.held(made)
        shown.end()
        first, second = shown.collector.trace(own_trace(made))
    assert (first.process, first.name, first.parent) == ("gateway 330000", "accept", "")
    assert (second.process, second.name, second.parent) == (
        "gateway joint",
        "mirror",
        first.span_id,
    )


def test_each_batch_of_a_stream_is_its_own(materials: Materials, tmp_path: Path) -> None:
    drafts = [of_zhejiang(), draft(entity="330000/other"), draft(entity="330000/third")]
    refused = of_zhejiang()
    with scene(materials, tmp_path, ratio=1.0) as shown:
        batches = [[drafts[0]], [refused, drafts[1]], [drafts[2]]]
        answers = [*shown.client(ZHEJIANG).publish_stream(batches)]
        assert answers[1][0].HasField("error")
        shown.held(drafts[-1])
        shown.end()
        for made, answer in zip(drafts, (row[-1] for row in answers), strict=True):
            accept, mirror = shown.collector.trace(own_trace(made))
            assert (accept.name, mirror.name) == ("accept", "mirror")
            assert accept.attributes["yrd.sequence"] == str(answer.accepted.sequence)
        assert shown.collector.trace(own_trace(refused)) == []


def test_a_sender_chooses_for_its_message(materials: Materials, tmp_path: Path) -> None:
    """Whatever the gateways' ratio: the flags of header.traceparent say."""
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with scene(materials, tmp_path, ratio=0.0) as shown:
        made = of_zhejiang(traceparent=f"00-{trace}-{span}-01")
        silent = draft(entity="330000/other")
        shown.client(ZHEJIANG).publish([silent, made])
        shown.held(made)
        found = shown.end()
    assert {(s.process, s.name, s.trace_id, s.parent) for s in found} == {
        ("gateway 330000", "accept", trace, span),
        ("gateway joint", "mirror", trace, span),
    }


def test_one_that_does_not_want_to_be_traced_is_not(materials: Materials, tmp_path: Path) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    made = of_zhejiang(traceparent=f"00-{trace}-{span}-00")
    with scene(materials, tmp_path, ratio=1.0) as shown:
        shown.client(ZHEJIANG).publish([made])
        shown.held(made)
        assert {s.trace_id for s in shown.end()} & {trace, own_trace(made)} == set()


def test_a_call_over_http_goes_on_in_its_callers_trace(
    materials: Materials, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    body = MessageToDict(of_zhejiang())
    with scene(materials, tmp_path, ratio=0.0) as shown:
        config = shown.configs[ZHEJIANG]
        ca, certificate, key = materials.system(ZHEJIANG)
        changes: dict[str, Any] = {
            "participant": ZHEJIANG,
            "gateway": {"address": config.listen, "ca": ca},
            "systems": {"console": {"certificate": certificate, "key": key}},
        }
        with doors.door_of(tmp_path, **changes) as door:
            parent = f"00-{trace}-{span}-01"
            answer = door.call("POST", "/v1/messages", body, traceparent=parent, tracestate="a=b")
            assert answer.status == 200, answer.body
            again = door.call("POST", "/v1/messages", body, traceparent="nonsense")
            assert again.status == 200
        found = shown.end()
    lines = [vars(r) for r in caplog.records if r.getMessage() == "http_request"]
    assert [line.get("trace_id") for line in lines] == [trace, None]
    assert [(s.process, s.name, s.trace_id, s.parent) for s in found] == [
        ("gateway 330000", "Publish", trace, span)
    ]


def test_metadata_goes_on_in_its_trace_and_says_that_traces_have_begun(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    told = [("traceparent", f"00-{trace}-{span}-01"), ("tracestate", "other=1")]
    above, begun = told_in(told)
    assert above is not None
    assert not begun
    metadata = metadata_of(above)
    assert dict(metadata) == dict(told) | {"tracestate": "yrd=m,other=1"}
    again, begun = told_in(metadata)
    assert begun
    assert again is not None
    assert metadata_of(again) == metadata
    assert told_in([("traceparent", f"00-{trace}-{span}-00")]) == (None, False)
    assert not caplog.records


def test_a_large_batch_has_few_spans(materials: Materials, tmp_path: Path) -> None:
    drafts = [draft(entity=f"330000/{number}") for number in range(300)]
    with scene(materials, tmp_path, ratio=1.0) as shown:
        shown.client(ZHEJIANG).publish(drafts)
        shown.held(drafts[-1])
        names = [span.name for span in shown.end() if span.process == "gateway 330000"]
    assert names.count("accept") == 8


def test_nobody_waits_for_a_collector_that_is_away(materials: Materials, tmp_path: Path) -> None:
    made = of_zhejiang()
    with scene(materials, tmp_path, ratio=1.0) as shown:
        away = Traces(endpoint=f"http://127.0.0.1:{free_port()}", ratio=1.0)
        with traced(away, "dispatch", ZHEJIANG) as tracing:
            paths = materials.system(ZHEJIANG)
            client = ExchangeClient(connect(shown.configs[ZHEJIANG].listen, *paths), traces=tracing)
            (result,) = client.publish([made])
        assert result.HasField("accepted")
