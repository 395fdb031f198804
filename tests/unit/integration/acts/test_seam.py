"""The words between an act and the engine."""

import pytest

from integration.acts.seam import CannotAct, Thing, message_id, seen, thing
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Header, Message, Stamp

KEY = message_ids.new(1_800_000_000_000)


def test_a_key_gives_the_same_ids_again_and_others_for_each_part() -> None:
    assert message_id(KEY) == message_id(KEY)
    assert len({message_id(KEY), message_id(KEY, "320000"), message_id(KEY, "330000"), KEY}) == 4
    assert message_id(KEY)[:13] == KEY[:13], "made when the key was"
    with pytest.raises(ValueError, match="not a UUID"):
        message_id("click")


@pytest.mark.parametrize(
    "about", ["message:actual:m", "incident:exercise/infa:a:b", "scope:actual:"]
)
def test_a_thing_is_read_as_it_is_written(about: str) -> None:
    assert str(thing(about)) == about
    assert thing("incident:exercise/infa:a:b") == Thing("incident", "exercise/infa", "a:b")


def test_nothing_is_done_on_other_things() -> None:
    with pytest.raises(CannotAct, match=r"on 'person'.*write message"):
        thing("person:actual:x")


def test_a_later_revision_is_seen_as_another_state() -> None:
    def of(revision: int) -> Message:
        header = Header(entity_id="r/1", revision=revision, message_id=f"m{revision}")
        return Message(header=header, stamp=Stamp(origin="310000"))

    assert seen([of(1)]) == {"310000 r/1": "1 m1"}
    assert seen([of(1)]) != seen([of(2)])
