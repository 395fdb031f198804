"""The checker knows what a lost disk takes, what has to come back, and what is over when it comes."""

import pytest

from tests.faults.harness.checker import Checker, Row
from tests.faults.harness.entitlement import (
    CONTACT,
    CORE,
    DRIVER,
    INCIDENT,
    PARTICIPANTS,
    RESOURCE,
    WAYBILL,
    Kind,
    parts_lost,
)
from tests.faults.harness.record import Connection, Delivered
from tests.faults.harness.world import FAR, KINDS, ORIGIN, World, hash_of


def test_what_goes_with_a_disk() -> None:
    """What an origin has and gave to nobody."""
    lost = {body: [set(parts_lost(Kind(o, body))) for o in PARTICIPANTS] for body in KINDS}
    assert lost == {
        INCIDENT: [set(), {CONTACT}, set()],
        RESOURCE: [set(), set(), set()],
        WAYBILL: [{CONTACT}, {CONTACT, DRIVER}, {CORE}],
    }


def rebuilt(kept: int = 0) -> tuple[World, Checker]:
    """A good world whose origin was rebuilt, and has listed nothing again yet."""
    world = World()
    checker = Checker(world.record)
    assert [*checker.acknowledgements()] == []
    for holder in PARTICIPANTS:
        assert [*checker.listing(holder, world.listings[holder])] == []
        assert [*checker.log(holder, ORIGIN, world.rows[holder])] == []
        assert [*checker.reader(holder, world.readings[holder][0])] == []
    checker.rebuilt(ORIGIN, kept)
    return world, checker


def left(delivery: Delivered) -> Delivered:
    return delivery._replace(parts=delivery.parts - parts_lost(delivery.kind))


@pytest.mark.parametrize("kept", [0, 2])
def test_a_store_that_was_rebuilt_has_all_that_others_had(kept: int) -> None:
    """At offsets of its own, and what a backup had as it was."""
    world, checker = rebuilt(kept)
    again = [d if d.sequence < kept else left(d) for d in world.listings[ORIGIN]]
    again = [d._replace(offset=d.offset + 7) for d in again]
    assert [*checker.listing(ORIGIN, again)] == []
    assert [*checker.reader(ORIGIN, Connection(0, again))] == []
    assert [*checker.log(ORIGIN, ORIGIN, world.rows[ORIGIN])] == []
    assert [*checker.readers_done(), *checker.level()] == []


def test_a_reader_goes_on_where_its_cursor_stands_in_the_backup() -> None:
    world, checker = rebuilt(2)
    checker.rebuilt(ORIGIN, 2, acknowledged=2)
    again = [d if d.sequence < 2 else left(d) for d in world.listings[ORIGIN]]
    assert [*checker.listing(ORIGIN, again)] == []
    assert [*checker.reader(ORIGIN, Connection(2, again[2:-1]))] == []
    assert [*checker.readers_done()] == [f"reader at {ORIGIN} never got m4"]


def test_a_store_that_was_rebuilt_wrongly_is_seen() -> None:
    world, checker = rebuilt()
    *but_last, last = map(left, world.listings[ORIGIN])
    assert any("lacks m4" in text for text in checker.listing(ORIGIN, but_last))
    invented = last._replace(parts=last.parts | {CONTACT})
    assert any("due [" in text for text in checker.listing(ORIGIN, [invented]))
    assert any("never got m4" in text for text in checker.readers_done())
    forked = [*world.rows[ORIGIN][:-1], Row(4, hash_of(99), False)]
    assert any("another hash" in text for text in checker.log(ORIGIN, ORIGIN, forked))


def test_exactly_what_is_lost_is_to_be_told() -> None:
    _, checker = rebuilt()
    lost = {1: frozenset({CONTACT}), 4: frozenset({CONTACT})}
    assert [*checker.losses(ORIGIN, lost)] == []
    assert checker.lost_of(ORIGIN) == {"m1": {CONTACT}, "m4": {CONTACT}}
    for wrong in ({4: lost[4]}, lost | {3: lost[1]}, lost | {1: frozenset({CORE})}):
        assert len([*checker.losses(ORIGIN, wrong)]) == 1
    assert [*checker.losses(ORIGIN, {4: lost[4]}, kept=2)] == []


def test_what_is_over_when_it_comes_is_to_be_marked() -> None:
    world = World()
    checker = Checker(world.record)
    checker.are_over(FAR, ["m0"])
    first, *rest = world.listings[FAR]
    assert any("not marked" in text for text in checker.listing(FAR, [first]))
    marked = [first._replace(expired=True), rest[0]._replace(expired=True)]
    told = [*checker.reader(FAR, Connection(0, marked))]
    assert len(told) == 1
    assert "m2" in told[0]
