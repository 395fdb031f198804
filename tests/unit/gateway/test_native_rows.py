"""The rows of a commit that are made outside the interpreter are those that are made in Python."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log.sealing import MOST_PARTS, SealedPart
from gateway.store import sql_rows
from gateway.store.port import Entry, Naming, NewEntry, Standing
from gateway.store.sql_rows import INDEXED, Rows, rows_of
from tests.support.entries import INCIDENT, OURS, RESOURCE, THEIRS, entry, withheld
from tests.support.native_steps import native_steps, without_native_steps

LOGS = {OURS: 1, THEIRS: 2}
TYPES = {INCIDENT: 1, RESOURCE: 2, INDEXED[0]: 3, INDEXED[1]: 4}
bytes_ = st.binary(max_size=8)
namings = st.builds(
    Naming,
    bytes_,
    bytes_,
    st.sampled_from(["", "310000/a", "310000/b", "湖州/c", "\0"]),
    st.builds(Standing, st.integers(0, 9), st.sampled_from(["", "open"])),
    st.integers(0, 4),
)
entries = st.builds(
    Entry,
    st.integers(1, (1 << 57) - 1),
    st.sampled_from([*LOGS]),
    st.integers(0, 1 << 62),
    bytes_,
    st.none() | st.binary(max_size=300),
    st.sampled_from(["", *TYPES]),
    st.integers(1, 4),
    st.integers(0, 1 << 62),
    st.lists(st.builds(SealedPart, st.text(max_size=3), bytes_), max_size=3).map(tuple),
)


def number_of(name: str) -> int:
    return TYPES[name]


def rows(new: list[NewEntry]) -> Rows:
    return rows_of(new, LOGS, TYPES, number_of)


def in_rust(new: object) -> Any:
    return native_steps().rows(new, LOGS, {**TYPES, "": 0}, (1, 2), (3, 4), MOST_PARTS)


@given(st.lists(st.tuples(entries, st.none() | namings), max_size=6))
def test_the_rows_are_the_same(new: list[NewEntry]) -> None:
    assert Rows(*in_rust(new)) == rows(new)
    with pytest.MonkeyPatch.context() as patched:
        without_native_steps(patched, sql_rows)
        assert Rows(*in_rust(new)) == rows(new)


WHOLE, NAMING = entry(1, parts=[SealedPart("g", b"part")])


@pytest.mark.parametrize(
    "unusual",
    [
        None,
        (WHOLE,),
        (None, None),
        (tuple(WHOLE[:8]), None),
        (WHOLE, tuple(NAMING or ())[:4]),
        (WHOLE._replace(offset=1 << 60), None),
        (WHOLE._replace(log="yrd/330000"), NAMING),
        (WHOLE._replace(type="yrd.not.known.v1.Yet"), NAMING),
        (WHOLE._replace(parts=()), (b"", b"", "\ud800", Standing(), 0)),
        (WHOLE._replace(parts=()), (b"", b"", "310000/a", (1,), 0)),
        (WHOLE._replace(parts=()), (b"", b"", "310000/a", None, 0)),
        ((1, OURS, 0, b"", "no bytes", INCIDENT, 1, 0, ()), None),
        ((1, OURS, 0, b"", b"", INCIDENT, 1, 0, [("g", b"part")]), None),
        ((1, OURS, 0, b"", b"", INCIDENT, 1, 0, (("g", b"part", 0),)), None),
        (("1", OURS, 0, b"", b"", INCIDENT, 1, 0, ()), None),
        ((1, ["unhashable"], 0, b"", b"", INCIDENT, 1, 0, ()), None),
    ],
)
def test_what_is_no_common_entry_is_left_to_python(unusual: object) -> None:
    assert in_rust([withheld(2, 0), unusual]) is None


def test_a_type_that_is_new_is_numbered_in_python() -> None:
    known = dict(TYPES)

    def numbered(name: str) -> int:
        return known.setdefault(name, len(known) + 1)

    kind = "yrd.not.known.v1.Yet"
    made = rows_of([entry(1, kind=kind)], LOGS, known, numbered)
    assert known[kind] == 5
    assert made == rows_of([entry(1, kind=kind)], LOGS, known, numbered)
