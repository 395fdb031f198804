"""The gateways of a scene: real processes in one folder, with a proxy on each way between two."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import grpc
import yaml

from client import ExchangeClient, ExchangeError, connect
from integration import certs
from tests.faults.harness import power
from tests.faults.harness.control import Control
from tests.faults.harness.entitlement import PARTICIPANTS
from tests.faults.harness.processes import Nursery, control_of, log_of, report_of
from tests.faults.harness.recovered import RecoveredLog, recovered_log
from tests.support.materials import Materials
from tests.support.proxy import Proxy
from tests.support.running import free_port
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import GetStatusResponse

LIMITS = {"heartbeat_seconds": 0.2, "shutdown_grace_seconds": 1}
AGREEMENT = Path(__file__).with_name("agreement.yaml")
END_SECONDS, SERVE_SECONDS, CALL_SECONDS = 20.0, 30.0, 5.0
PAUSE_SECONDS = 0.02


@dataclass(slots=True)
class Recovery:
    """From a start: seconds until the gateway accepts, and until it is level with its peers."""

    name: str
    started: float
    serving_seconds: float | None = None
    level_seconds: float | None = None


@dataclass(slots=True)
class Gateway:
    """One gateway's files and, while it runs, its process."""

    name: str
    address: str
    config: Path
    control: Control
    pid: int | None = None

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.config.with_name("data")


@dataclass(slots=True)
class Gateways:
    """All of them."""

    folder: Path
    materials: Materials
    nursery: Nursery
    cold: bool = False
    ahead_seconds: float = 0.0
    """How far this world's time is ahead of the real one. It never goes back."""
    members: dict[str, Gateway] = field(default_factory=dict)
    proxies: dict[tuple[str, str], Proxy] = field(default_factory=dict)
    """By (follower, followed)."""
    recoveries: list[Recovery] = field(default_factory=list)
    _channels: dict[str, grpc.Channel] = field(default_factory=dict)

    # processes

    def start(self, *names: str, cold: bool = False) -> None:
        """Starts gateways and waits until they serve. `cold`: by fresh interpreters."""
        for name in names:
            self.launch(name, cold=cold)
        for name in names:
            self.wait_serving(name)

    def launch(self, name: str, *, cold: bool = False) -> None:
        """Starts a gateway and does not wait."""
        member = self.members[name]
        assert member.pid is None, f"{name} runs"
        member.pid = self.nursery.start(member.config, cold=cold or self.cold)
        self.recoveries.append(Recovery(name, time.monotonic()))

    def recover(self, name: str) -> RecoveredLog:
        """Rebuilds the log of a gateway that is not running, as an operator does, and waits for it."""
        member = self.members[name]
        assert member.pid is None, f"{name} runs"
        member.pid = self.nursery.recover(member.config)
        status = self.wait_ended(name)
        assert status == 0, f"recovery of {name} ended with {status}; {self.tail(name)}"
        return recovered_log(report_of(member.config))

    def wait_serving(self, name: str) -> None:
        """Waits until a gateway that was launched accepts."""
        until(partial(self._serves, name), f"{name} serves; {self.tail(name)}", SERVE_SECONDS)
        for recovery in self.recoveries:
            if recovery.name == name and recovery.serving_seconds is None:
                recovery.serving_seconds = time.monotonic() - recovery.started

    def _serves(self, name: str) -> bool:
        assert self.ended(name) is None, f"{name} ended with {self.ended(name)}; {self.tail(name)}"
        try:
            return self.status(name).accepting
        except ExchangeError:
            self.forget_channel(name)  # a new one does not wait before it tries again
            time.sleep(PAUSE_SECONDS)
            return False

    def ended(self, name: str) -> int | None:
        """How a gateway's process ended; None while it runs."""
        pid = self.members[name].pid
        return None if pid is None else self.nursery.ended(pid)

    def wait_ended(self, name: str) -> int:
        """Waits until a gateway's process has ended; its exit status."""
        until(lambda: self.ended(name) is not None, f"the end of {name}", END_SECONDS)
        status = self.ended(name)
        assert status is not None
        self.members[name].pid = None
        self.recoveries = [r for r in self.recoveries if r.name != name or r.level_seconds]
        self.forget_channel(name)
        return status

    def signal(self, name: str, number: signal.Signals) -> None:
        """Sends a signal; nothing happens if the process has just ended."""
        pid = self.members[name].pid
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self, *names: str) -> None:
        """SIGKILL, and waits for the end. Checking processes end by themselves."""
        for name in names:
            self.signal(name, signal.SIGKILL)
        for name in names:
            self.wait_ended(name)

    def cut_power(self, name: str, chance: Random | None) -> None:
        """SIGKILL, and what was not synced is lost: all of it, or some sectors by chance."""
        if self.members[name].pid is not None:
            self.kill(name)
        power.cut(self.members[name].data, chance)

    def running(self) -> list[str]:
        """Names of those that were started and not seen to end."""
        return [name for name, member in self.members.items() if member.pid is not None]

    def children(self, name: str) -> list[int]:
        """Process ids of a gateway's checking processes."""
        pid = self.members[name].pid
        with suppress(OSError):
            found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            threads = Path(f"/proc/{pid}/task").glob("*/children")
            found = [one for path in threads for one in path.read_text().split()] or found
            return [int(one) for one in found]
        return []

    # asking

    def status(self, name: str) -> GetStatusResponse:
        """State of a gateway. Raises ExchangeError."""
        return ExchangeClient(self.channel(name), CALL_SECONDS).status()

    def channel(self, name: str) -> grpc.Channel:
        """A channel of the console, kept."""
        if name not in self._channels:
            self._channels[name] = self.connect(name)
        return self._channels[name]

    def forget_channel(self, name: str) -> None:
        """The next call makes a new one."""
        kept = self._channels.pop(name, None)
        if kept is not None:
            kept.close()

    def connect(self, name: str) -> grpc.Channel:
        """A channel of one's own."""
        return connect(self.members[name].address, *self.materials.system(name))

    def tail(self, name: str, lines: int = 4) -> str:
        """Last lines of a gateway's log."""
        path = log_of(self.members[name].config)
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def now(self) -> float:
        """The time in this world, in seconds since 1970."""
        return time.time() + self.ahead_seconds

    def go_on_to(self, ahead_seconds: float) -> None:
        """Time goes by for all of them."""
        assert ahead_seconds >= self.ahead_seconds
        self.ahead_seconds = ahead_seconds
        for member in self.members.values():
            member.control.clock_seconds = ahead_seconds

    # the network

    def ways_of(self, name: str) -> list[Proxy]:
        """Proxies on all ways from and to a gateway."""
        return [proxy for way, proxy in self.proxies.items() if name in way]

    def heal(self) -> None:
        """Disks, clocks and network are well again, and whoever was paused goes on."""
        for proxy in self.proxies.values():
            proxy.pass_on()
        for name, member in self.members.items():
            member.control.reset(self.ahead_seconds)
            self.signal(name, signal.SIGCONT)

    def close(self) -> None:
        """Ends everything."""
        for name in list(self._channels):
            self.forget_channel(name)
        self.nursery.close()
        for proxy in self.proxies.values():
            proxy.close()


def make(folder: Path, nursery: Nursery, *, cold: bool = False) -> Gateways:
    """Prepares a folder; nothing is started."""
    folder.mkdir(parents=True, exist_ok=True)
    certs.make_all(folder / "certs")
    made = Gateways(folder, Materials(folder / "certs"), nursery, cold)
    ports = {name: free_port() for name in PARTICIPANTS}
    for name, port in ports.items():
        config = folder / name / "config.yaml"
        config.parent.mkdir()
        address = f"127.0.0.1:{port}"
        made.members[name] = Gateway(name, address, config, Control(control_of(config)))
    for follower in PARTICIPANTS:
        for followed in PARTICIPANTS:
            if follower != followed:
                made.proxies[follower, followed] = Proxy(made.members[followed].address)
    agreements = folder / "agreements"
    agreements.mkdir()
    (agreements / AGREEMENT.name).write_bytes(AGREEMENT.read_bytes())
    for name in PARTICIPANTS:
        _write_config(made, name)
    return made


def _write_config(made: Gateways, name: str) -> None:
    own = made.materials.folder / name
    content = {
        "participant": name,
        "listen": made.members[name].address,
        "data_dir": "data",
        "agreements_dir": "../agreements",
        "tls": {
            "ca": str(made.materials.folder / "ca.pem"),
            "certificate": str(own / "gateway.pem"),
            "key": str(own / "gateway.key"),
        },
        "keys": {"log": str(own / "log.key"), "witness": str(own / "witness.key")},
        "peers": [
            made.materials.peer(peer, made.proxies[name, peer].address)
            for peer in PARTICIPANTS
            if peer != name
        ],
        "check_processes": 1,
        "limits": LIMITS,
    }
    made.members[name].config.write_text(yaml.safe_dump(content, allow_unicode=True))
