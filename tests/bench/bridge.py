"""How fast the Kafka bridge is, and what a message costs: `make bench-bridge`, or this file with --help.

A gateway, a broker and a bridge, each a process of its own on this machine, synced as they are by default.
Out: the gateway has messages of 1 KB, the bridge starts, until all are committed. In: the outbox has as
many drafts, the bridge starts, until the gateway has all on disk. Processor time is of each process, with
its children; the broker's compilers work in the first rounds. Whether a message, or a start, costs more
when much is there already shows with so many records in the topics before: --stored 10000 1000000.
"""

import argparse
import os
import re
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from integration.engines.kafka import Broker, broker, fetch
from integration.engines.processes import EngineMissing, free_ports
from integration.stack import Stack, prepare
from schemas.avro.codec import encode
from tests.bench import exchange
from tests.bench.stored import fill, key
from tests.support.bridging import Bridge, Work, produce
from tests.support.materials import Materials
from tests.support.processes import running
from tests.support.waiting import until

OUTBOX = "bench.outbox"
WANTED = 20_000
"""Messages a second, each way."""
GIVE_UP_SECONDS = 300.0
_DONE = re.compile(r"^yrd_bridge_records_total\{.*\} ([0-9.e+]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: how many, seconds from the first to the last, and processor seconds of each process.

    `start_seconds`: from the start of the bridge's process until the first is durable at its end.
    """

    direction: str
    round: int
    stored: int
    messages: int
    seconds: float
    start_seconds: float
    processor: dict[str, float]

    def line(self) -> str:
        """A row of the table."""
        each = [f"{1e6 * self.processor[name] / self.messages:.0f}" for name in PROCESSES]
        rate = self.messages / self.seconds
        cells = [f"{self.stored:,}", f"{rate:,.0f}", *each, f"{self.start_seconds:.1f}"]
        return f"| {self.direction} | {self.round} | {' | '.join(cells)} |"


PROCESSES = ("bridge", "gateway", "broker")


def processor_seconds(pid: int) -> float:
    """Of a process and all others of its session, those that have ended included."""
    session = os.getsid(pid)
    numbers = [process.number for process in running() if process.session == session]
    return sum(map(_used, numbers))


def _used(number: int) -> float:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return 0.0
    # user, system, and both of children that have ended
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def moved(address: str) -> float:
    """How many records a bridge says are durable, where Prometheus reads it."""
    try:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            found = _DONE.search(answer.read().decode())
    except OSError:  # it does not listen yet
        return 0.0
    return float(found[1]) if found else 0.0


@dataclass(slots=True)
class Bench:
    """Everything that runs, and the load."""

    stack: Stack
    kafka: Broker
    bridges: Sequence[Bridge]
    """All of one id: inward they share the outbox, outward only the first one works."""
    size: int
    came_in: int = 0
    """Drafts that came in since the last round outward: they go out, too."""
    stored: int = 0
    """Records that were put into the topics before, in each direction."""

    def store(self, count: int) -> None:
        """Fills the topics up to so many."""
        made = exchange.drafts(min(count, 5000), 1, self.size)
        fill(self.kafka.address, self.bridges[0].id, OUTBOX, made, count - self.stored)
        self.stored = count

    def out(self, number: int, count: int) -> Measured:
        """One round outward."""
        made = exchange.drafts(count, 2 * number, self.size)
        exchange.publish_all(self.stack.members[exchange.ORIGIN].client(), made)
        count, self.came_in = count + self.came_in, 0
        return self._measure("out", number, count)

    def inward(self, number: int, count: int) -> Measured:
        """One round inward."""
        made = exchange.drafts(count, 2 * number + 1, self.size)
        produce(self.kafka.address, OUTBOX, [(key(draft), encode(draft)) for draft in made])
        self.came_in = count
        return self._measure("in", number, count)

    def _measure(self, direction: str, number: int, count: int) -> Measured:
        """From the first that is durable to the last: what a start costs is no matter of the load."""
        at_work = self.bridges if direction == "in" else self.bridges[:1]
        starts = time.perf_counter()
        with ExitStack() as ends:
            works = [ends.enter_context(bridge.works(direction)) for bridge in at_work]
            look = _looking([str(bridge.more["metrics"]) for bridge in at_work], works)
            pids = [work.process.pid for work in works]
            until(lambda: look() > 0, "the first message", GIVE_UP_SECONDS)
            first, began, before = look(), time.perf_counter(), self._processor(pids)
            until(lambda: look() >= count, "all messages", GIVE_UP_SECONDS)
            seconds = time.perf_counter() - began
            after = self._processor(pids)
            for work in works:
                work.stop()
        used = {name: after[name] - before[name] for name in PROCESSES}
        moved_then = count - int(first)
        return Measured(direction, number, self.stored, moved_then, seconds, began - starts, used)

    def _processor(self, bridges: Sequence[int]) -> dict[str, float]:
        gateway = self.stack.processes[exchange.ORIGIN].pid
        broker_ = self.kafka.group.pid(self.kafka.name)
        used = [sum(map(processor_seconds, bridges)), *map(processor_seconds, (gateway, broker_))]
        return dict(zip(PROCESSES, used, strict=True))


def _looking(addresses: Sequence[str], works: Sequence[Work]) -> Callable[[], float]:
    """Looks not so often that looking costs much."""

    def look() -> float:
        time.sleep(0.05)
        for work in works:
            if work.process.poll() is not None:
                raise SystemExit(f"a bridge has ended: {work.output.read_text()}")
        return sum(map(moved, addresses))

    return look


def _bridges(folder: Path, kafka: Broker, gateway: str, count: int) -> Iterator[Bridge]:
    """Of one id, each with a folder and a port of its own."""
    for number, port in enumerate(free_ports(count)):
        own = folder / f"bridge-{number}"
        own.mkdir()
        more = {"metrics": f"127.0.0.1:{port}", "outbox": {"topics": [OUTBOX]}}
        yield Bridge(own, kafka.address, gateway, Materials(folder / "certs"), "bench", more)


def run(folder: Path, kafka: Broker, chosen: argparse.Namespace) -> Sequence[Measured]:
    """All rounds in both directions, for each number of records in the topics."""
    stack, rounds, stored = prepare(folder), chosen.rounds, sorted(chosen.stored)
    address = stack.members[exchange.ORIGIN].address
    bridges = [*_bridges(folder, kafka, address, chosen.bridges)]
    bench = Bench(stack, kafka, bridges, chosen.size)
    found = []
    try:
        stack.start([exchange.ORIGIN])
        made = bridges[0].command("init")
        if made.status:
            raise SystemExit(f"no topics: {made.err}")
        for number in range(rounds * len(stored)):
            if number % rounds == 0 and (filled := stored[number // rounds]):
                bench.store(filled)
            for measure in (bench.out, bench.inward):
                found.append(measure(number, chosen.messages))
                print(found[-1].line(), flush=True)
    finally:
        stack.stop()
    return found


def main() -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=100_000, help="messages a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds on the same topics")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each, as protobuf")
    parser.add_argument(
        "--stored", type=int, nargs="+", default=[0], help="records in the topics before the rounds"
    )
    parser.add_argument("--bridges", type=int, default=1, help="that share the outbox, at most 2")
    chosen = parser.parse_args()
    try:
        jars = fetch()
    except EngineMissing as error:
        raise SystemExit(f"left out: {error}") from None
    wanted = f"messages/s (wanted {WANTED:,})"
    print(f"| direction | round | stored | {wanted} | µs: bridge | gateway | broker | start, s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="yrd-bench-bridge-") as name, broker(jars) as kafka:
        run(Path(name), kafka, chosen)
    print("\n" + "\n".join(f"{k}: {v}" for k, v in exchange.machine().items()))


if __name__ == "__main__":
    main()
