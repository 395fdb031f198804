"""How a peer catches up with a long gap: `make bench-catch-up`, or this module with --help.

An origin has a log that its peer has none of: one entry in a hundred urgent, one in a thousand about
life safety. The peer's gateway starts, with a subscriber of alerts. Measured are the time until the
newest life-safety message of the gap is delivered there, the whole catch-up, and messages published at
the origin meanwhile, of life safety and routine, until they are delivered; processor time and memory of
both gateways. Both run on this machine, beside the subscriber and the publisher.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from client import ExchangeError
from integration.stack import Member, Stack, prepare
from tests.bench import gap
from tests.bench.exchange import machine
from tests.bench.usage import Used, used
from yrd.exchange.v1.service_pb2 import Filter

ORIGIN, PEER = "310000", "320000"
POLL_SECONDS, LIVE_SECONDS = 0.01, 0.2
LIFE, ROUTINE = "PRIORITY_LIFE_SAFETY", "PRIORITY_ROUTINE"


@dataclass(slots=True)
class Subscriber:
    """Notes when alerts came in at a peer, by message id."""

    times: dict[str, float] = field(default_factory=dict)
    stopping: bool = False

    def follow(self, member: Member) -> None:
        """Until stopped."""
        wanted, after = Filter(types=[gap.ALERT]), 0
        while not self.stopping:
            try:
                with member.client().subscribe(after_offset=after, wanted=wanted) as batches:
                    for batch in batches:
                        now, after = time.perf_counter(), batch.offset
                        for message in batch.messages:
                            self.times.setdefault(message.header.message_id, now)
                        if self.stopping:
                            return
            except ExchangeError:
                time.sleep(POLL_SECONDS)


@dataclass(slots=True)
class Live:
    """Publishes an alert of each kind in turn while the peer catches up."""

    sent: dict[str, tuple[str, float]] = field(default_factory=dict)
    stopping: bool = False

    def publish(self, member: Member) -> None:
        """Until stopped, one at a time."""
        client = member.client()
        while not self.stopping:
            for priority in (LIFE, ROUTINE):
                made = gap.alert(f"live/{len(self.sent)}", priority)
                self.sent[made.header.message_id] = priority, time.perf_counter()
                (result,) = client.publish([made])
                if not result.HasField("accepted"):
                    raise SystemExit(f"refused: {result.error.message}")
                time.sleep(LIVE_SECONDS)


def held(member: Member) -> int:
    """How many of the origin's entries a peer holds; 0 while it does not answer."""
    try:
        logs = member.client(timeout_seconds=5).status().logs
    except ExchangeError:
        return 0
    return next((log.size for log in logs if log.log_origin == f"yrd/{ORIGIN}"), 0)


@dataclass(frozen=True, slots=True)
class Caught:
    """Seconds since the peer's gateway was ready, processor time for an entry, memory."""

    entries: int
    first_life: float
    whole: float
    rate: float
    latencies: dict[str, list[float]]
    origin: Used
    peer: Used


def catch_up(stack: Stack, made: gap.Gap) -> Caught:
    """Starts the peer and watches it."""
    origin, peer = stack.members[ORIGIN], stack.members[PEER]
    stack.start([ORIGIN])
    before = used(stack.processes[ORIGIN].pid)
    subscriber, live = Subscriber(), Live()
    threads = [
        threading.Thread(target=subscriber.follow, args=(peer,), daemon=True),
        threading.Thread(target=live.publish, args=(origin,), daemon=True),
    ]
    stack.start([PEER])
    ready = time.perf_counter()
    started, already = used(stack.processes[PEER].pid), held(peer)
    for thread in threads:
        thread.start()
    while held(peer) < made.size:
        time.sleep(POLL_SECONDS * 10)
    whole = time.perf_counter() - ready
    rate = (made.size - already) / whole
    live.stopping = True
    threads[1].join()
    while not live.sent.keys() <= subscriber.times.keys():
        time.sleep(POLL_SECONDS)
    subscriber.stopping = True
    latencies: dict[str, list[float]] = {LIFE: [], ROUTINE: []}
    for message_id, (priority, sent) in live.sent.items():
        if sent < ready + whole:
            latencies[priority].append(subscriber.times[message_id] - sent)
    first = subscriber.times[made.newest] - ready
    return Caught(
        made.entries,
        first,
        whole,
        rate,
        latencies,
        used(stack.processes[ORIGIN].pid).since(before),
        used(stack.processes[PEER].pid).since(started),
    )


def lines(caught: Caught, made: gap.Gap) -> Iterator[str]:
    """The measurements as a table (Markdown)."""
    yield f"| a gap of {caught.entries:,} entries | |"
    yield "|---|---:|"
    yield f"| store written | {made.entries / made.seconds:,.0f} entries/s |"
    yield f"| newest life-safety message delivered after | {caught.first_life:.2f} s |"
    yield f"| caught up after | {caught.whole:.1f} s |"
    yield f"| catch-up | {caught.rate:,.0f} entries/s |"
    for name, priority in (("life-safety", LIFE), ("routine", ROUTINE)):
        found = sorted(caught.latencies[priority])
        if found:
            middle, last = found[len(found) // 2], found[-1]
            shown = f"p50 {middle:.2f} s, longest {last:.2f} s ({len(found)})"
            yield f"| {name} published meanwhile, until delivered | {shown} |"
    for name, process in (("origin", caught.origin), ("peer", caught.peer)):
        each = process.cpu_seconds / caught.entries * 1e6
        yield f"| {name}: processor, most memory | {each:.0f} µs an entry, {process.peak_mb:.0f} MB |"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000, help="length of the gap")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each message")
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary one)")
    return parser.parse_args()


def main() -> None:
    """Runs the benchmark and prints its table."""
    chosen = arguments()
    with tempfile.TemporaryDirectory(prefix="yrd-bench-", dir=chosen.folder) as folder:
        stack = prepare(Path(folder))
        stack.start([ORIGIN])  # it seals its agreements; what lies before them is for nobody
        stack.stop()
        made = gap.write(stack.members[ORIGIN].config, chosen.entries, chosen.size)
        print(f"{made.entries:,} entries written in {made.seconds:.1f} s", flush=True)
        try:
            caught = catch_up(stack, made)
        finally:
            stack.stop()
    print("\n".join([*lines(caught, made), "", *(f"{n}: {v}" for n, v in machine().items())]))


if __name__ == "__main__":
    main()
