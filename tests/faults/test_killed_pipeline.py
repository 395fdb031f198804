"""The pipeline dies in the middle of a scenario: in the end it says what it would have said anyway."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import pytest

from client import ExchangeError
from integration.drill.scenario import Step
from integration.drill.scenario import load as load_scenario
from integration.stack import PIPELINE, Stack, prepare
from pipelines.running.backfill import backfill
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

STEPS = load_scenario("xiangshui_2019").steps
GATEWAYS = ("310000", "320000", "340000", "joint")


def _once_committed(stack: Stack, before: int) -> None:
    until(lambda: _taken_in(stack) > before, "the pipeline takes in the step")
    stack.kill(PIPELINE)


def _with_results_unpublished(stack: Stack, before: int) -> None:
    """Its gateway stands still while it concludes: the results are in its own store alone."""
    gateway = stack.processes["joint"]

    def taken_in() -> bool:
        """The gateway runs for moments only, shorter than those in which the pipeline gathers."""
        gateway.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        gateway.send_signal(signal.SIGSTOP)
        patience = time.monotonic() + 1.0
        while _taken_in(stack) == before and time.monotonic() < patience:
            time.sleep(0.02)
        return _taken_in(stack) > before

    try:
        until(taken_in, "the pipeline takes in the step")
        stack.kill(PIPELINE)
    finally:
        gateway.send_signal(signal.SIGCONT)


def _at_once(stack: Stack, before: int) -> None:
    stack.kill(PIPELINE)


def _at_work(seconds: float) -> Callable[[Stack, int], None]:
    """A moment later: it gathers for 0.3 s, then concludes, then commits."""

    def kill(stack: Stack, before: int) -> None:
        time.sleep(seconds)
        stack.kill(PIPELINE)

    return kill


def _and_while_starting(stack: Stack, before: int) -> None:
    stack.kill(PIPELINE)
    stack.start([PIPELINE])
    stack.kill(PIPELINE)


KILLS: dict[int, Callable[[Stack, int], None]] = {
    2: _once_committed,
    4: _with_results_unpublished,
    5: _at_work(0.35),
    6: _at_once,
    7: _at_work(0.5),
    8: _and_while_starting,
    9: _at_work(0.42),
    10: _with_results_unpublished,
}
"""After which step, and how."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """The newest of each view when nothing goes wrong."""
    stack = prepare(tmp_path_factory.mktemp("undisturbed"))
    try:
        stack.start([*GATEWAYS, PIPELINE])
        for step in STEPS:
            _publish(stack, step)
        _wait_told(stack, len(STEPS))
        yield _newest(_said(stack))
    finally:
        stack.stop()


def test_killed_in_the_middle_of_a_scenario(stack: Stack, undisturbed: dict[str, bytes]) -> None:
    stack.start([*GATEWAYS, PIPELINE])
    for number, step in enumerate(STEPS, 1):
        if number in KILLS:
            _wait_told(stack, number - 1)
        before = _taken_in(stack)
        _publish(stack, step)
        if number in KILLS:
            KILLS[number](stack, before)
            stack.start([PIPELINE])
    _wait_told(stack, len(STEPS))
    said = _said(stack)
    assert _newest(said) == undisturbed
    _assert_nothing_said_twice(said)
    stack.stop()
    _assert_archive_makes_the_same(stack, said)


def _publish(stack: Stack, step: Step) -> None:
    """Publishes a step, and waits until the joint gateway has it."""
    (result,) = stack.members[step.participant].client().publish([step.draft])
    assert result.HasField("accepted"), str(result)
    joint = stack.members["joint"].client()

    def there() -> bool:
        try:
            joint.get(step.draft.header.message_id)
        except ExchangeError:
            return False
        return True

    until(there, f"{step.where} is at the joint gateway")


def _taken_in(stack: Stack) -> int:
    """Batches that the pipeline has committed in all its lives, as its log says."""
    log = stack.folder / "logs" / f"{PIPELINE}.log"
    return log.read_text().count('"batch_taken_in"') if log.exists() else 0


def _said(stack: Stack) -> list[Message]:
    """All that the pipeline has published, in the order of its log."""
    found = stack.members["joint"].client().messages(Filter(origins=["joint"]))
    return sorted(found, key=lambda message: message.stamp.sequence)


def _wait_told(stack: Stack, messages: int) -> None:
    def told() -> bool:
        summaries = [m.situation_summary for m in _said(stack) if _is_joint(m)]
        return bool(summaries) and messages == sum(c.message_count for c in summaries[-1].coverage)

    until(told, f"a summary of {messages} messages", 60)


def _is_joint(message: Message) -> bool:
    return message.situation_summary.scope == "joint"


def _newest(said: Sequence[Message]) -> dict[str, bytes]:
    return {message.header.entity_id: _content(message) for message in said}


def _content(message: Message) -> bytes:
    """What it says to people: without its instant, and the digest of what it was made from."""
    body: SituationSummary | AidProposal = message.aid_proposal
    if message.HasField("situation_summary"):
        body = message.situation_summary
    bare = type(body).FromString(body.SerializeToString())
    bare.ClearField("as_of_time")
    bare.ClearField("input_digest")
    return bare.SerializeToString(deterministic=True)


def _assert_archive_makes_the_same(stack: Stack, said: Sequence[Message]) -> None:
    """The archive that was written through all that is whole: from it follows the last summary."""
    (picture,) = backfill(sorted((stack.folder / PIPELINE / "archive").glob("*.avro")))
    summaries = [m.situation_summary for m in said if _is_joint(m)]
    assert picture.summary == summaries[-1]


def _assert_nothing_said_twice(said: Sequence[Message]) -> None:
    """Each revision once, under one id, and each says something that the one before did not."""
    assert len({message.header.message_id for message in said}) == len(said)
    by_entity: dict[str, list[Message]] = {}
    for message in said:
        by_entity.setdefault(message.header.entity_id, []).append(message)
    for entity, revisions in by_entity.items():
        numbers = [message.header.revision for message in revisions]
        assert numbers == list(range(1, len(numbers) + 1)), entity
        for one, next_one in pairwise(revisions):
            assert _content(one) != _content(next_one), f"{entity}: {next_one.header.revision}"
