"""What is sealed outside the interpreter is byte for byte what is sealed in Python."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log import seal_run
from gateway.log.seal_run import Run, Stamping
from gateway.log.sealing import Prepared, prepare
from integration.drill.load import generate
from tests.support.native_steps import native_steps, without_native_steps

SALTS = itertools.repeat(b"s" * 16)
STAMPING = Stamping("310000", "console", 1_780_000_000_123_456)


def both(prepared: list[Prepared], stamping: Stamping, first: int) -> tuple[Run, Run]:
    native_steps()
    with pytest.MonkeyPatch.context() as patched:
        native_run = seal_run.seal_run(prepared, stamping, first)
        without_native_steps(patched, seal_run)
        return native_run, seal_run.seal_run(prepared, stamping, first)


def test_messages_of_every_day() -> None:
    made = generate("310000", 60, 1, datetime(2026, 7, 25, tzinfo=UTC))
    prepared = [prepare(draft, SALTS) for draft in made]
    native_run, python_run = both(prepared, STAMPING, 0)
    assert native_run == python_run
    assert len(python_run.leaves) == len(prepared)


@given(
    pieces=st.lists(st.tuples(st.binary(max_size=300), st.binary(max_size=300)), max_size=4),
    stamping=st.builds(
        Stamping,
        st.text(max_size=200),
        st.text(max_size=200),
        st.integers(0, 253_402_300_799_999_999),
    ),
    first=st.integers(0, (1 << 64) - 9) | st.integers(0, 20_000) | st.sampled_from([126, 16_382]),
)
def test_any_bytes_at_any_place(
    pieces: list[tuple[bytes, bytes]], stamping: Stamping, first: int
) -> None:
    prepared = [Prepared("t", before, behind, ()) for before, behind in pieces]
    native_run, python_run = both(prepared, stamping, first)
    assert native_run == python_run


@pytest.mark.parametrize("draft", [("t", b"", b""), ("t", "", b"", ()), None])
def test_other_shapes_are_not_sealed(draft: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        native_steps().seal([draft], 0, (b"", b""), (2, 3))
