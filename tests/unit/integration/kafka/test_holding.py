"""Who holds an id: whoever claimed it last; a claim of one's own, or none, takes it from nobody."""

from integration.kafka.holding import Holding
from integration.kafka.place import Place


def test_nobody_else_has_claimed_it() -> None:
    ours = Holding()
    found = Place(7, holder="an earlier process")
    claimed = ours.claim(found)
    assert claimed.offset == 7
    assert not ours.taken(claimed)
    assert not ours.taken(found), "our claim did not come through, and no other did"
    assert not ours.taken(None)


def test_another_has_claimed_it() -> None:
    ours, other = Holding(), Holding()
    claimed = ours.claim(Place(7))
    assert ours.taken(other.claim(claimed))


def test_of_two_that_take_it_from_each_other_one_remains() -> None:
    ours, other = Holding(), Holding()
    theirs = other.claim(ours.claim(Place(7)))
    again = ours.claim(theirs)
    assert not ours.taken(again)
    assert other.taken(again), "it holds what it found, but a later session wrote it"
