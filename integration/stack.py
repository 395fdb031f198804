"""Five gateways and the joint pipeline on one machine, in one folder.

The folder holds certificates, a configuration and data for each participant, the agreements, and the
ports, so that a second start goes on where the first one stopped. Children end with their parent,
however it ends: each holds a pipe from it and stops when that closes.
"""

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from client import ExchangeClient, ExchangeError, connect
from gateway.store.mark import ASKING
from integration import certs

AGREEMENTS = Path(__file__).parent / "drill" / "agreements"
PIPELINE = "pipeline"
PORTS = (15_000, 32_000)
READY_SECONDS = 30.0
STOP_SECONDS = 15.0


class StackError(Exception):
    """The stack can't be prepared or started; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One participant's gateway."""

    participant: str
    address: str
    config: Path
    certs: Path

    @property
    def store(self) -> Path:
        """Its database."""
        return self.config.parent / "data" / "gateway.db"

    @property
    def begun(self) -> Path:
        """A file that says that its log has begun."""
        return self.config.parent / "begun"

    def client(self, system: str = "console", timeout_seconds: float = 30.0) -> ExchangeClient:
        """A client of one of its systems."""
        channel = connect(
            self.address,
            self.certs.parent / "ca.pem",
            self.certs / f"{system}.pem",
            self.certs / f"{system}.key",
        )
        return ExchangeClient(channel, timeout_seconds)


@dataclass(slots=True)
class Stack:
    """The processes of a folder."""

    folder: Path
    members: dict[str, Member]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, names: Sequence[str] | None = None) -> None:
        """Starts gateways, then the pipeline; waits until they serve. Raises StackError."""
        wanted = [*self.members, PIPELINE] if names is None else list(names)
        for name in wanted:
            if name != PIPELINE:
                self._spawn(name, self._serve(self.members[name]))
        for name in wanted:
            if name != PIPELINE:
                self._wait_ready(self.members[name])
                self.members[name].begun.touch()
        if PIPELINE in wanted:
            self._spawn(PIPELINE, ["pipeline", "run", "--dir", str(self.folder)])

    def run(self, name: str, arguments: list[str]) -> None:
        """Starts one more process of the command, which stops before the gateways."""
        self._spawn(name, arguments)

    def _serve(self, member: Member) -> list[str]:
        """A member's log begins with its first start, and never again."""
        first = not (member.begun.exists() or member.store.exists())
        return ["gateway", "serve", "--config", str(member.config), *(["--new"] if first else [])]

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Stops everything in order; what does not stop in time is killed."""
        others = [name for name in self.processes if name not in (PIPELINE, *self.members)]
        order = [PIPELINE, *others, *self.members]
        running = [self.processes.pop(n) for n in order if n in self.processes]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def exited(self) -> list[str]:
        """Names of processes that ended by themselves."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def log_tail(self, name: str, lines: int = 5) -> str:
        """The last lines of a process's log."""
        path = self._log(name)
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _spawn(self, name: str, arguments: list[str]) -> None:
        reading, writing = os.pipe()
        os.set_inheritable(reading, True)
        command = [sys.executable, "-m", "integration.child", str(reading), *arguments]
        try:
            with self._log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(reading,),
                    start_new_session=True,
                )
        finally:
            os.close(reading)
        _LIFELINES.append(writing)

    def _wait_ready(self, member: Member) -> None:
        deadline = time.monotonic() + READY_SECONDS
        client = member.client(timeout_seconds=2.0)
        while problem := _not_ready(client):
            process = self.processes[member.participant]
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(
                    f"gateway {member.participant} did not start ({problem}); its log says:\n"
                    f"{self.log_tail(member.participant)}"
                )
            time.sleep(0.1)


def _not_ready(client: ExchangeClient) -> str:
    """Why a gateway can't be used yet; empty once it has decided whether it accepts."""
    try:
        problem = client.status().problem
    except ExchangeError as error:
        return error.code
    return problem if problem == ASKING else ""


_LIFELINES: list[int] = []
"""Write ends of the pipes; they close when this process ends, and the children see it."""


def prepare(folder: Path, stores: Mapping[str, str] | None = None) -> Stack:
    """Makes what is missing in the folder and reads the rest. Raises StackError.

    `stores`: databases by participant; of others the store is a file.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    if not (folder / "certs").exists():
        with _whole(folder / "certs") as fresh:
            certs.make_all(fresh)
    if not (folder / "agreements").exists():
        with _whole(folder / "agreements") as fresh:
            shutil.copytree(AGREEMENTS, fresh)
    ports = _ports(folder / "stack.json")
    members = {p: _member(folder, p, ports) for p in certs.PARTICIPANTS}
    for member in members.values():
        _write_config(folder, member, members, stores or {})
    return Stack(folder, members)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A folder that appears whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    yield fresh
    fresh.rename(path)


def _ports(path: Path) -> dict[str, int]:
    if path.exists():
        try:
            found = json.loads(path.read_text())["ports"]
            return {participant: int(found[participant]) for participant in certs.PARTICIPANTS}
        except (ValueError, KeyError, TypeError):
            raise StackError(
                f"{path}: not a stack's file; remove it or use another folder"
            ) from None
    with ExitStack() as taken:
        ports = {participant: _free_port(taken) for participant in certs.PARTICIPANTS}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"ports": ports}, indent=1))
    fresh.rename(path)
    return ports


def _free_port(taken: ExitStack) -> int:
    """A port that is free, and held until `taken` ends.

    It lies below those that Linux gives to outgoing connections, so that it is free later, too.
    """
    while True:
        port = random.randrange(*PORTS)
        try:
            taken.enter_context(socket.create_server(("127.0.0.1", port)))
        except OSError:
            continue
        return port


def _member(folder: Path, participant: str, ports: dict[str, int]) -> Member:
    return Member(
        participant,
        f"127.0.0.1:{ports[participant]}",
        folder / participant / "config.yaml",
        folder / "certs" / participant,
    )


def _write_config(
    folder: Path, member: Member, members: dict[str, Member], stores: Mapping[str, str]
) -> None:
    if member.config.exists():
        return
    member.config.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "participant": member.participant,
        "listen": member.address,
        "data_dir": "data",
        **({"store": stores[member.participant]} if member.participant in stores else {}),
        "agreements_dir": "../agreements",
        "tls": {
            "ca": "../certs/ca.pem",
            **({"crl": "../certs/crl.pem"} if (folder / "certs" / "crl.pem").exists() else {}),
            "certificate": f"../certs/{member.participant}/gateway.pem",
            "key": f"../certs/{member.participant}/gateway.key",
        },
        "keys": {
            "log": f"../certs/{member.participant}/log.key",
            "witness": f"../certs/{member.participant}/witness.key",
        },
        "peers": [_peer(peer) for peer in members.values() if peer is not member],
    }
    fresh = member.config.with_suffix(".new")
    fresh.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    fresh.rename(member.config)


def _peer(peer: Member) -> dict[str, str]:
    return {
        "participant": peer.participant,
        "address": peer.address,
        "log_key": (peer.certs / "log.vkey").read_text().strip(),
        "witness_key": (peer.certs / "witness.vkey").read_text().strip(),
    }
