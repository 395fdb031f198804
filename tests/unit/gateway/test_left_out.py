"""What became of the groups of an entry that came without them."""

from collections.abc import Sequence

import pytest

from gateway.replication.left_out import Absent, absent_groups, judged, named
from gateway.replication.notices import Notices
from gateway.sharing.due import Due
from gateway.store.port import Entry
from gateway.store.upkeep import Erased
from schemas import message_ids
from tests.support.bodies import waybill_body
from tests.support.builders import draft
from tests.support.handmade import sealed_entry, stored
from yrd.exchange.v1.message_pb2 import Leaf

CONTACT, DRIVER = "personal.contact", "personal.driver"
DUE = Due(("a/c", "a/d"), groups={DRIVER: ("a/d",)}, ended={"commercial": "entry 9 changed a"})


def test_groups_with_a_digest_and_no_disclosure_are_absent() -> None:
    sealed = sealed_entry(draft(waybill_body(), "waybill"), "310000", 4)
    leaf = Leaf.FromString(sealed.leaf)
    for kept, absent in ((2, []), (1, [DRIVER]), (0, [CONTACT, DRIVER])):
        del sealed.disclosures[kept:]
        (entry, _) = stored(sealed, "yrd/310000", 1)
        assert absent_groups(entry, leaf) == absent


@pytest.mark.parametrize(
    ("group", "found", "erased", "words"),
    [
        (DRIVER, DUE, {DRIVER: "it was erased"}, "it was erased"),
        (CONTACT, DUE, {CONTACT: "it was erased"}, "a/c, a/d gave the entry without it"),
        (
            "commercial",
            DUE,
            {},
            "it was disclosed at its place, but entry 9 changed a, and what is withdrawn need not be "
            "sent any more",
        ),
        (DRIVER, Due(why="no clause of a gives it"), {}, "no clause of a gives it"),
    ],
)
def test_why_a_group_was_not_due(
    group: str, found: Due, erased: dict[str, str], words: str
) -> None:
    assert judged([group], found, lambda _: erased) == (Absent(group, not_due=words),)


def test_a_group_is_due_by_its_clauses_and_notices_are_read_only_for_such_ones() -> None:
    def unread(_: object) -> dict[str, str]:
        raise AssertionError("there is nothing to look for")

    assert judged([DRIVER], DUE, lambda _: {}) == (Absent(DRIVER, ("a/d",)),)
    (absent,) = judged([CONTACT], DUE, unread)
    assert named([Absent(DRIVER, ("a/c", "a/d")), absent]) == (
        "personal.driver (a/c, a/d); personal.contact (a/c, a/d gave the entry without it)"
    )


ID = message_ids.new(1)


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("", f"it was erased by notice {ID}"),
        ("a/c", "it was destroyed here, since the term of a/c was over"),
    ],
)
def test_what_was_destroyed_here_needs_no_search_through_what_came_behind(
    clause: str, words: str
) -> None:
    class Destroyed:
        def erased(self, first: int, last: int) -> dict[int, dict[str, Erased]]:
            assert (first, last) == (1, 1)
            return {1: {DRIVER: Erased(1, DRIVER, 9, message_ids.as_bytes(ID), clause)}}

        def of_types(self, types: Sequence[str], after: int, upto: int) -> list[Entry]:
            raise AssertionError("there is nothing to look for")

    (entry, _) = stored(sealed_entry(draft(), "310000", 4), "yrd/310000", 1)
    assert Notices(Destroyed(), lambda: 10**7).about(entry, [DRIVER]) == {DRIVER: words}
