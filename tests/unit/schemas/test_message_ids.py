"""Message ids are UUIDs of version 7, and say when."""

from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from schemas import message_ids


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
