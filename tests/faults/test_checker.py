"""The checker objects to each thing that must not be, and to nothing else."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from tests.faults.harness.checker import Checker, Row, leaked, roots_differ
from tests.faults.harness.entitlement import (
    CONTACT,
    CORE,
    DRIVER,
    INCIDENT,
    PARTICIPANTS,
    RESOURCE,
    WAYBILL,
    Kind,
    parts_at,
)
from tests.faults.harness.record import Acknowledged, Connection, Delivered, Record, Sent
from tests.faults.harness.world import FAR, KINDS, NEIGHBOUR, ORIGIN, World, hash_of


def test_who_is_entitled_to_what() -> None:
    """The agreement once more, in a table to read: what 320000 and 330000 have of 310000."""
    seen = {body: [set(parts_at(Kind(ORIGIN, body), h)) for h in PARTICIPANTS] for body in KINDS}
    assert seen == {
        INCIDENT: [{CORE, CONTACT}, {CORE, CONTACT}, {CORE}],
        RESOURCE: [{CORE}, {CORE}, {CORE}],
        WAYBILL: [{CORE, CONTACT, DRIVER}, {CORE, DRIVER}, set()],
    }
    assert parts_at(Kind(NEIGHBOUR, WAYBILL), ORIGIN) == {CORE}
    assert not parts_at(Kind(FAR, WAYBILL), ORIGIN)


def test_a_good_world_is_good() -> None:
    assert World().problems() == []


def test_a_draft_that_nobody_acknowledged_may_be_there_or_not() -> None:
    for there in (True, False):
        world = World()
        world.record.sending([Sent("doubtful", Kind(ORIGIN, RESOURCE), False, 9.0)])
        for holder in PARTICIPANTS if there else ():
            one = Delivered(9, "doubtful", Kind(ORIGIN, RESOURCE), 5, False, frozenset({CORE}))
            world.listings[holder].append(one)
            world.readings[holder][0].deliveries.append(one)
            world.rows[holder].append(Row(5, hash_of(5), False))
        assert world.problems() == []


def test_what_governs_is_at_everyone_or_at_nobody() -> None:
    world = World()
    for number, holder in enumerate(PARTICIPANTS, start=1):
        kind = Kind(ORIGIN, "agreement_activation")
        one = Delivered(9, "activation", kind, 5, False, frozenset())
        world.listings[holder].append(one)
        world.readings[holder][0].deliveries.append(one)
        for rows in world.rows.values() if number == 1 else ():
            rows.append(Row(5, hash_of(5), False))
        missing = [text for text in world.problems() if "which governs" in text]
        assert len(missing) == len(PARTICIPANTS) - number
    assert world.problems() == []


def test_an_urgent_message_may_come_before_its_place() -> None:
    world = World()
    last = world.listings[FAR].pop()
    first = last._replace(offset=0)
    world.listings[FAR] = _renumbered([first._replace(urgent=True), *world.listings[FAR]])
    world.readings[FAR] = [Connection(0, list(world.listings[FAR]))]
    assert world.problems() == []


def _renumbered(deliveries: Iterable[Delivered]) -> list[Delivered]:
    return [d._replace(offset=number) for number, d in enumerate(deliveries, start=1)]


def test_a_reader_may_see_again_what_it_has_not_acknowledged() -> None:
    world = World()
    again = world.listings[FAR][1:]
    world.readings[FAR].append(Connection(world.listings[FAR][0].offset, again))
    assert world.problems() == []


def lost(world: World) -> None:
    world.listings[FAR].pop()


def never_read(world: World) -> None:
    world.readings[FAR][0].deliveries.pop()


def twice(world: World) -> None:
    world.listings[FAR].append(world.listings[FAR][-1]._replace(offset=99))


def twice_in_the_log(world: World) -> None:
    again = world.listings[FAR][-1]._replace(offset=99, sequence=99)
    world.listings[FAR].append(again)


def read_twice(world: World) -> None:
    world.readings[FAR][0].deliveries.append(world.listings[FAR][0]._replace(offset=99))


def acknowledged_and_read_again(world: World) -> None:
    listing = world.listings[FAR]
    world.readings[FAR].append(Connection(listing[-1].offset, [listing[-1]]))


def out_of_order(world: World) -> None:
    first, second, *rest = world.listings[NEIGHBOUR]
    world.listings[NEIGHBOUR] = _renumbered([second, first, *rest])


def offsets_back(world: World) -> None:
    world.listings[NEIGHBOUR].reverse()


def read_out_of_order(world: World) -> None:
    world.readings[NEIGHBOUR][0].deliveries.reverse()


def withheld_but_delivered(world: World) -> None:
    world.listings[FAR].append(world.delivered(ORIGIN, 1)._replace(offset=99))


def withheld_but_read(world: World) -> None:
    world.readings[FAR][0].deliveries.append(world.delivered(ORIGIN, 1)._replace(offset=99))


def a_group_too_many(world: World) -> None:
    _change(world.listings[FAR], 0, parts=frozenset({CORE, CONTACT}))


def a_group_too_few(world: World) -> None:
    _change(world.listings[NEIGHBOUR], 0, parts=frozenset({CORE}))


def elsewhere_than_acknowledged(world: World) -> None:
    _change(world.listings[FAR], -1, sequence=77)


def never_sent(world: World) -> None:
    _change(world.listings[FAR], -1, message_id="stranger")


def as_another_kind(world: World) -> None:
    _change(world.listings[FAR], -1, kind=Kind(ORIGIN, RESOURCE))


def another_hash(world: World) -> None:
    world.rows[FAR][2] = Row(2, hash_of(99), False)


def a_hole(world: World) -> None:
    del world.rows[FAR][2]


def a_row_twice(world: World) -> None:
    world.rows[FAR].insert(2, world.rows[FAR][2])


def cut_off(world: World) -> None:
    world.rows[FAR].pop()


def cut_off_everywhere(world: World) -> None:
    for rows in world.rows.values():
        rows.pop()


def answered_otherwise(world: World) -> None:
    world.acknowledge(4, sealed_us=2)


def one_place_for_two(world: World) -> None:
    world.record.sending([Sent("m5", Kind(ORIGIN, RESOURCE), False, 9.0)])
    world.acknowledge(5, sequence=4)


def answered_with_another_hash(world: World) -> None:
    world.record.order[ORIGIN][2].answer = Acknowledged(2, hash_of(99), 1)


def _change(deliveries: list[Delivered], at: int, **changes: Any) -> None:
    deliveries[at] = deliveries[at]._replace(**changes)


WRONGS: Sequence[tuple[Callable[[World], None], str]] = (
    (lost, "lacks m3"),
    (never_read, "never got m3"),
    (twice, "is there twice"),
    (twice_in_the_log, "is at Place"),
    (read_twice, "comes twice"),
    (acknowledged_and_read_again, "comes again"),
    (out_of_order, "0 of 310000 follows 1"),
    (offsets_back, "offset 4 follows 5"),
    (read_out_of_order, "comes at 4 after 5"),
    (withheld_but_delivered, "due []"),
    (withheld_but_read, "due []"),
    (a_group_too_many, "due ['core']"),
    (a_group_too_few, "due ['core', 'personal.contact']"),
    (elsewhere_than_acknowledged, "and was at"),
    (never_sent, "was never sent"),
    (as_another_kind, "was never sent"),
    (another_hash, "another hash than"),
    (a_hole, "each once"),
    (a_row_twice, "each once"),
    (cut_off, "has {"),
    (cut_off_everywhere, "4 was acknowledged"),
    (answered_otherwise, "later"),
    (one_place_for_two, "at 4 after 4"),
    (answered_with_another_hash, "another hash"),
)


@pytest.mark.parametrize(("wrong", "words"), WRONGS, ids=[wrong.__name__ for wrong, _ in WRONGS])
def test_what_must_not_be_is_seen(wrong: Callable[[World], None], words: str) -> None:
    world = World()
    wrong(world)
    assert any(words in text for text in world.problems()), world.problems()


def test_what_was_lost_later_is_seen() -> None:
    """The checker is asked again and again, and remembers."""
    world, checker = World(), Checker(Record())
    checker = Checker(world.record)
    assert [*checker.acknowledgements()] == []
    for holder in PARTICIPANTS:
        assert [*checker.listing(holder, world.listings[holder])] == []
    world.record.sending([Sent("m5", Kind(ORIGIN, RESOURCE), False, 9.0)])
    world.acknowledge(5)
    assert [*checker.acknowledgements()] == []
    assert len([*checker.listing(FAR, [])]) == 1
    again = world.listings[NEIGHBOUR][0]._replace(offset=50)
    assert any("twice" in text for text in checker.listing(NEIGHBOUR, [again]))


def test_roots_that_differ_or_are_missing() -> None:
    same = {holder: dict.fromkeys(PARTICIPANTS, b"root") for holder in PARTICIPANTS}
    assert [*roots_differ(same)] == []
    assert len([*roots_differ(same | {FAR: same[FAR] | {ORIGIN: b"other"}})]) == 1
    assert len([*roots_differ(same | {FAR: {}})]) == len(PARTICIPANTS)


def test_secrets_on_a_disk() -> None:
    waybill = Kind(ORIGIN, WAYBILL)
    assert [*leaked(NEIGHBOUR, [(CORE, waybill), (DRIVER, waybill)])] == []
    assert len([*leaked(NEIGHBOUR, [(CONTACT, waybill)])]) == 1
    assert len([*leaked(FAR, [(CORE, waybill)])]) == 1
