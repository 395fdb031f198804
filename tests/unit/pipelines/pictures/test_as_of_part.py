"""Both pictures of an instant narrowed to a part, and what differs in it."""

import pytest

from pipelines.pictures.as_of import AsOf, NoSuchScope, as_of
from pipelines.pictures.as_of_part import narrowed
from tests.support.builders import NOW
from tests.support.situation import after, incident, lacking, resource, us
from yrd.exchange.v1.message_pb2 import Message

SHANGHAI, ZHEJIANG = "province/310000", "province/330000"


def told(message: Message, hours: float) -> Message:
    """The same, received some hours later."""
    message.receipt.received_time.FromDatetime(after(hours=hours))
    return message


def found() -> AsOf:
    """A need in Shanghai with a pump beside it; and a fire in Zhejiang of which word came late."""
    late = told(incident("330000/fire/1"), 5)
    return as_of([told(lacking(), 0), told(resource(), 0), late], us(NOW))


def joint_ids(one: AsOf) -> tuple[list[str], list[str]]:
    pictures = one.known_then, one.known_now
    then, now = ([i.joint_id for i in picture.summary.incidents] for picture in pictures)
    return then, now


def test_what_concerns_a_province() -> None:
    here = narrowed(found(), SHANGHAI)
    assert joint_ids(here) == (["310000/flood/1"], ["310000/flood/1"])
    assert here.known_now.summary.scope == SHANGHAI
    assert not [one for one in here.differences if one.subject == "incidents"]


def test_a_part_that_only_one_picture_has_is_empty_in_the_other() -> None:
    there = narrowed(found(), "incident/330000/fire/1")
    assert joint_ids(there) == ([], ["330000/fire/1"])
    assert there.known_then.summary.scope == there.known_now.summary.scope
    assert [one.kind for one in there.differences if one.subject == "incidents"] == ["new"]


@pytest.mark.parametrize(
    ("part", "proposed"),
    [(SHANGHAI, 1), ("province/320000", 1), ("incident/310000/flood/1", 1), (ZHEJIANG, 0)],
)
def test_proposals_stay_where_they_are_about_the_part(part: str, proposed: int) -> None:
    assert len(found().known_now.proposals) == 1
    assert len(narrowed(found(), part).known_now.proposals) == proposed


def test_a_part_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NoSuchScope, match=rf"part province/9: .* there is {SHANGHAI}, .*fire/1"):
        narrowed(found(), "province/9")
