"""Our gateway, following a peer whose every answer a test decides."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from gateway.audit import verify_store
from tests.support.damage import run_sql
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.readers import ids, read
from tests.support.rogue import Rogue, ahead, batch, heartbeat, rogue
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import (
    AlarmEvidence,
    Filter,
    LogStatus,
    ReplicateOpen,
    ReplicateResponse,
)

US, PEER = "310000", "320000"
HEARTBEAT_SECONDS = 0.1


@dataclass(slots=True)
class Stage:
    """`send` gives the follower something and waits for its answer."""

    log: HandmadeLog
    streams: list["SimpleQueue[ReplicateResponse]"] = field(default_factory=list)
    over: bool = False
    made: Delta = field(init=False)
    peer: Rogue = field(init=False)

    def script(self, _: ReplicateOpen) -> Iterator[ReplicateResponse]:
        """What the peer says on one stream: heartbeats, and what the test sends."""
        mine: SimpleQueue[ReplicateResponse] = SimpleQueue()
        self.streams.append(mine)
        while not self.over and self.streams[-1] is mine:
            try:
                yield mine.get(timeout=HEARTBEAT_SECONDS)
            except Empty:
                yield heartbeat(len(self.log.entries))

    def give(self, *responses: ReplicateResponse) -> None:
        """Sends, without waiting."""
        until(lambda: self.streams, "a stream is open")
        for response in responses:
            self.streams[-1].put(response)

    def send(self, response: ReplicateResponse) -> str:
        """Sends; returns the receipt that answers it."""
        before = len(self.peer.receipts)
        self.give(response)
        until(lambda: len(self.peer.receipts) > before, "an answer")
        return self.peer.receipts[-1]

    def send_ahead(self, indices: Iterable[int], size: int) -> str:
        """Sends urgent entries under the checkpoint of that size."""
        return self.send(ahead(self.log.urgent(list(indices), size)))

    def send_rest(self, stop: int) -> str:
        """Sends what the follower does not hold yet, up to an index."""
        return self.send(batch(self.log.batch(self.held().size, stop)))

    def restart(self) -> None:
        """Stops and starts our gateway; waits until it follows again."""
        before = len(self.streams)
        self.made.stop(US)
        self.made.start(US)
        until(lambda: len(self.streams) > before, "it follows again")

    def held(self) -> LogStatus:
        """The log as our gateway holds it."""
        return self.made.log(US, PEER)

    def read(self) -> list[Message]:
        """What our gateway delivers of the log, in the order of receipt."""
        return read(self.made.client(US), wanted=Filter(origins=[PEER]))

    def order(self) -> list[int]:
        """Indices of what it delivers."""
        places = {message_id: index for index, message_id in enumerate(self.log.ids())}
        return [places[message_id] for message_id in ids(self.read())]

    def problem(self) -> str:
        """What our link says, once it is closed for good."""
        problem = self.made.link(US, PEER).problem
        return problem if problem.startswith("stopped: ") else ""

    def evidence(self) -> list[tuple[str, AlarmEvidence]]:
        """Kind and content of what is kept against the peer; our gateway is stopped."""
        query = "SELECT kind, data FROM evidence WHERE log = ? ORDER BY id"
        rows = run_sql(self.made.data(US), query, self.log.origin)
        return [(kind, AlarmEvidence.FromString(data)) for kind, data in rows]

    def audit(self) -> list[str]:
        """What an audit of our store finds."""
        return verify_store(self.made.configs[US], lambda *_: None).problems


@contextmanager
def staged(materials: Materials, folder: Path, log: HandmadeLog) -> Iterator[Stage]:
    """Our gateway and the peer, until the block ends."""
    stage = Stage(log)
    with rogue(materials, PEER, stage.script) as stage.peer:
        try:
            addresses = {PEER: stage.peer.address}
            with delta(materials, folder, (US,), addresses=addresses) as stage.made:
                yield stage
        finally:
            stage.over = True
