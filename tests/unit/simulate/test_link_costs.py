"""The benchmark finds the costs of gateways that are known to have them."""

import pytest

from tests.bench.link_costs import (
    BATCH,
    CHECKING,
    LISTENED,
    ORIGIN,
    WHOLE,
    WITHHELD,
    Kind,
    Used,
    costs,
)

PADDED = 1024
KNOWN = {
    "seal": 24.0,
    "seal_kb": 12.0,
    "commit": 2600.0,
    "serve": 1.5,
    "serve_kb": 2.0,
    "send": 500.0,
    "mirror": 10.0,
    "mirror_kb": 11.0,
    "mirror_withheld": 6.0,
    "receive": 1500.0,
    "deliver": 27.0,
    "deliver_kb": 8.0,
}


def _run(kind: Kind, checked: float, checked_kb: float) -> Used:
    size = kind.size or 203
    entries = 1 if kind.single else BATCH

    def each(name: str) -> float:
        return KNOWN[name] + KNOWN[f"{name}_kb"] * size / 1000

    peer = each("mirror") + KNOWN["receive"] / entries
    served = kind.peers * (each("serve") + KNOWN["send"] / entries)
    apart = checked + checked_kb * size / 1000
    used = {
        ORIGIN: each("seal") - apart + KNOWN["commit"] / entries + served,
        WHOLE: peer,
        WITHHELD: KNOWN["mirror_withheld"] + KNOWN["receive"] / entries,
        LISTENED: peer + (each("deliver") if kind.listened else 0.0),
    }
    return Used(size, used | ({CHECKING: apart} if apart else {}), {})


@pytest.mark.parametrize("apart", [(0.0, 0.0), (9.0, 4.0)], ids=["by itself", "by processes"])
def test_the_costs_are_found_again(apart: tuple[float, float]) -> None:
    """Whether the origin checks by itself, as with native steps, or has processes for it."""
    runs = {
        Kind(peers, size, single, listened): _run(Kind(peers, size, single, listened), *apart)
        for peers in (1, 4)
        for size in (0, PADDED)
        for single in (False, True)
        for listened in (False, True)
    }
    assert costs(runs, PADDED) == pytest.approx(KNOWN, rel=0.005)
