"""Gateways that were away, and logs that grow in all of them at once."""

from itertools import chain
from pathlib import Path

from tests.support.builders import draft
from tests.support.delta import Delta, delta
from tests.support.materials import AGREED, Materials
from tests.support.readers import ids, told
from tests.support.standing import acknowledge
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

TWO = ("310000", "320000")
THREE = (*TWO, "joint")


def drafts(owner: str, name: str, count: int) -> list[Draft]:
    return [draft(entity=f"{owner}/{name}/{n}") for n in range(count)]


def same_trees(made: Delta, owner: str) -> bool:
    return len({made.log(holder, owner).root_hash for holder in made.configs}) == 1


def test_each_province_speaks_and_all_hear_everything(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, THREE) as made:
        published = {owner: drafts(owner, "a", 3) for owner in THREE}
        for owner, batch in published.items():
            made.client(owner).publish(batch)
        for owner in THREE:
            made.wait_level(owner, *(holder for holder in THREE if holder != owner))
            assert same_trees(made, owner)
        everything = sorted(ids(chain.from_iterable(published.values())))
        for holder in THREE:
            messages = told(made.client(holder))
            assert sorted(ids(messages)) == everything
            for owner, batch in published.items():
                assert ids(m for m in messages if m.stamp.origin == owner) == ids(batch)


def test_a_gateway_that_was_away_catches_up(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, TWO) as made:
        before, meanwhile, after = (drafts("310000", name, 3) for name in "abc")
        made.client("310000").publish(before)
        made.wait_level("310000", "320000")
        made.stop("320000")
        until(lambda: not made.link("310000", "320000").connected, "the link is down")
        made.client("310000").publish(meanwhile)
        assert made.link("310000", "320000").cosigned_size == AGREED + 3
        made.start("320000")
        made.client("310000").publish(after)
        made.wait_level("310000", "320000")
        assert ids(told(made.client("320000"))) == ids([*before, *meanwhile, *after])
        assert same_trees(made, "310000")


def test_a_peer_that_comes_for_the_first_time_gets_more_than_one_batch(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, TWO, start=False) as made:
        made.start("310000")
        published = drafts("310000", "a", 1100)
        for start in range(0, 1100, 550):
            made.client("310000").publish(published[start : start + 550])
        made.start("320000")
        made.wait_level("310000", "320000")
        assert ids(told(made.client("320000"))) == ids(published)
        assert same_trees(made, "310000")


def test_the_origins_own_restart_is_no_break(materials: Materials, tmp_path: Path) -> None:
    with delta(materials, tmp_path, TWO) as made:
        made.client("310000").publish(drafts("310000", "a", 2))
        made.wait_level("310000", "320000")
        made.stop("310000")
        until(lambda: not made.link("320000", "310000").connected, "the link is down")
        assert made.link("320000", "310000").problem
        made.start("310000")
        assert made.link("310000", "320000").cosigned_size == AGREED + 2
        made.client("310000").publish(drafts("310000", "b", 2))
        made.wait_level("310000", "320000")
        link = made.link("320000", "310000")
        assert (link.connected, link.problem, link.held_size) == (True, "", AGREED + 4)


def test_a_reader_goes_on_over_the_restart_of_a_gateway_that_mirrors(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, TWO) as made:
        published = drafts("310000", "a", 4)
        made.client("310000").publish(published[:3])
        made.wait_level("310000", "320000")
        second = told(made.client("320000"))[1]
        acknowledge(made.client("320000"), second.receipt.offset, "c")
        made.stop("320000")
        made.client("310000").publish(published[3:])
        made.start("320000")
        made.wait_level("310000", "320000")
        assert ids(told(made.client("320000"), cursor="c")) == ids(published[2:])


def test_a_peer_that_can_not_be_reached_does_not_hold_up_the_others(
    materials: Materials, tmp_path: Path
) -> None:
    with delta(materials, tmp_path, THREE, start=False) as made:
        made.start("310000")
        made.start("320000")
        made.client("310000").publish(drafts("310000", "a", 2))
        made.wait_level("310000", "320000")
        link = until(
            lambda: [link for link in [made.link("310000", "joint")] if link.problem], "a problem"
        )[0]
        assert (link.connected, link.cosigned_size) == (False, 0)
        assert "UNAVAILABLE" in link.problem
