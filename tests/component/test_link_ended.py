"""A peer that ends its stream in order, as it does when it stops, is not taken for connected."""

from pathlib import Path

from tests.support.delta import delta
from tests.support.materials import Materials
from tests.support.rogue import heartbeat, rogue
from tests.support.waiting import until

OWN, PEER = "310000", "320000"


def test_a_stream_that_ended_is_told(materials: Materials, tmp_path: Path) -> None:
    with (
        rogue(materials, PEER, lambda _: iter([heartbeat(0)])) as peer,
        delta(materials, tmp_path, [OWN], addresses={PEER: peer.address}) as made,
    ):
        until(lambda: made.link(OWN, PEER).connected, "the link is up")
        peer.ending.set()
        ended = until(lambda: made.link(OWN, PEER).problem, "the link says what happened")
        assert ended == "UNAVAILABLE: the peer ended the stream"
        until(lambda: not made.link(OWN, PEER).connected, "the link is down")
