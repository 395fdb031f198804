"""What gateways may see of each other's logs, and what each can prove."""

from collections.abc import Iterator

import pytest

from client import ExchangeError
from gateway.log.checkpoint import verified
from gateway.log.note import parse_vkey
from gateway.log.suite import DEFAULT
from schemas import message_ids
from tests.support.bodies import waybill_body
from tests.support.builders import draft, resource_body
from tests.support.delta import Delta, delta
from tests.support.materials import AGREED, Materials
from tests.support.readers import ids, offsets, read, told
from yrd.exchange.v1.message_pb2 import DISPOSITION_REDACTED, DISPOSITION_WHOLE, Draft
from yrd.exchange.v1.service_pb2 import DispositionCounts, Filter

PEERS = ("320000", "340000", "joint")
INCIDENT = draft(entity="310000/flood")
RESOURCE = draft(resource_body(), "resourceStatus", entity="310000/pumps")
WAYBILL = draft(waybill_body(), "waybill", entity="310000/truck")
PUBLISHED = [INCIDENT, RESOURCE, WAYBILL]
SIZE = AGREED + len(PUBLISHED)
EVERYTHING = 4 * AGREED + len(PUBLISHED)
"""Entries of all logs together."""
CONTACT, CREW = "personal.contact", "personal.driver"


@pytest.fixture(scope="module")
def shared(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delta]:
    """Shanghai has published an incident, a resource and a waybill; its peers have mirrored them."""
    with delta(materials, tmp_path_factory.mktemp("delta"), ("310000", *PEERS)) as made:
        made.client("310000").publish(PUBLISHED)
        for owner in ("310000", *PEERS):
            made.wait_level(owner, *(p for p in ("310000", *PEERS) if p != owner))
        yield made


@pytest.mark.parametrize(
    ("peer", "published", "absent"),
    [
        ("320000", INCIDENT, [CONTACT]),
        ("320000", RESOURCE, []),
        ("320000", WAYBILL, [CONTACT]),
        ("340000", INCIDENT, [CONTACT]),
        ("340000", RESOURCE, []),
        ("joint", INCIDENT, []),
        ("joint", RESOURCE, []),
        ("joint", WAYBILL, [CONTACT, CREW]),
    ],
)
def test_a_message_comes_with_the_groups_that_are_agreed(
    shared: Delta, peer: str, published: Draft, absent: list[str]
) -> None:
    message = shared.client(peer).get(published.header.message_id)
    assert message.header == published.header
    assert list(message.receipt.absent_groups) == absent
    expected = DISPOSITION_REDACTED if absent else DISPOSITION_WHOLE
    assert message.receipt.disposition == expected
    assert (message.stamp.origin, message.stamp.source_system) == ("310000", "console")


def test_what_is_agreed_is_in_the_message_and_the_rest_is_not(shared: Delta) -> None:
    jiangsu = shared.client("320000").get(WAYBILL.header.message_id).waybill
    assert jiangsu.driver == WAYBILL.waybill.driver
    assert (jiangsu.consignor.name, jiangsu.consignor.phone) == ("甲", "")
    joint = shared.client("joint")
    assert not joint.get(WAYBILL.header.message_id).waybill.HasField("driver")
    reporter = joint.get(INCIDENT.header.message_id).incident_report.reporter
    assert reporter == INCIDENT.incident_report.reporter


@pytest.mark.parametrize(
    ("peer", "there", "not_there"),
    [
        ("310000", ["张三", "李四", "王五", "沪A12345"], []),
        ("320000", ["李四", "沪A12345"], ["张三", "王五", "021-5550"]),
        ("340000", ["泵车队"], ["张三", "李四", "王五", "沪A12345"]),
        ("joint", ["张三", "沪A12345"], ["李四", "王五"]),
    ],
)
def test_what_is_not_agreed_is_not_on_the_peers_disk(
    shared: Delta, peer: str, there: list[str], not_there: list[str]
) -> None:
    disk = b"".join(path.read_bytes() for path in shared.data(peer).rglob("*") if path.is_file())
    assert [word for word in there if word.encode() not in disk] == []
    assert [word for word in not_there if word.encode() in disk] == []


@pytest.mark.parametrize(
    ("holder", "counts"),
    [
        ("310000", DispositionCounts(whole=AGREED + 3)),
        ("320000", DispositionCounts(whole=AGREED + 1, redacted=2)),
        ("340000", DispositionCounts(whole=AGREED + 1, redacted=1, withheld=1)),
        ("joint", DispositionCounts(whole=AGREED + 2, redacted=1)),
    ],
)
def test_every_entry_is_counted_whatever_was_given_of_it(
    shared: Delta, holder: str, counts: DispositionCounts
) -> None:
    log = shared.log(holder, "310000")
    assert (log.size, log.counts) == (SIZE, counts)


def test_all_hold_the_same_tree(shared: Delta) -> None:
    roots = {shared.log(holder, "310000").root_hash for holder in ("310000", *PEERS)}
    assert len(roots) == 1


@pytest.mark.parametrize("peer", PEERS)
def test_the_origin_has_each_peers_receipt(shared: Delta, peer: str) -> None:
    own = shared.log("310000", "310000")
    key = (shared.materials.folder / peer / "witness.vkey").read_text()
    checkpoint, _ = verified(own.checkpoint, parse_vkey(key), DEFAULT)
    assert (checkpoint.size, checkpoint.root) == (own.size, own.root_hash)
    assert shared.link("310000", peer).cosigned_size == SIZE


@pytest.mark.parametrize("peer", PEERS)
def test_the_peer_has_the_origins_signature(shared: Delta, peer: str) -> None:
    held = shared.log(peer, "310000")
    key = (shared.materials.folder / "310000" / "log.vkey").read_text()
    checkpoint, _ = verified(held.checkpoint, parse_vkey(key), DEFAULT)
    assert (checkpoint.size, checkpoint.root) == (SIZE, held.root_hash)
    link = shared.link(peer, "310000")
    assert (link.connected, link.held_size, link.remote_size) == (True, SIZE, SIZE)
    assert link.last_heard_time.seconds > 0


def test_a_withheld_message_is_to_its_peer_as_one_that_never_was(shared: Delta) -> None:
    found = []
    for message_id in (WAYBILL.header.message_id, message_ids.new(0)):
        with pytest.raises(ExchangeError) as caught:
            shared.client("340000").get(message_id)
        found.append(str(caught.value).replace(message_id, ""))
    assert found[0] == found[1]
    assert "NOT_FOUND" in found[0]


def test_withheld_entries_are_skipped_in_reading_and_move_the_offset(shared: Delta) -> None:
    client = shared.client("340000")
    assert ids(told(client)) == ids([INCIDENT, RESOURCE])
    assert ids(client.messages()) == ids(read(client))
    with client.subscribe(until_caught_up=True) as subscription:
        assert [batch.offset for batch in subscription][-1] == EVERYTHING


@pytest.mark.parametrize(("origin", "found"), [("310000", SIZE), ("320000", AGREED), ("330000", 0)])
def test_readers_of_a_peer_filter_by_origin(shared: Delta, origin: str, found: int) -> None:
    messages = read(shared.client("joint"), wanted=Filter(origins=[origin]))
    assert [(m.stamp.origin, m.stamp.sequence) for m in messages] == [
        (origin, sequence) for sequence in range(found)
    ]


def test_readers_of_a_peer_who_name_no_origin_get_all(shared: Delta) -> None:
    messages = read(shared.client("joint"), wanted=Filter())
    assert offsets(messages) == list(range(1, EVERYTHING + 1))
