"""Wire twins have the wire form of what they stand for."""

from typing import Any

import pytest

from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import DisclosureDigest, Draft, Leaf, Stamp
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
