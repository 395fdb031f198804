"""Holds every gateway of a stack against a record of what was acknowledged.

The record is the publishers' own: what a gateway said it has. Whatever was done to the processes
meanwhile, in the end each acknowledged message is at everyone entitled to it, once, and nothing else is.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from client import ExchangeClient, ExchangeError
from gateway.audit import verify_store
from gateway.config import load as load_config
from integration.drill import holdings
from integration.drill.holdings import Holding, groups_present
from integration.drill.scenario import PARTICIPANTS, Step
from integration.stack import Stack
from schemas.catalog import body_of
from tests.support.materials import AGREED
from tests.support.readers import news
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Accepted, GetStatusResponse, LogStatus

SETTLE_SECONDS = 60.0
REPEAT = 500


class Acknowledged(NamedTuple):
    """A draft, and the answer that its publisher got."""

    origin: str
    draft: Draft
    answer: Accepted


class Account:
    """Every acknowledgement, in the order in which each origin's publisher got them."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._entries: dict[str, Acknowledged] = {}
        self._counts: Counter[str] = Counter()

    def note(self, origin: str, draft: Draft, answer: Accepted) -> None:
        """Called by a publisher for each draft that was accepted."""
        message_id = draft.header.message_id
        assert answer.message_id == message_id, f"{message_id} was answered as {answer.message_id}"
        with self.changed:
            assert message_id not in self._entries, f"{message_id} was noted before"
            self._entries[message_id] = Acknowledged(origin, draft, answer)
            self._counts[origin] += 1
            self.changed.notify_all()

    def count(self, origin: str = "") -> int:
        """Messages acknowledged so far."""
        return self._counts[origin] if origin else self._counts.total()

    def of(self, origin: str) -> list[Acknowledged]:
        """What one origin acknowledged, in order."""
        with self.changed:
            return [a for a in self._entries.values() if a.origin == origin]

    def find(self, message_id: str) -> Acknowledged | None:
        """The entry of a message."""
        return self._entries.get(message_id)

    def due(self, stack: Stack) -> dict[str, dict[str, Holding]]:
        """Participant → message id → how it must hold it, by the agreements."""
        steps = [
            Step(a.draft.header.reported_time.ToDatetime(), a.origin, a.draft, "")
            for a in self._entries.values()
        ]
        return holdings.expected(steps, stack.folder / "agreements")


def assert_accounted_for(stack: Stack, account: Account) -> None:
    """Waits until every log is everywhere, then looks at all that the gateways say and store."""
    clients = {name: member.client() for name, member in stack.members.items()}
    until(lambda: _at_rest(clients, account), "every log everywhere, with receipts", SETTLE_SECONDS)
    due = account.due(stack)
    problems = [
        *_order_problems(stack, account),
        *_log_problems({name: client.status() for name, client in clients.items()}, account, due),
        *(
            p
            for name, client in clients.items()
            for p in _holdings(name, client, account, due[name])
        ),
        *_repeat_problems(clients, account),
        *_audit_problems(stack),
    ]
    assert not problems, f"{len(problems)} problems, first of them:\n" + "\n".join(problems[:10])


def _at_rest(clients: dict[str, ExchangeClient], account: Account) -> bool:
    try:
        found = {name: client.status() for name, client in clients.items()}
    except ExchangeError:  # one of them is just starting
        return False
    return all(
        link.held_size == AGREED + account.count(link.participant)
        and link.cosigned_size == AGREED + account.count(name)
        for name, status in found.items()
        for link in status.links
    )


def _order_problems(stack: Stack, account: Account) -> Iterator[str]:
    """A publisher that sends in order and repeats in order finds its messages in that order."""
    for origin in stack.members:
        sequences = [a.answer.sequence for a in account.of(origin)]
        if sequences != list(range(AGREED, AGREED + len(sequences))):
            yield f"{origin} acknowledged the sequences {sequences[:50]}…, not one after the other"


def _log_problems(
    found: dict[str, GetStatusResponse], account: Account, due: dict[str, dict[str, Holding]]
) -> Iterator[str]:
    roots: dict[str, set[bytes]] = {}
    for name, status in found.items():
        if not status.accepting:
            yield f"{name} does not accept: {status.problem}"
        for log in status.logs:
            origin = log.log_origin.removeprefix("yrd/")
            roots.setdefault(origin, set()).add(log.root_hash)
            due_size = AGREED + account.count(origin)
            if log.size != due_size:
                yield f"{name} holds {log.size} of {origin}, {due_size} activated and acknowledged"
            yield from _count_problems(f"{name}: {origin}", log, origin, due[name])
    for origin, different in roots.items():
        if len(different) != 1:
            yield f"{origin} has {len(different)} different roots"


def _count_problems(
    where: str, log: LogStatus, origin: str, due: dict[str, Holding]
) -> Iterator[str]:
    mine = [holding for holding in due.values() if holding.origin == origin]
    withheld = sum(holding.withheld for holding in mine)
    redacted = sum(bool(holding.absent_groups) for holding in mine)
    wanted = (AGREED + len(mine) - withheld - redacted, redacted, withheld, 0)
    counts = log.counts
    held = (counts.whole, counts.redacted, counts.withheld, counts.quarantined)
    if held != wanted:
        yield f"{where}: whole, redacted, withheld, quarantined are {held}, due {wanted}"


def _holdings(
    name: str, client: ExchangeClient, account: Account, due: dict[str, Holding]
) -> Iterator[str]:
    everything = list(client.messages())
    held = news(everything)
    activations = Counter(m.stamp.origin for m in everything if m.HasField("agreement_activation"))
    if activations != dict.fromkeys(PARTICIPANTS, AGREED):
        yield f"{name} holds activations {dict(activations)}, due {AGREED} of each participant"
    times = Counter(message.header.message_id for message in held)
    wanted = {message_id for message_id, holding in due.items() if not holding.withheld}
    yield from (f"{name} lacks {m}, which was acknowledged" for m in wanted - times.keys())
    yield from (f"{name} holds {m}, which nothing gives it" for m in times.keys() - wanted)
    yield from (f"{name} holds {m} {n} times" for m, n in times.items() if n > 1)
    yield from (f"{name}: {text}" for text in receipt_order_problems(everything))
    for message in held:
        known, holding = account.find(message.header.message_id), due.get(message.header.message_id)
        if known is not None and holding is not None:
            yield from _content_problems(name, message, known, holding)


def receipt_order_problems(messages: Sequence[Message]) -> Iterator[str]:
    """Offsets rise, and each origin's messages come in the order of its log."""
    offset, newest = 0, dict[str, int]()
    for message in messages:
        origin, sequence = message.stamp.origin, message.stamp.sequence
        if message.receipt.offset <= offset:
            yield f"offset {message.receipt.offset} follows {offset}"
        if sequence <= newest.get(origin, -1):
            yield f"entry {sequence} of {origin} follows {newest[origin]}"
        offset, newest[origin] = message.receipt.offset, sequence


def _content_problems(
    name: str, message: Message, known: Acknowledged, holding: Holding
) -> Iterator[str]:
    where = f"{name}: {message.header.message_id}"
    if (message.stamp.origin, message.stamp.sequence) != (known.origin, known.answer.sequence):
        yield f"{where} is entry {message.stamp.sequence}, {known.answer.sequence} was acknowledged"
    if message.header != known.draft.header:
        yield f"{where} has another header than was published"
    body, published = body_of(message), body_of(known.draft)
    if frozenset(message.receipt.absent_groups) != holding.absent_groups:
        yield f"{where} lacks {list(message.receipt.absent_groups)}, due {holding.absent_groups}"
    if body is None or frozenset(groups_present(body)) & holding.absent_groups:
        yield f"{where} shows fields that no agreement gives"
    if not holding.absent_groups and body != published:
        yield f"{where} has another body than was published"


def _repeat_problems(clients: dict[str, ExchangeClient], account: Account) -> Iterator[str]:
    """Whoever publishes the same again gets the first answer again, however often the gateway died."""
    for origin, client in clients.items():
        known = account.of(origin)
        for start in range(0, len(known), REPEAT):
            part = known[start : start + REPEAT]
            results = client.publish([a.draft for a in part])
            for entry, result in zip(part, results, strict=True):
                if result.accepted != entry.answer:
                    yield f"{origin} answers {result}, and before that {entry.answer}"


def _audit_problems(stack: Stack) -> Iterator[str]:
    for name, member in stack.members.items():
        report = verify_store(load_config(member.config), lambda what, done, total: None)
        yield from (f"audit of {name}: {problem}" for problem in report.problems)
