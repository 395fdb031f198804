"""Gateways of several participants in this process, each a peer of all others."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from client import ExchangeClient
from gateway.app import Gateway
from gateway.config import GatewayConfig
from tests.support.materials import Materials
from tests.support.running import client_of, free_port, running
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import GetStatusResponse, LinkStatus, LogStatus

LIMITS = {"heartbeat_seconds": 0.2}
SETTINGS: dict[str, Any] = {"limits": LIMITS, "check_processes": 0}


@dataclass(slots=True)
class Delta:
    """The gateways, which may be stopped and started again one by one."""

    materials: Materials
    folder: Path
    configs: dict[str, GatewayConfig]
    stacks: dict[str, ExitStack] = field(default_factory=dict)
    gateways: dict[str, Gateway] = field(default_factory=dict)
    without: Sequence[str] = ()
    """Peers whose word a gateway that is started does not wait for."""

    def start(self, participant: str) -> None:
        """Starts one gateway. A reload reads anew what is in `configs` then."""
        self.stacks[participant] = stack = ExitStack()
        reread = partial(self.configs.__getitem__, participant)
        started = running(reread(), reread, without=self.without)
        self.gateways[participant] = stack.enter_context(started)

    def stop(self, participant: str) -> None:
        """Stops one gateway in order."""
        self.stacks.pop(participant).close()

    def data(self, participant: str) -> Path:
        """Its data folder."""
        return self.configs[participant].data_dir

    def client(self, participant: str) -> ExchangeClient:
        """A client of its console."""
        return client_of(self.configs[participant], self.materials)

    def status(self, participant: str) -> GetStatusResponse:
        """Its state."""
        return self.client(participant).status()

    def log(self, holder: str, owner: str) -> LogStatus:
        """A log as one gateway holds it."""
        logs = {log.log_origin: log for log in self.status(holder).logs}
        return logs.get(f"yrd/{owner}", LogStatus())

    def link(self, holder: str, peer: str) -> LinkStatus:
        """One gateway's link to a peer."""
        (found,) = [link for link in self.status(holder).links if link.participant == peer]
        return found

    def wait_level(self, owner: str, *holders: str) -> None:
        """Waits until the holders have an owner's log whole, and the owner their receipts."""
        size = self.log(owner, owner).size
        for holder in holders:
            until(partial(self._level, owner, holder, size), f"{holder} at {size} of {owner}")

    def _level(self, owner: str, holder: str, size: int) -> bool:
        held = self.log(holder, owner).size == size
        return held and self.link(owner, holder).cosigned_size == size


@contextmanager
def delta(
    materials: Materials,
    folder: Path,
    participants: Sequence[str],
    start: bool = True,
    addresses: dict[str, str] | None = None,
    **changes: Any,
) -> Iterator[Delta]:
    """Configures gateways and, unless told otherwise, starts them all.

    `addresses` are those of peers that are no gateways of ours.
    """
    ports = {participant: free_port() for participant in participants}
    known = {p: f"127.0.0.1:{port}" for p, port in ports.items()} | (addresses or {})

    def config(own: str) -> GatewayConfig:
        peers = [materials.peer(p, address) for p, address in known.items() if p != own]
        return materials.config(
            own, ports[own], folder / own, **(SETTINGS | {"peers": peers} | changes)
        )

    made = Delta(materials, folder, {participant: config(participant) for participant in ports})
    try:
        for participant in participants if start else ():
            made.start(participant)
        yield made
    finally:
        for participant in list(made.stacks):
            made.stop(participant)
