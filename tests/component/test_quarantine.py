"""Entries of a peer that must not be delivered: kept in the tree, counted, never shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from client import ExchangeError
from tests.support.builders import draft, incident_body, place
from tests.support.delta import Delta, delta
from tests.support.handmade import HandmadeLog, agreed, write_store
from tests.support.materials import AGREED, UNCONCERNED, Materials
from tests.support.readers import ids, read, told
from tests.support.rogue import all_of, rogue
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Disclosure, Draft, Leaf, SealedEntry
from yrd.exchange.v1.service_pb2 import DispositionCounts

US, PEER = "310000", "320000"
SWAPPED = incident_body(place=place(point=(121.5, 31.2)))


def good(name: str) -> Draft:
    return draft(incident_body(reporter=None), entity=f"{PEER}/{name}")


def changed_leaf(change: Callable[[Leaf], None]) -> Callable[[SealedEntry], None]:
    def apply(entry: SealedEntry) -> None:
        leaf = Leaf.FromString(entry.leaf)
        change(leaf)
        entry.leaf = leaf.SerializeToString()

    return apply


def of_unknown_type(leaf: Leaf) -> None:
    leaf.type = "yrd.incident.v9.IncidentReport"


def with_a_body_that_is_none(leaf: Leaf) -> None:
    leaf.core = b"\xff\xff"


def without_an_id(leaf: Leaf) -> None:
    leaf.header.message_id = "x"


def breaking_a_rule(leaf: Leaf) -> None:
    leaf.header.revision = 0


def happening_never(leaf: Leaf) -> None:
    leaf.header.occurred_time.seconds = -(1 << 60)


def sealed_never(leaf: Leaf) -> None:
    leaf.stamp.sealed_time.seconds = 1 << 60


def no_leaf(entry: SealedEntry) -> None:
    entry.leaf = b"\xff\xff"


def foreign_disclosure(entry: SealedEntry) -> None:
    part = Disclosure(salt=b"s" * 16, group="personal.contact", body=b"")
    entry.disclosures.append(part.SerializeToString())


def disclosure_that_is_none(entry: SealedEntry) -> None:
    entry.disclosures.append(b"\xff\xff")


SPOILT: dict[str, Callable[[SealedEntry], None]] = {
    "of unknown type": changed_leaf(of_unknown_type),
    "with a body that is none": changed_leaf(with_a_body_that_is_none),
    "without an id": changed_leaf(without_an_id),
    "breaking a rule": changed_leaf(breaking_a_rule),
    "happening never": changed_leaf(happening_never),
    "sealed never": changed_leaf(sealed_never),
    "that is no leaf": no_leaf,
    "with a foreign disclosure": foreign_disclosure,
    "with a disclosure that is none": disclosure_that_is_none,
}


@contextmanager
def following(materials: Materials, folder: Path, log: HandmadeLog) -> Iterator[Delta]:
    """A gateway that has mirrored all of a peer's log."""

    with (
        rogue(materials, PEER, all_of(log)) as peer,
        delta(
            materials,
            folder,
            (US,),
            addresses={PEER: peer.address},
            agreements_dir=UNCONCERNED,
        ) as made,
    ):
        until(lambda: peer.receipts, "the receipt")
        assert peer.receipts[0].startswith(f"{log.origin}\n{len(log.entries)}\n")
        yield made


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_entry_is_kept_counted_and_not_delivered(
    materials: Materials, tmp_path: Path, spoil: Callable[[SealedEntry], None]
) -> None:
    log = HandmadeLog(materials, PEER)
    first, last = good("first"), good("last")
    spoilt = good("spoilt")
    log.add(first, spoilt, last)
    spoil(log.entries[1])
    with following(materials, tmp_path, log) as made:
        client = made.client(US)
        for _ in range(2):
            assert ids(read(client)) == ids([first, last])
        assert ids(client.messages()) == ids([first, last])
        with pytest.raises(ExchangeError, match="NOT_FOUND"):
            client.get(spoilt.header.message_id)
        until(lambda: made.log(US, PEER).counts.quarantined == 1, "it is counted")
        held = made.log(US, PEER)
        assert held.counts == DispositionCounts(whole=2, quarantined=1)
        assert held.root_hash == log.frontier(3).root()
        assert made.status(US).accepting
        assert made.link(US, PEER).problem == ""


def test_it_stays_so_over_a_restart(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    first, last = good("first"), good("last")
    log.add(first, draft(SWAPPED), last)
    with following(materials, tmp_path, log) as made:
        read(made.client(US))
        until(lambda: made.log(US, PEER).counts.quarantined == 1, "it is counted")
        before = made.log(US, PEER)
        made.stop(US)
        made.start(US)
        assert made.log(US, PEER) == before
        assert ids(read(made.client(US))) == ids([first, last])
        assert made.log(US, PEER).counts.quarantined == 1


def test_readers_of_all_kinds_meet_it_without_harm(materials: Materials, tmp_path: Path) -> None:
    """Whoever comes upon it first: getting, listing and subscribing treat it alike."""
    log = HandmadeLog(materials, PEER)
    spoilt = [draft(SWAPPED, entity=f"{PEER}/{n}") for n in range(3)]
    log.add(*spoilt)
    with following(materials, tmp_path, log) as made:
        client = made.client(US)
        with pytest.raises(ExchangeError, match="NOT_FOUND"):
            client.get(spoilt[0].header.message_id)
        assert list(client.messages(page_size=2)) == []
        with client.subscribe(until_caught_up=True) as subscription:
            assert [batch.offset for batch in subscription] == [3]
        until(lambda: made.log(US, PEER).counts.quarantined == 3, "all are counted")
        assert made.log(US, PEER).counts == DispositionCounts(quarantined=3)


def test_a_gateway_that_did_not_check_harms_nobody(materials: Materials, tmp_path: Path) -> None:
    """A real gateway of Jiangsu, in whose store lies what its check would have refused."""
    log = HandmadeLog(materials, PEER)
    first = good("first")
    log.add(*agreed(PEER), first, draft(SWAPPED, entity=f"{PEER}/swapped"))
    with delta(materials, tmp_path, (US, PEER), start=False) as made:
        write_store(made.data(PEER), PEER, log)
        made.start(PEER)
        made.start(US)
        made.wait_level(PEER, US)
        later = good("later")
        made.client(PEER).publish([later])
        made.wait_level(PEER, US)
        assert ids(told(made.client(US))) == ids([first, later])
        until(lambda: made.log(US, PEER).counts.quarantined == 1, "it is counted")
        assert made.log(US, PEER).root_hash == made.log(PEER, PEER).root_hash
        assert made.log(US, PEER).counts == DispositionCounts(whole=AGREED + 2, quarantined=1)
