"""One message of Zhejiang, followed over gateways into the joint summary and back: `make shown-trace`.

Five gateways, the pipeline and the publisher are processes of their own, each of which sends its spans to a
collector; what came there is written as Markdown.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from client import ExchangeClient, connect
from gateway.config import Traces
from integration.observe.spans import traced
from integration.stack import Member, Stack, prepare
from tests.support.builders import draft, incident_body, place
from tests.support.collector import Collector, collector, drawn
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Filter

SUMMARIES = Filter(types=["yrd.situation.v1.SituationSummary"], origins=["joint"])
SECONDS = 120.0


def main() -> None:
    """Prints the page."""
    with tempfile.TemporaryDirectory(prefix="yrd-shown-") as folder, collector() as found:
        os.environ["YRD_TELEMETRY__TRACES__ENDPOINT"] = found.url
        os.environ["YRD_TELEMETRY__TRACES__RATIO"] = "1"
        os.environ["YRD_PIPELINE_TELEMETRY__TRACES__ENDPOINT"] = found.url
        os.environ["YRD_PIPELINE_TELEMETRY__TRACES__RATIO"] = "1"
        for part in _page(prepare(Path(folder)), found):
            print(part, end="\n\n", flush=True)


def _page(stack: Stack, found: Collector) -> Iterator[str]:
    try:
        stack.start()
        joint = stack.members["joint"].client()
        warm = _told("330000/shown/before")
        stack.members["330000"].client().publish([warm])
        _summary_on(joint, warm)  # what a process does first, it does slowly
        made = _told("330000/shown/flood")
        _publish(stack.members["330000"], made, found.url)
        summary = _summary_on(joint, made)
        _reached(stack, summary)
    finally:
        stack.stop()
    yield "# 一条报文的踪迹 · A message's trace"
    yield (
        f"Made by `make shown-trace` on {datetime.now(UTC):%Y-%m-%d}: five gateways, the joint pipeline and a"
        " publisher of Zhejiang, each a process of its own on one machine, with every message traced"
        " ([traces.md](../operate/traces.md))."
    )
    yield from _shown(
        "浙江发布的报文 · The message of Zhejiang, until the summary that has it is published",
        found,
        made.header.message_id,
    )
    yield from _shown(
        "联合态势摘要 · That summary's own trace: from the pipeline to every province",
        found,
        summary.header.message_id,
    )


def _told(entity: str) -> Draft:
    body = incident_body(title="嘉兴南湖区内涝", place=place("330402"))
    return draft(body, entity=entity, told=datetime.now(UTC))


def _publish(member: Member, made: Draft, url: str) -> None:
    files = (
        member.certs.parent / "ca.pem",
        member.certs / "console.pem",
        member.certs / "console.key",
    )
    with traced(Traces(endpoint=url, ratio=1.0), "publisher", member.participant) as tracing:
        (result,) = ExchangeClient(connect(member.address, *files), traces=tracing).publish([made])
    assert result.HasField("accepted"), result


def _summary_on(joint: ExchangeClient, made: Draft) -> Message:
    """The joint summary that rests on a message."""

    def look() -> Message | None:
        for message in joint.messages(SUMMARIES):
            if made.header.entity_id in str(message.situation_summary.incidents):
                return message
        return None

    summary = until(look, "a summary", SECONDS)
    assert summary is not None
    return summary


def _reached(stack: Stack, summary: Message) -> None:
    """Waits until every province has it."""
    for member in stack.members.values():
        client = member.client()

        def has(client: ExchangeClient = client) -> bool:
            ids = (message.header.message_id for message in client.messages(SUMMARIES))
            return summary.header.message_id in ids

        until(has, f"{member.participant} has the summary", SECONDS)


def _shown(title: str, found: Collector, message_id: str) -> Iterator[str]:
    trace_id = message_id.replace("-", "")
    yield f"## {title}"
    yield f"Message `{message_id}`, trace `{trace_id}`."
    yield "```\n" + "\n".join(drawn(found.trace(trace_id))) + "\n```"


if __name__ == "__main__":
    main()
