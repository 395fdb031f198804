"""What comes on a peer's stream is read, by native steps or without them; what is no response is told."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Limits
from gateway.errors import Unavailable
from gateway.replication import framed
from gateway.replication.link import Link
from tests.support.builders import draft
from tests.support.delta import delta
from tests.support.materials import Materials
from tests.support.native_steps import without_native_steps

OWN, PEER = "310000", "320000"


@pytest.mark.parametrize("natively", [True, False])
def test_entries_come_over(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, natively: bool
) -> None:
    if not natively:
        without_native_steps(monkeypatch, framed)
    made = [draft(entity=f"{OWN}/{n}") for n in range(3)]
    with delta(materials, tmp_path, [OWN, PEER]) as both:
        both.client(OWN).publish(made)
        both.wait_level(OWN, PEER)
        for one in made:
            assert both.client(PEER).get(one.header.message_id).header == one.header


class Garbage:
    """A call, and a watch over a log that is in order."""

    alarms: Any

    def __init__(self) -> None:
        self.alarms = self

    def closing(self, _log: str) -> None:
        return None

    async def read(self) -> bytes:
        return b"\xff"


def test_what_is_no_response_interrupts_the_link() -> None:
    peer: Any = Garbage()
    link = Link(PEER, peer, peer, peer, peer, lambda: 0.0, Limits.model_validate({}))
    peer.log = f"yrd/{PEER}"
    with pytest.raises(Unavailable, match="the peer sent what is not a ReplicateResponse"):
        asyncio.run(link._read(peer))
    assert not link.state.last_heard_us
