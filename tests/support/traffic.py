"""A load on every province's gateway, and readers at some, beside the test that breaks things."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from client import ExchangeError, describe
from integration.drill.load import generate
from integration.stack import Member, Stack
from tests.support.accounting import Account
from tests.support.following import Following
from tests.support.worker import AGAIN, PAUSE_SECONDS, Worker
from yrd.exchange.v1.message_pb2 import Draft

PROVINCES = ("310000", "320000", "330000", "340000")
BATCH = 10
LONGEST_SECONDS = 60.0


class Publishing(Worker):
    """Publishes a load in order; what was not acknowledged is sent again, with the same ids."""

    def __init__(self, member: Member, drafts: Sequence[Draft], account: Account) -> None:
        super().__init__(f"publisher of {member.participant}")
        self._origin, self._drafts, self._account = member.participant, drafts, account
        self._member, self._client = member, member.client(timeout_seconds=5.0)
        self.allowed = 0

    def work(self) -> None:
        """Batch after batch, as far as is allowed."""
        for start in range(0, len(self._drafts), BATCH):
            with self._account.changed:
                self._account.changed.wait_for(
                    lambda wanted=start: wanted < self.allowed or self.stopping.is_set()  # type: ignore[misc]
                )
            waiting = list(self._drafts[start : start + BATCH])
            while waiting and not self.stopping.is_set():
                waiting = self._try(waiting)

    def _try(self, drafts: list[Draft]) -> list[Draft]:
        """Those that have to be sent again."""
        try:
            results = self._client.publish(drafts)
        except ExchangeError as error:
            assert error.code in AGAIN, str(error)
            self._client = self._member.client(timeout_seconds=5.0)
            self.stopping.wait(PAUSE_SECONDS)
            return drafts
        again = []
        for draft, result in zip(drafts, results, strict=True):
            if result.HasField("accepted"):
                self._account.note(self._origin, draft, result.accepted)
            else:
                refusal = describe(result.error)
                assert refusal.code in AGAIN, str(refusal)
                again.append(draft)
        return again


class Traffic:
    """All that goes on while a test breaks things. Nothing is published before it is allowed."""

    def __init__(self, stack: Stack, messages: int, seed: int, readers: Sequence[str]) -> None:
        print(f"load: {messages} messages of each province, seed {seed}")
        self.account, self._stack, self._messages = Account(), stack, messages
        start = datetime.now(UTC) - timedelta(days=1)
        self.publishers = {
            name: Publishing(
                stack.members[name], list(generate(name, messages, seed, start)), self.account
            )
            for name in PROVINCES
        }
        self.readers = {name: Following(stack.members[name], "faults") for name in readers}

    @property
    def _workers(self) -> list[Worker]:
        return [*self.publishers.values(), *self.readers.values()]

    def begin(self) -> None:
        """Starts everything."""
        for worker in self._workers:
            worker.start()

    def allow(self, share: float) -> None:
        """Lets each publisher go on up to that share of its load."""
        with self.account.changed:
            for publisher in self.publishers.values():
                publisher.allowed = int(share * self._messages)
            self.account.changed.notify_all()

    def wait_for(self, share: float, origins: Sequence[str]) -> None:
        """Until each of these origins has acknowledged that share of its load."""
        self._wait(
            f"{share:.0%} of the load of {', '.join(origins)}",
            lambda: all(self._has(share, origin) for origin in origins),
        )

    def wait_for_first(self, share: float, origins: Sequence[str]) -> None:
        """Until one of these has that share, and is still at work on more that is allowed."""
        self._wait(
            f"{share:.0%} of the load of one of {', '.join(origins)}",
            lambda: any(self._has(share, origin) for origin in origins),
        )
        counts = {origin: self.account.count(origin) for origin in origins}
        in_flow = any(n < self.publishers[origin].allowed for origin, n in counts.items())
        assert in_flow, f"the load was not in flow: {counts}"

    def wait_for_readers(self) -> None:
        """Until each reader has acknowledged something on the connection that it has now."""
        self._wait(
            "acknowledgements of the readers",
            lambda: all(reader.is_back for reader in self.readers.values()),
        )

    def _has(self, share: float, origin: str) -> bool:
        return self.account.count(origin) >= int(share * self._messages)

    def finish(self, undisturbed: Sequence[str]) -> None:
        """Until all is acknowledged and has reached the readers; then asks what these were promised."""
        self.allow(1.0)
        self.wait_for(1.0, PROVINCES)
        due = self.account.due(self._stack)
        problems: list[str] = []
        for name, reader in self.readers.items():
            wanted = {m for m, holding in due[name].items() if not holding.withheld}
            self._wait(f"all that is due at the {reader.name}", lambda w=wanted: reader.seen() >= w)  # type: ignore[misc]  # noqa: B023
            reader.stop()
            problems += reader.problems(wanted, undisturbed=name in undisturbed)
        assert not problems, "\n".join(problems[:10])

    def stop(self) -> None:
        """Ends all threads, also after a failed test."""
        for worker in self._workers:
            worker.stopping.set()
        with self.account.changed:
            self.account.changed.notify_all()
        for reader in self.readers.values():
            reader.stop()
        for publisher in self.publishers.values():
            publisher.join(10)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        """Looks at every acknowledgement: what a test does next hits the load in full flow."""
        deadline = time.monotonic() + LONGEST_SECONDS
        with self.account.changed:
            while not self.account.changed.wait_for(condition, PAUSE_SECONDS):
                for worker in self._workers:
                    worker.check()
                assert time.monotonic() < deadline, f"{what}: not within {LONGEST_SECONDS:g} s"


@contextmanager
def traffic(
    stack: Stack, messages: int, seed: int, readers: Sequence[str] = ("320000", "joint")
) -> Iterator[Traffic]:
    """Load and readers; ended with the block, however that ends."""
    made = Traffic(stack, messages, seed, readers)
    made.begin()
    try:
        yield made
    finally:
        made.stop()
