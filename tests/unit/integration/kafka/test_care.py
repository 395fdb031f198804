"""A record is spared only when it was refused alone."""

from integration.kafka.care import Care
from integration.kafka.records import Record

LARGE = Record("t", b"k", b"large", [])


def test_refused_with_others_it_is_sent_alone_next() -> None:
    care = Care()
    care.note([("t", b"large"), ("t", b"small")])
    assert care.apart
    assert not care.spare(LARGE)


def test_refused_alone_it_is_spared_until_the_batch_is_through() -> None:
    care = Care()
    care.note([("t", b"large"), ("t", b"small")])
    care.note([("t", b"large")])
    assert care.spare(LARGE)
    assert not care.spare(Record("t", b"k", b"small", []))
    care.through()
    assert not care.apart
    assert not care.spare(LARGE)
