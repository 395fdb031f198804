"""An origin that shows its peers different trees is found out by the two of them, without its help."""

import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from gateway.replication.gossip import Gossip
from tests.support.alarm_proofs import shown_by
from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.rogue import Script, batch, heartbeat, rogue
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import (
    Alarm,
    CompareCheckpointsRequest,
    CompareCheckpointsResponse,
    ReplicateOpen,
    ReplicateResponse,
)

ONE, TWO, ROGUE = "310000", "330000", "320000"


def log_of(materials: Materials, name: str, size: int) -> HandmadeLog:
    log = HandmadeLog(materials, ROGUE)
    log.add(*(draft(entity=f"{ROGUE}/{name}/{n}") for n in range(size)))
    return log


def two_faced(*shown: tuple[HandmadeLog, int]) -> Script:
    """Shows a log up to a size to whoever comes first, another to the second; and stays with it."""
    strangers = count()

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size:
            notes = [log.checkpoint(size).split("\n\n")[0] for log, size in shown]
            number = notes.index(opened.cosigned_checkpoint.split("\n\n")[0])
        else:
            number = next(strangers) % len(shown)
        log, size = shown[number]
        if not opened.size:
            yield batch(log.batch(0, size))
        for _ in range(400):
            time.sleep(0.05)  # as often as a peer's heartbeat
            yield heartbeat(size)

    return script


def alarms(made: Delta, participant: str) -> list[Alarm]:
    return list(made.client(participant).alarms())


def closed(made: Delta, participant: str) -> bool:
    return made.link(participant, ROGUE).problem.startswith("stopped: ")


@pytest.mark.parametrize("sizes", [(3, 3), (3, 5), (5, 3)], ids=["level", "longer", "shorter"])
def test_two_views_are_found_by_those_who_were_shown_them(
    materials: Materials, tmp_path: Path, sizes: tuple[int, int]
) -> None:
    script = two_faced(*((log_of(materials, n, s), s) for n, s in zip("ab", sizes, strict=True)))
    with (
        rogue(materials, ROGUE, script) as bad,
        delta(materials, tmp_path, (ONE, TWO), addresses={ROGUE: bad.address}) as made,
    ):
        for participant in (ONE, TWO):
            until(partial(alarms, made, participant), f"the alarm at {participant}")
            until(partial(closed, made, participant), f"the closed link of {participant}")
            (found,) = alarms(made, participant)
            assert (found.log_origin, found.kind) == (f"yrd/{ROGUE}", "fork")
            assert shown_by(materials, found) == "two trees"
        made.client(ONE).publish([draft(entity=f"{ONE}/x")])
        made.wait_level(ONE, TWO)


def test_one_view_at_different_sizes_is_no_fork(
    materials: Materials, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, answer = log_of(materials, "a", 5), Gossip.answer
    compared: list[tuple[str, int]] = []

    async def counted(
        gossip: Gossip, peer: str, request: CompareCheckpointsRequest
    ) -> CompareCheckpointsResponse:
        answered = await answer(gossip, peer, request)
        compared.append((peer, len(answered.held)))
        return answered

    monkeypatch.setattr(Gossip, "answer", counted)
    with (
        rogue(materials, ROGUE, two_faced((log, 5), (log, 3))) as bad,
        delta(materials, tmp_path, (ONE, TWO), addresses={ROGUE: bad.address}) as made,
    ):
        until(lambda: {(ONE, 1), (TWO, 1)} <= set(compared), "both have compared")
        assert {made.log(p, ROGUE).size for p in (ONE, TWO)} == {3, 5}
        assert not alarms(made, ONE)
        assert not alarms(made, TWO)
