"""A gap of large messages: it is sent in batches that a peer takes, not in one that no peer takes."""

from pathlib import Path

from tests.component.test_large_messages import CLIENT_TAKES, COUNT, large
from tests.support.delta import delta
from tests.support.materials import Materials

OWN, PEER = "310000", "320000"


def test_a_peer_catches_up_with_large_messages(materials: Materials, tmp_path: Path) -> None:
    drafts = [large(number) for number in range(COUNT)]
    assert sum(made.ByteSize() for made in drafts) > CLIENT_TAKES
    with delta(materials, tmp_path, [OWN, PEER], start=False) as made:
        made.start(OWN)
        for start in range(0, COUNT, 10):
            results = made.client(OWN).publish(drafts[start : start + 10])
            assert all(result.HasField("accepted") for result in results)
        made.start(PEER)
        made.wait_level(OWN, PEER)
