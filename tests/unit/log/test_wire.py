"""Wire twins have the wire form of what they stand for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log.wire_form import delimited, prefix, varint
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import DisclosureDigest, Draft, Leaf, SealedEntry, Stamp
from yrd.exchange.v1.service_pb2 import PublishRequest, PublishStreamRequest
from yrd.wire.v1.wire_pb2 import SerializedDrafts, SerializedLeaf


@pytest.mark.parametrize(
    ("twin", "original"),
    [
        (SerializedDrafts, PublishRequest),
        (SerializedDrafts, PublishStreamRequest),
        (SerializedLeaf, Leaf),
    ],
)
def test_a_twin_has_the_fields_of_its_original(twin: Any, original: Any) -> None:
    def shape(kind: Any) -> list[tuple[str, int, bool]]:
        return [(f.name, f.number, f.is_repeated) for f in kind.DESCRIPTOR.fields]

    assert shape(twin) == shape(original)


def test_drafts_come_through_a_twin_as_they_were() -> None:
    made = [draft(), draft()]
    twin = SerializedDrafts.FromString(PublishRequest(drafts=made).SerializeToString())
    assert [Draft.FromString(data) for data in twin.drafts] == made


def test_a_leaf_that_was_put_together_from_bytes_reads_as_a_leaf() -> None:
    header, stamp = draft().header, Stamp(origin="310000", sequence=3)
    digests = [DisclosureDigest(group="a", digest=b"1"), DisclosureDigest(group="b", digest=b"2")]
    twin = SerializedLeaf(
        header=header.SerializeToString(),
        stamp=stamp.SerializeToString(),
        type="t",
        core=b"core",
        disclosure_digests=[digest.SerializeToString() for digest in digests],
    )
    due = Leaf(header=header, stamp=stamp, type="t", core=b"core", disclosure_digests=digests)
    assert Leaf.FromString(twin.SerializeToString()) == due


@given(st.lists(st.binary(), max_size=5), st.binary(), st.integers(0, 300))
def test_what_is_put_together_by_hand_is_what_protobuf_writes(
    disclosures: list[bytes], leaf: bytes, longer: int
) -> None:
    leaf += bytes(longer)
    by_hand = delimited(1, leaf) + b"".join(prefix(3, len(one)) + one for one in disclosures)
    assert by_hand == SealedEntry(leaf=leaf, disclosures=disclosures).SerializeToString()


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 16_383, 16_384, 2**32 - 1, 2**64 - 1])
def test_a_number_is_written_as_protobuf_writes_it(value: int) -> None:
    written = Stamp(sequence=value).SerializeToString()
    assert varint(value) == (written[1:] or b"\0")
