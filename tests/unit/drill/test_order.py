"""A message that names what another participant told comes in a later round."""

from pathlib import Path

from integration.drill.observe import held, own_sizes
from integration.drill.order import Round, rounds
from integration.drill.scenario import Scenario
from tests.support import tiny
from tests.support.tiny import step
from yrd.exchange.v1.service_pb2 import GetStatusResponse, LinkStatus, LogStatus


def story(folder: Path) -> Scenario:
    """Two reports, an answer to the first, and a second answer to that."""
    return tiny.made(
        folder,
        step("2021-07-25T09:00+08:00", entity="flood"),
        step("2021-07-25T09:01+08:00", origin="320000", entity="own"),
        step("2021-07-25T09:02+08:00", origin="320000", entity="near", incidents=["310000:flood"]),
        step("2021-07-25T09:03+08:00", origin="310000", entity="back", reply_to="320000:near"),
    )


def names(found: list[Round]) -> list[tuple[list[str], bool]]:
    return [
        ([s.draft.header.entity_id.rpartition("/")[2] for s in one.steps], one.answers)
        for one in found
    ]


def test_who_names_what_another_told_comes_after_it(tmp_path: Path) -> None:
    steps = story(tmp_path).steps
    assert names(list(rounds(steps, []))) == [
        (["flood", "own"], False),
        (["near"], True),
        (["back"], True),
    ]


def test_what_was_told_in_an_earlier_slice_is_waited_for_too(tmp_path: Path) -> None:
    steps = story(tmp_path).steps
    assert names(list(rounds(steps[2:3], steps[:2]))) == [(["near"], True)]
    assert names(list(rounds(steps[1:2], steps[:1]))) == [(["own"], False)]
    assert list(rounds([], steps)) == []


def test_what_names_only_its_own_goes_with_it(tmp_path: Path) -> None:
    steps = tiny.made(
        tmp_path,
        step("2021-07-25T09:00+08:00", entity="flood"),
        step("2021-07-25T09:01+08:00", entity="more", reply_to="310000:flood"),
        step("2021-07-25T09:02+08:00", entity="flood"),
    ).steps
    assert names(list(rounds(steps, []))) == [(["flood", "more", "flood"], False)]


def status(participant: str, size: int, **held_of: int) -> GetStatusResponse:
    """What a gateway says: its own log's size, and how much of others' it holds."""
    links = [LinkStatus(participant=name, held_size=held) for name, held in held_of.items()]
    return GetStatusResponse(
        logs=[LogStatus(log_origin=f"yrd/{participant}", size=size)], links=links
    )


def test_what_was_told_is_held_once_everyone_has_it() -> None:
    before = {"here": status("here", 3, there=0), "there": status("there", 5, here=3)}
    sizes = own_sizes(before)
    assert sizes == {"here": 3, "there": 5}
    assert not held(sizes, before)
    later = {"here": status("here", 9, there=5), "there": status("there", 5, here=3)}
    assert held(sizes, later)
    assert not held(own_sizes(later), later)
