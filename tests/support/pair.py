"""Gateways of Shanghai as processes over one database, a peer that follows them, and a load."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import yaml

from client import ExchangeClient, ExchangeError, connect
from gateway.config import GatewayConfig
from tests.support.builders import draft
from tests.support.materials import Materials
from tests.support.running import client_of, free_port, running
from tests.support.waiting import until
from tests.support.worker import AGAIN, Worker
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import Filter, LogStatus

OWN, PEER = "310000", "320000"
LOG = f"yrd/{OWN}"
CALL_SECONDS = 2.0
BATCH = 5
SETTINGS: dict[str, Any] = {"limits": {"heartbeat_seconds": 0.2}, "check_processes": 0}
SERVE = """
import sys
from pathlib import Path
from gateway.app import serve
from gateway.config import load
from integration.logs import to_stderr
to_stderr()
sys.exit(serve(load(Path(sys.argv[1])), new="--new" in sys.argv))
"""


class Publishing(Worker):
    """Publishes at whoever answers; sends a batch again until it knows what became of it."""

    def __init__(self, channels: Sequence[grpc.Channel]) -> None:
        super().__init__("publisher")
        self._clients = [ExchangeClient(channel, CALL_SECONDS) for channel in channels]
        self.answers: dict[str, int] = {}
        self.refusals: list[str] = []
        self.longest_seconds = 0.0
        """Between two acknowledgements."""

    def work(self) -> None:
        """Batch after batch."""
        number, answered = 0, time.monotonic()
        while not self.stopping.is_set():
            number += 1
            names = [f"{OWN}/load/{number}/{place}" for place in range(BATCH)]
            self._until_known([draft(entity=name) for name in names])
            now = time.monotonic()
            self.longest_seconds = max(self.longest_seconds, now - answered)
            answered = now

    def _until_known(self, drafts: list[Draft]) -> None:
        while drafts:
            try:
                results = self._clients[0].publish(drafts)
            except ExchangeError as error:
                assert error.code in AGAIN, str(error)
                self.refusals.append(error.message)
                self._clients.append(self._clients.pop(0))  # the other one, perhaps
                time.sleep(0.05)
                continue
            for made, result in zip(drafts, results, strict=True):
                if result.HasField("error"):
                    self.refusals.append(result.error.message)
                if result.HasField("accepted"):
                    self.answers[made.header.message_id] = result.accepted.sequence
            drafts = [made for made in drafts if made.header.message_id not in self.answers]


@dataclass(slots=True)
class Member:
    """One gateway's files and, while it runs, its process."""

    config: GatewayConfig
    file: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Does not wait."""
        command = [sys.executable, "-c", SERVE, str(self.file), *options]
        with self.file.with_suffix(".log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log)

    def end(self, number: signal.Signals) -> None:
        """Sends a signal; it is gone on return."""
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            process.wait(30)

    def stop(self) -> None:
        """SIGSTOP: it does nothing, and nobody is told."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def said(self) -> str:
        """What it has logged."""
        return self.file.with_suffix(".log").read_text()


@dataclass(slots=True)
class Pair:
    """The gateways, their peer, and the publisher."""

    materials: Materials
    members: list[Member]
    peer: GatewayConfig
    publishing: Publishing | None = None
    channels: list[grpc.Channel] = field(default_factory=list)

    def client(self, member: Member) -> ExchangeClient:
        """A client of a member."""
        return client_of(member.config, self.materials)

    def wait_accepting(self, member: Member) -> None:
        """Until it takes messages."""
        until(partial(self._accepts, member), "it accepts", 60)

    def _accepts(self, member: Member) -> bool:
        try:
            return self.client(member).status().accepting
        except ExchangeError:
            time.sleep(0.1)
            return False

    def wait_logged(self, member: Member, words: str) -> None:
        """Until it has said so."""
        until(lambda: words in member.said(), words, 60)

    def load(self) -> Publishing:
        """Begins to publish; some is acknowledged on return."""
        paths = self.materials.system(OWN)
        self.channels = [connect(m.config.listen, *paths) for m in self.members]
        self.publishing = Publishing(self.channels)
        self.publishing.start()
        self.wait_more(10)
        return self.publishing

    def wait_more(self, count: int) -> None:
        """Until so many more are acknowledged."""
        assert self.publishing is not None
        publishing, before = self.publishing, len(self.publishing.answers)

        def more() -> bool:
            publishing.check()
            return len(publishing.answers) >= before + count

        until(more, f"{count} more acknowledgements", 60)

    def stop_load(self) -> dict[str, int]:
        """All that was acknowledged: sequences by id."""
        assert self.publishing is not None
        self.publishing.stopping.set()
        self.publishing.join(60)
        self.publishing.check()
        return self.publishing.answers

    def held(self, config: GatewayConfig) -> LogStatus:
        """The own log as a gateway has it."""
        status = client_of(config, self.materials).status()
        return {log.log_origin: log for log in status.logs}.get(LOG, LogStatus())

    def assert_whole(self, member: Member) -> None:
        """Nothing acknowledged is lost, nothing is doubled, nothing is left out, and the peer agrees."""
        answers = self.stop_load()
        found = list(self.client(member).messages(Filter(origins=[OWN])))
        numbers = [message.stamp.sequence for message in found]
        assert numbers == list(range(len(numbers)))
        ids = [message.header.message_id for message in found]
        assert len(set(ids)) == len(ids)
        known = dict(zip(ids, numbers, strict=True))
        assert {name: known.get(name) for name in answers} == answers
        size = self.held(member.config).size
        assert size == len(numbers)
        until(lambda: self.held(self.peer).size == size, "the peer holds the same", 60)
        assert list(client_of(self.peer, self.materials).alarms()) == []


def _written(config: GatewayConfig, file: Path) -> Path:
    content = config.model_dump(mode="json", exclude={"agreements_dir", "clients", "limits"})
    content["agreements_dir"] = str(config.agreements_dir)
    content["limits"] = SETTINGS["limits"]
    file.write_text(yaml.safe_dump(content))
    return file


@contextmanager
def pair(
    materials: Materials, folder: Path, stores: Sequence[str], **changes: Any
) -> Iterator[Pair]:
    """A member for each way to the database; only the first one is started, and accepts."""
    folder.mkdir(exist_ok=True)
    ports, peer_port = [free_port() for _ in stores], free_port()
    addresses = [f"127.0.0.1:{port}" for port in ports]
    ours = materials.peer(OWN, addresses[0]) | {"address": addresses}
    theirs = materials.peer(PEER, f"127.0.0.1:{peer_port}")
    peer = materials.config(PEER, peer_port, folder / "peer", peers=[ours], **SETTINGS)
    members = []
    for number, (store, port) in enumerate(zip(stores, ports, strict=True)):
        data = folder / f"data{number}"
        settings = {"store": store, "peers": [theirs], **SETTINGS, **changes}
        config = materials.config(OWN, port, data, **settings)
        members.append(Member(config, _written(config, folder / f"gateway{number}.yaml")))
    made = Pair(materials, members, peer)
    with running(peer):
        try:
            members[0].start("--new")
            made.wait_accepting(members[0])
            yield made
        finally:
            if made.publishing is not None:
                made.publishing.stopping.set()
                made.publishing.join(10)
            for channel in made.channels:
                channel.close()
            for member in members:
                member.end(signal.SIGKILL)
