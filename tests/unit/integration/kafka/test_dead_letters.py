"""A dead letter has the reason, the position and the bytes, and always fits its topic."""

from hypothesis import given
from hypothesis import strategies as st

from client import FieldProblem
from integration.kafka.dead_letters import Original, Refusal, dead_letter
from integration.kafka.records import Headers, size

TEXTS = st.text(max_size=50)
HEADERS: st.SearchStrategy[Headers] = st.lists(
    st.tuples(TEXTS, st.one_of(st.none(), st.binary(max_size=200))), max_size=10
)
PROBLEMS = st.lists(st.builds(FieldProblem, TEXTS, TEXTS, TEXTS), max_size=30).map(tuple)
NOTES = 64
"""Bytes of the header that says what was left out."""


def test_it_says_why_and_where() -> None:
    problem = FieldProblem("header.revision", "uint32.gte", "at least 1")
    why = Refusal("contract_violated", "one field", (problem,))
    made = dead_letter("dead", Original("outbox-0-7", b"key", b"bytes", [("a", b"1")]), why, 10_000)
    assert (made.topic, made.key, made.value) == ("dead", b"key", b"bytes")
    assert dict(made.headers) == {
        "yrd-reason": "contract_violated",
        "yrd-text": "one field",
        "yrd-position": "outbox-0-7",
        "yrd-field-0": "header.revision",
        "yrd-rule-0": "uint32.gte",
        "yrd-remedy-0": "at least 1",
        "original.a": b"1",
    }


def test_bytes_that_do_not_fit_are_named_instead() -> None:
    original = Original("outbox-0-7", None, b"x" * 2000, [])
    made = dead_letter("dead", original, Refusal("too_large", "2000 bytes"), 1000)
    assert made.value is None
    assert dict(made.headers)["yrd-left-out"] == "2000 bytes: read them at yrd-position"


@given(
    st.binary(max_size=3000),
    HEADERS,
    st.builds(Refusal, TEXTS, TEXTS, PROBLEMS),
    st.integers(0, 9000),
)
def test_it_fits_and_is_whole_or_says_what_is_not(
    value: bytes, headers: Headers, why: Refusal, most: int
) -> None:
    bare = size(dead_letter("dead", Original("p", b"k", None, []), why, most))
    made = dead_letter("dead", Original("p", b"k", value, headers), why, most)
    assert size(made) <= max(most, bare + NOTES)
    assert made.value == value or "yrd-left-out" in dict(made.headers)
