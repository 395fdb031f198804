"""What a broker says of itself, and whether that is enough."""

import struct

import pytest

from integration.kafka.versions import parsed, too_old


def answer(error: int, *rows: tuple[int, int, int]) -> bytes:
    return struct.pack(">hi", error, len(rows)) + b"".join(struct.pack(">hhh", *r) for r in rows)


def test_a_broker_that_follows_groups_lacks_nothing() -> None:
    assert too_old(parsed(answer(0, (0, 0, 8), (9, 0, 7), (28, 0, 3)))) == ""


@pytest.mark.parametrize(
    ("rows", "lacking"),
    [
        ([(9, 0, 8), (28, 0, 2)], "TxnOffsetCommit up to version 2, needed is 3"),
        ([(9, 0, 6), (28, 0, 3)], "OffsetFetch up to version 6, needed is 7"),
        ([(9, 0, 7)], "no TxnOffsetCommit"),
    ],
)
def test_what_it_lacks_is_named(rows: list[tuple[int, int, int]], lacking: str) -> None:
    assert too_old(parsed(answer(0, *rows))) == lacking


def test_an_error_is_told() -> None:
    with pytest.raises(ValueError, match="Kafka's error 35"):
        parsed(answer(35))


@pytest.mark.parametrize("cut", [b"", b"\0", answer(0, (9, 0, 7))[:-1]])
def test_an_answer_that_is_cut_off_is_no_answer(cut: bytes) -> None:
    with pytest.raises(struct.error):
        parsed(cut)
