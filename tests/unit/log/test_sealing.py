"""Sealing cuts marked fields out, and opening puts back what is there."""

import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from gateway.log.sealing import (
    Sealed,
    SealError,
    as_draft,
    as_message,
    open_entry,
    prepare,
    seal,
    stamp,
)
from integration.drill.load import generate
from schemas.catalog import BODY_FIELDS, body_of, type_name
from schemas.disclosure import groups, marked_fields, split
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Disclosure, Draft, Leaf

STAMP = stamp("310000", "console", 4, 1_780_000_000_123_456)
SALTS = itertools.repeat(b"s" * 16)


def sealed_draft(made: Draft | None = None, salts: Iterable[bytes] = SALTS) -> Sealed:
    return seal(prepare(made or draft(), salts), STAMP)


def test_no_marked_field_sits_inside_a_repeated_message() -> None:
    assert {name for name in BODY_FIELDS if marked_fields(name)} >= {
        "yrd.incident.v1.IncidentReport",
        "yrd.hazmat.v1.Waybill",
        "yrd.aid.v1.AidRequest",
    }
    assert groups("yrd.hazmat.v1.Waybill") == {"personal.driver", "personal.contact"}


def test_everything_disclosed_gives_the_draft_back() -> None:
    made = draft()
    sealed = sealed_draft(made)
    opened = open_entry(sealed.leaf, [part.data for part in sealed.parts])
    assert as_draft(opened) == made
    assert opened.absent_groups == ()
    assert as_message(opened).stamp == STAMP


def test_without_disclosure_the_person_is_not_in_the_bytes() -> None:
    sealed = sealed_draft()
    assert "张三".encode() not in sealed.leaf
    assert any("张三".encode() in part.data for part in sealed.parts)
    opened = open_entry(sealed.leaf, [])
    assert opened.absent_groups == ("personal.contact",)
    report = as_draft(opened).incident_report
    assert report.reporter.organization == "值班室"
    assert not report.reporter.person_name


def test_the_digest_does_not_betray_equal_content() -> None:
    salts = iter([b"a" * 16, b"b" * 16])
    digests = {
        Leaf.FromString(sealed_draft(salts=salts).leaf).disclosure_digests[0].digest
        for _ in range(2)
    }
    assert len(digests) == 2


def test_a_disclosure_of_another_entry_is_refused() -> None:
    sealed = sealed_draft()
    forged = Disclosure(salt=b"s" * 16, group="personal.contact", body=b"").SerializeToString()
    with pytest.raises(SealError, match=r"personal\.contact"):
        open_entry(sealed.leaf, [forged])


def test_bytes_that_are_no_leaf_are_refused() -> None:
    with pytest.raises(SealError, match="leaf"):
        open_entry(b"\xff\xff", [])


@pytest.mark.parametrize("number", range(12))
def test_a_leaf_put_together_from_bytes_is_what_protobuf_writes(number: int) -> None:
    made = list(generate("310000", 12, 1, datetime(2026, 7, 25, tzinfo=UTC)))[number]
    core, left = split(body_of(made) or Draft())
    sealed = sealed_draft(made)
    leaf = Leaf(header=made.header, stamp=STAMP, type=type_name(made) or "", core=core)
    for part in sealed.parts:
        body = left.pop(part.group)
        by_protobuf = Disclosure(salt=b"s" * 16, group=part.group, body=body)
        assert part.data == by_protobuf.SerializeToString()
        leaf.disclosure_digests.add(group=part.group, digest=sha256(part.data).digest())
    assert not left
    assert sealed.leaf == leaf.SerializeToString(deterministic=True)
