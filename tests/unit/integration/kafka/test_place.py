"""A place survives its record, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.kafka.place import Place, PlaceError, from_bytes
from tests.support.builders import draft, message

PLACES = st.builds(
    Place, st.integers(0, 2**63), st.text(), st.text(), st.integers(0, 2**63), st.text()
)


@given(PLACES)
def test_what_is_written_is_read(place: Place) -> None:
    assert from_bytes(place.to_bytes()) == place


@given(st.binary())
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(PlaceError, match="nobody but the bridge may write"):
        from_bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"{}",
        b'{"offset": -1, "origin": "", "message_id": "", "message_offset": 0}',
        b'{"offset": "1", "origin": "", "message_id": "", "message_offset": 0}',
        b'{"offset": true, "origin": "", "message_id": "", "message_offset": 0}',
        b'{"offset": 1, "origin": "", "message_id": "", "message_offset": 0, "more": 1}',
        b"[" * 100_000,
    ],
)
def test_json_that_is_no_place_is_refused(data: bytes) -> None:
    with pytest.raises(PlaceError):
        from_bytes(data)


def test_an_answer_without_messages_moves_it_and_keeps_the_last_message() -> None:
    last = message("310000", 4, draft())
    last.receipt.offset = 7
    behind = Place().after(9, last)
    assert behind == Place(9, "310000", last.header.message_id, 7)
    assert behind.after(12, None) == Place(12, "310000", last.header.message_id, 7)


def test_a_place_of_a_version_that_named_no_holder_is_read() -> None:
    data = b'{"offset": 1, "origin": "310000", "message_id": "m", "message_offset": 1}'
    assert from_bytes(data) == Place(1, "310000", "m", 1)
