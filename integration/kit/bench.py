"""What the cases of one run share, and the world of one case."""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from integration.kit.follower import Follower
from integration.kit.model import Case, Unfit
from integration.kit.peer import PeerGateway, require_setup
from integration.kit.target import Target


@dataclass(slots=True)
class Bench:
    """One run against one target. `run_id` keeps its messages apart from those of other runs."""

    target: Target
    run_id: str = field(default_factory=lambda: secrets.token_hex(4))
    hooks: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    follower: Follower = field(init=False)
    _peer: PeerGateway | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Nothing is opened before a case needs it."""
        self.follower = Follower(self.target)

    @property
    def peer(self) -> PeerGateway:
        """The gateway that the kit plays; started once. Raises Unfit."""
        with self._lock:
            if self._peer is None:
                require_setup(self.target.setup)
                self._peer = PeerGateway.start(self.target.setup)
            return self._peer

    def begin(self, cases: Iterable[Case]) -> None:
        """Starts the peer's gateway if a case will need it: the target may take a while to find it.

        Raises SetupError.
        """
        setup = self.target.setup
        if setup.peer_listen and any("peer" in case.needs for case in cases):
            with suppress(Unfit):  # told where a case needs it
                _ = self.peer

    def world(self, case: Case) -> "World":
        """A fresh world for a case."""
        setup = self.target.setup
        slug = f"{self.run_id}-{case.group}-{case.name}"
        names = {
            "participant": setup.participant,
            "peer": setup.peer or "320000",
            "stranger": setup.stranger or "330000",
            "run": self.run_id,
            "slug": slug,
            "scope": f"{setup.participant}/kit/{self.run_id}/{case.group}/{case.name}",
            "limit": setup.max_draft_bytes,
            "quota": setup.messages_per_second,
            "shared": dict(setup.shared),
            "zero": "00" * 32,
        }
        return World(self, names)

    def close(self) -> None:
        """Ends what was started."""
        if self._peer is not None:
            self._peer.stop()
        self.target.close()


@dataclass(frozen=True, slots=True)
class World:
    """What a case's steps see: the run, and what earlier steps have saved."""

    bench: Bench
    names: dict[str, Any]

    @property
    def target(self) -> Target:
        """The gateway under test."""
        return self.bench.target


NEEDS: Mapping[str, str] = {
    "quota": "messages_per_second in kit.yaml",
    "peer": "peer, peer_listen and gateway_log_key in kit.yaml",
    "samples": "schemas/samples",
}


def require_needs(case: Case, bench: Bench) -> None:
    """Raises Unfit, naming what is lacking for a case."""
    setup = bench.target.setup
    there = {
        "quota": bool(setup.messages_per_second),
        "peer": bool(setup.peer and setup.peer_listen and setup.gateway_log_key),
    }
    for need in case.needs:
        if need.startswith("hook:"):
            if need.removeprefix("hook:") not in bench.hooks:
                raise Unfit(f"hooks.{need.removeprefix('hook:')} in kit.yaml")
        elif not there.get(need, True):
            raise Unfit(NEEDS[need])
