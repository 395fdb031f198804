"""How fast the Kafka bridge is, and what a message costs: `make bench-bridge`, or this file with --help.

A gateway, a broker and a bridge, each a process of its own on this machine, synced as they are by default.
Out: the gateway has messages of 1 KB, the bridge starts, until all are committed. In: the outbox has as
many drafts, the bridge starts, until the gateway has all on disk. Some rounds on the same topics show
whether the cost grows with what is there already. Processor time is of each process, with its children.
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
from tests.support.bridging import Bridge, produce
from tests.support.materials import Materials
from tests.support.processes import running
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

WANTED = 20_000
"""Messages a second, each way."""
GIVE_UP_SECONDS = 300.0
_DONE = re.compile(r"^yrd_bridge_records_total\{.*\} ([0-9.e+]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: how many, seconds from the first to the last, and processor seconds of each process."""

    direction: str
    round: int
    messages: int
    seconds: float
    processor: dict[str, float]

    def line(self) -> str:
        """A row of the table."""
        each = [f"{1e6 * self.processor[name] / self.messages:.0f}" for name in PROCESSES]
        rate = self.messages / self.seconds
        return f"| {self.direction} | {self.round} | {rate:,.0f} | {' | '.join(each)} |"


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

    def out(self, number: int, count: int) -> Measured:
        """One round outward."""
        made = exchange.drafts(count, 2 * number, self.size)
        exchange.publish_all(self.stack.members[exchange.ORIGIN].client(), made)
        count, self.came_in = count + self.came_in, 0
        return self._measure("out", number, count)

    def inward(self, number: int, count: int) -> Measured:
        """One round inward."""
        made = exchange.drafts(count, 2 * number + 1, self.size)
        topic = self.bridge.more["outbox"]["topics"][0]
        produce(self.kafka.address, topic, [(_key(draft), encode(draft)) for draft in made])
        self.came_in = count
        return self._measure("in", number, count)

    def _measure(self, direction: str, number: int, count: int) -> Measured:
        """From the first that is durable to the last: what a start costs is no matter of the load."""
        with self.bridge.works(direction) as work:
            look = _looking(self.port)
            until(lambda: look() > 0, "the first message", GIVE_UP_SECONDS)
            first, began, before = look(), time.perf_counter(), self._processor(work.process.pid)
            until(lambda: look() >= count, "all messages", GIVE_UP_SECONDS)
            seconds = time.perf_counter() - began
            after = self._processor(work.process.pid)
            work.stop()
        used = {name: after[name] - before[name] for name in PROCESSES}
        return Measured(direction, number, count - int(first), seconds, used)

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


def _key(draft: Draft) -> bytes:
    return draft.header.entity_id.encode()


def run(folder: Path, kafka: Broker, rounds: int, count: int, size: int) -> Sequence[Measured]:
    """All rounds in both directions."""
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
        for number in range(rounds):
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
    chosen = parser.parse_args()
    try:
        jars = fetch()
    except EngineMissing as error:
        raise SystemExit(f"left out: {error}") from None
    print(f"| direction | round | messages/s (wanted {WANTED:,}) | µs: bridge | gateway | broker |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="yrd-bench-bridge-") as name, broker(jars) as kafka:
        run(Path(name), kafka, chosen.rounds, chosen.messages, chosen.size)
    print("\n" + "\n".join(f"{k}: {v}" for k, v in exchange.machine().items()))


if __name__ == "__main__":
    main()
