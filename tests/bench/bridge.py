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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from integration.engines.kafka import Broker, broker, fetch
from integration.engines.processes import EngineMissing, free_ports
from integration.stack import Stack, prepare
from schemas.avro.codec import encode
from tests.bench import exchange
from tests.bench.stored import fill, key
from tests.support.bridging import Bridge, produce
from tests.support.materials import Materials
from tests.support.processes import running
from tests.support.waiting import until

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


def moved(port: int) -> float:
    """How many records the bridge says are durable."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            found = _DONE.search(answer.read().decode())
    except OSError:  # it does not listen yet
        return 0.0
    return float(found[1]) if found else 0.0


@dataclass(slots=True)
class Bench:
    """Everything that runs, and the load."""

    stack: Stack
    kafka: Broker
    bridge: Bridge
    port: int
    size: int
    came_in: int = 0
    """Drafts that came in since the last round outward: they go out, too."""
    stored: int = 0
    """Records that were put into the topics before, in each direction."""

    def store(self, count: int) -> None:
        """Fills the topics up to so many."""
        made = exchange.drafts(min(count, 5000), 1, self.size)
        fill(self.kafka.address, self.bridge.id, self._outbox, made, count - self.stored)
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
        produce(self.kafka.address, self._outbox, [(key(draft), encode(draft)) for draft in made])
        self.came_in = count
        return self._measure("in", number, count)

    def _measure(self, direction: str, number: int, count: int) -> Measured:
        """From the first that is durable to the last: what a start costs is no matter of the load."""
        starts = time.perf_counter()
        with self.bridge.works(direction) as work:
            look = _looking(self.port)
            until(lambda: look() > 0, "the first message", GIVE_UP_SECONDS)
            first, began, before = look(), time.perf_counter(), self._processor(work.process.pid)
            until(lambda: look() >= count, "all messages", GIVE_UP_SECONDS)
            seconds = time.perf_counter() - began
            after = self._processor(work.process.pid)
            work.stop()
        used = {name: after[name] - before[name] for name in PROCESSES}
        moved_then = count - int(first)
        return Measured(direction, number, self.stored, moved_then, seconds, began - starts, used)

    @property
    def _outbox(self) -> str:
        return str(self.bridge.more["outbox"]["topics"][0])

    def _processor(self, bridge: int) -> dict[str, float]:
        gateway = self.stack.processes[exchange.ORIGIN].pid
        broker_ = self.kafka.group.pid(self.kafka.name)
        pids = dict(zip(PROCESSES, (bridge, gateway, broker_), strict=True))
        return {name: processor_seconds(pid) for name, pid in pids.items()}


def _looking(port: int) -> Callable[[], float]:
    """Looks not so often that looking costs much."""

    def look() -> float:
        time.sleep(0.05)
        return moved(port)

    return look


def run(
    folder: Path, kafka: Broker, rounds: int, count: int, size: int, stored: Sequence[int]
) -> Sequence[Measured]:
    """All rounds in both directions, for each number of records in the topics."""
    stack = prepare(folder)
    [port] = free_ports(1)
    address = stack.members[exchange.ORIGIN].address
    bridge = Bridge(folder, kafka.address, address, Materials(folder / "certs"), "bench")
    bridge.more = {"metrics": f"127.0.0.1:{port}", "outbox": {"topics": ["bench.outbox"]}}
    bench = Bench(stack, kafka, bridge, port, size)
    found = []
    try:
        stack.start([exchange.ORIGIN])
        assert bridge.command("init").status == 0
        for number in range(rounds * len(stored)):
            if number % rounds == 0 and (filled := stored[number // rounds]):
                bench.store(filled)
            for measure in (bench.out, bench.inward):
                found.append(measure(number, count))
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
    chosen = parser.parse_args()
    try:
        jars = fetch()
    except EngineMissing as error:
        raise SystemExit(f"left out: {error}") from None
    wanted = f"messages/s (wanted {WANTED:,})"
    print(f"| direction | round | stored | {wanted} | µs: bridge | gateway | broker | start, s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="yrd-bench-bridge-") as name, broker(jars) as kafka:
        stored = sorted(chosen.stored)
        run(Path(name), kafka, chosen.rounds, chosen.messages, chosen.size, stored)
    print("\n" + "\n".join(f"{k}: {v}" for k, v in exchange.machine().items()))


if __name__ == "__main__":
    main()
