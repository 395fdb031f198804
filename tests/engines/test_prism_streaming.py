"""The streaming Beam job on Prism, over a real broker: what it publishes is what the embedded run sees."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integration.engines.kafka import Broker
from pipelines.pictures.results import is_view, view_of
from pipelines.running.graph import Instant, run
from schemas.rules import violations
from tests.engines.recording import Recovery
from tests.support.bridging import arrive, committed, produce
from tests.support.feeds import CLOCK
from tests.support.history import History
from tests.support.processes import assert_all_end, sessions_of
from tests.support.situation import after, incident, text, us
from tests.support.streaming import Streaming, kill
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message

HISTORY = History(5).days(3, 30)
DAY = timedelta(days=1)
FIRST, LAST = after(days=1), after(days=4)
EVERY_DAY = ("--every", "86400", "--regular", "0")
BOUNDED = (*EVERY_DAY, "--from", text(FIRST), "--until", text(LAST))
SECONDS = 120.0


@pytest.fixture
def streaming(broker: Broker, prism_program: Path, tmp_path: Path) -> Streaming:
    return Streaming(tmp_path, broker.address, prism_program, tmp_path.name)


def parts() -> list[list[Message]]:
    """As a bridge got them: late ones among them, and some twice."""
    told = [HISTORY[start : start + 7] for start in range(0, len(HISTORY), 7)]
    return [*told, *told[::3]]


def seen(streaming: Streaming, at_us: int) -> dict[str, bytes]:
    """Bodies of all views, by entity, of the embedded graph over what was told up to an instant."""
    told = [message for told_us, message in streaming.heard() if told_us <= at_us]
    for message in told:
        message.ClearField("receipt")
    outcome = run([[message.SerializeToString() for message in told]], [], Instant(at_us))
    return {v.entity_id: v.body.SerializeToString(deterministic=True) for v in outcome.views}


def body(draft: Draft) -> bytes:
    return view_of(draft).body.SerializeToString(deterministic=True)


def newest(drafts: list[Draft]) -> dict[str, Draft]:
    """Of each entity."""
    return {
        draft.header.entity_id: draft
        for draft in sorted(drafts, key=lambda draft: draft.header.revision)
    }


def ids(streaming: Streaming, results: str) -> dict[str, bytes]:
    """All messages, by their ids. One that is there twice says the same twice."""
    found: dict[str, bytes] = {}
    for _, draft in streaming.said(results):
        data = draft.SerializeToString(deterministic=True)
        assert found.setdefault(draft.header.message_id, data) == data
    return found


def to_its_end(streaming: Streaming, results: str, *words: str) -> None:
    with streaming.job(results, *words) as work:
        status = work.process.wait(SECONDS)
        assert status == 0, work.output.read_text(encoding="utf-8")


def test_what_it_publishes_is_what_the_embedded_run_sees(streaming: Streaming) -> None:
    """Of messages that came late and twice, at each tick and in the end, to the byte."""
    results = f"{streaming.name}.results"
    streaming.make(results)
    streaming.tell(parts())
    to_its_end(streaming, results, *BOUNDED)
    said = streaming.said(results)
    assert not [problem for _, draft in said for problem in violations(draft, CLOCK)]
    views = [(tick_us, draft) for tick_us, draft in said if is_view(draft)]
    by_tick = {tick_us: seen(streaming, tick_us) for tick_us in {tick_us for tick_us, _ in views}}
    assert len(by_tick) > 2
    assert max(by_tick) == us(LAST)
    for tick_us, draft in views:
        expected = by_tick[tick_us].get(draft.header.entity_id)
        # what fell away is said once more, empty
        assert expected in (None, body(draft)), (tick_us, draft.header.entity_id)
    end, last = by_tick[us(LAST)], newest([draft for _, draft in views])
    assert end.keys() <= last.keys()
    summaries = [entity for entity in end if entity.startswith("joint/summary/actual")]
    assert len(summaries) > 5
    assert body(last["joint/summary/actual"]) == end["joint/summary/actual"]
    for entity in end:
        assert view_of(last[entity]).content == content(entity, end[entity])


def content(entity: str, data: bytes) -> str:
    """What is news in a view, of its bytes."""
    draft = Draft()
    kind = draft.aid_proposal if entity.startswith("joint/proposal/") else draft.situation_summary
    kind.ParseFromString(data)
    draft.header.entity_id = entity
    return view_of(draft).content


@pytest.mark.fault("Prism", "SIGKILL of the streaming job and of Prism, started again")
def test_started_again_it_publishes_nothing_else(
    streaming: Streaming, seed: int, recovery: Recovery
) -> None:
    """It reads everything anew, and says what it had not said, under the same ids."""
    whole, broken = f"{streaming.name}.whole", f"{streaming.name}.broken"
    streaming.make(whole, broken)
    streaming.tell(parts())
    words = ("--every", "10800", *BOUNDED[2:])
    to_its_end(streaming, whole, *words)
    expected = ids(streaming, whole)
    with streaming.job(broken, *words) as work:
        until(lambda: ids(streaming, broken), "a first result", SECONDS)
        kill(work)
    with recovery.measured():
        to_its_end(streaming, broken, *words)
    assert ids(streaming, broken) == expected
    before = len(streaming.said(broken))
    to_its_end(streaming, broken, *words)
    assert len(streaming.said(broken)) == before


def now_told(entity: str, revision: int) -> Message:
    """A report of this moment."""
    now = datetime.now(UTC)
    header = {"revision": revision, "sequence": revision, "sealed": now}
    return incident(entity, None, **header, occurredTime=text(now), reportedTime=text(now))


def shown(streaming: Streaming, results: str, entity: str) -> bool:
    """Whether the newest picture has this incident."""
    drafts = newest([draft for _, draft in streaming.said(results)])
    summary = drafts.get("joint/summary/actual")
    incidents = summary.situation_summary.incidents if summary else ()
    return any(member.entity_id == entity for one in incidents for member in one.members)


LIVE = ("--every", "1", "--regular", "0")
ONE, OTHER = "310000/flood/1", "320000/flood/1"


def test_a_silent_province_delays_nobody(streaming: Streaming) -> None:
    """Two provinces say nothing, one nothing that can be read: their partitions move on by themselves."""
    results = f"{streaming.name}.results"
    streaming.make(results)
    streaming.tell([[now_told(ONE, 1)]])
    with streaming.job(results, *LIVE) as work:
        until(lambda: shown(streaming, results, ONE), "a first picture", SECONDS)
        sessions = sessions_of(streaming.folder)
        produce(streaming.brokers, streaming.feed, [(b"330000", b"no record of a feed")])
        streaming.tell([[now_told(OTHER, 1)]])
        until(lambda: shown(streaming, results, OTHER), "what was told while it ran", SECONDS)
        [letter] = arrive(lambda: committed(streaming.brokers, [streaming.rejected]), 1)
        assert letter.value() == b"no record of a feed"
        assert work.stop() == 0
        assert_all_end(sessions, streaming.folder)


@pytest.mark.fault("Prism", "SIGKILL of the broker under the streaming job")
def test_a_broker_that_is_back_is_gone_on_with(
    streaming: Streaming, broker: Broker, seed: int, recovery: Recovery
) -> None:
    results = f"{streaming.name}.results"
    streaming.make(results)
    streaming.tell([[now_told(ONE, 1)]])
    with streaming.job(results, *LIVE) as work:
        until(lambda: shown(streaming, results, ONE), "a first picture", SECONDS)
        before = ids(streaming, results)
        broker.kill()
        work.says("feed_lost")
        broker.revive()
        with recovery.measured():
            streaming.tell([[now_told(OTHER, 1)]])
            until(lambda: shown(streaming, results, OTHER), "what was told afterwards", SECONDS)
        assert before.items() <= ids(streaming, results).items()
        assert work.stop() == 0
