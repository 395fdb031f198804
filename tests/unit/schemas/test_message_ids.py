"""Message ids are UUIDs of version 7, and say when."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import message_ids
from tests.support.native_steps import native_steps, without_native_steps


@given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=32))
def test_a_derived_id_is_a_uuid_in_its_usual_form(unix_ms: int, seed: bytes) -> None:
    made = message_ids.derived(unix_ms, seed)
    found = UUID(made)
    assert made == str(found)
    assert (found.version, found.variant) == (7, RFC_4122)
    assert found.int >> 80 == unix_ms
    assert message_ids.as_bytes(made) == found.bytes


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_other_seeds_make_other_ids(one: bytes, other: bytes) -> None:
    same = (
        int.from_bytes(one, "big") & (1 << 74) - 1 == int.from_bytes(other, "big") & (1 << 74) - 1
    )
    assert (message_ids.derived(1, one) == message_ids.derived(1, other)) == same


@given(
    st.lists(st.uuids().map(str) | st.uuids().map(lambda made: str(made).upper()), max_size=4),
    st.text("0af-G ", min_size=34, max_size=38) | st.none(),
)
def test_many_at_once_are_as_one_by_one(ids: list[str], other: str | None) -> None:
    native_steps()
    ids += [other] if other is not None else []
    found: list[bytes] | None
    try:
        found = [message_ids.as_bytes(text) for text in ids]
    except ValueError:
        found = None
    if found is None:
        with pytest.raises(ValueError, match=r"UUID|fromhex"):
            message_ids.all_as_bytes(ids)
    else:
        assert message_ids.all_as_bytes(ids) == found


def test_many_at_once_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    without_native_steps(monkeypatch, message_ids)
    made = message_ids.new(1)
    assert message_ids.all_as_bytes([made]) == [message_ids.as_bytes(made)]
