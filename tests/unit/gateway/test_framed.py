"""A batch that native steps read is what Python makes of the same bytes, however they came about."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.log.checkpoint import Checkpoint, LogSigner, Witness, log_origin
from gateway.log.keyring import KeyRing
from gateway.log.merkle import Frontier
from gateway.log.suite import DEFAULT, Ed25519Key
from gateway.replication import framed
from gateway.replication.framed import Framed, MirroredEntry, received
from gateway.replication.mirror import Mirror, Mirrored
from gateway.replication.wrong import Wrong
from gateway.store.port import Head
from schemas.samples.reading import valid_samples
from tests.fuzz.mutate import mutated
from tests.support.handmade import hash_of, sealed_entry
from tests.support.native_steps import native_steps, without_native_steps
from tests.support.rewritten import rewritten
from yrd.exchange.v1.message_pb2 import (
    Disclosure,
    DisclosureDigest,
    Draft,
    Leaf,
    SealedBatch,
    SealedEntry,
    UrgentBatch,
)
from yrd.exchange.v1.service_pb2 import Heartbeat, ReplicateResponse

ORIGIN, START, NOW_US = "320000", 300, 1_780_000_000_000_000
KEY, OTHER_KEY, WITNESS = (Ed25519Key(Ed25519PrivateKey.generate()) for _ in range(3))
SIGNER = LogSigner(log_origin(ORIGIN), KEY)
MIRROR = Mirror(
    SIGNER.origin, KeyRing.of(SIGNER.verifier), DEFAULT, Witness("yrd/310000/witness", WITNESS)
)
HELD = Frontier().extend([sha256(bytes([n % 256])).digest() for n in range(START)]).frontier
HEAD = Head(SIGNER.origin, HELD)
Change = Callable[[SealedEntry], None]


@cache
def entries() -> tuple[SealedEntry, ...]:
    """Every valid sample: whole, without its last disclosure if it has some, and now and then withheld."""
    made: list[SealedEntry] = []
    for sample in valid_samples():
        made.append(sealed_entry(sample.draft, ORIGIN, START + len(made)))
        if made[-1].disclosures:
            made.append(sealed_entry(sample.draft, ORIGIN, START + len(made)))
            del made[-1].disclosures[-1]
        if len(made) % 10 == 0:
            made.append(SealedEntry(leaf_hash=sha256(bytes(len(made))).digest()))
    return tuple(made)


@cache
def waybill() -> Draft:
    """It has disclosures."""
    return valid_samples("yrd.hazmat.v1.Waybill")[0].draft


def one() -> SealedEntry:
    """An entry with disclosures, as the first of a batch."""
    return sealed_entry(waybill(), ORIGIN, START)


def batch_of(*sealed: SealedEntry, **changes: Any) -> SealedBatch:
    """With the checkpoint that belongs to it."""
    tree = HELD.extend([hash_of(entry) for entry in sealed]).frontier
    note = SIGNER.sign(Checkpoint(SIGNER.origin, tree.size, tree.root())).render()
    told: dict[str, Any] = {
        "log_origin": SIGNER.origin,
        "start": START,
        "checkpoint": note,
    } | changes
    return SealedBatch(entries=sealed, **told)


def sent(batch: SealedBatch) -> bytes:
    return ReplicateResponse(batch=batch).SerializeToString()


def as_read(data: bytes, read: Callable[[bytes], ReplicateResponse | Framed]) -> object:
    """What comes of a response, whether it is right or wrong."""
    try:
        response = read(data)
    except DecodeError:
        return "not a response"
    if isinstance(response, ReplicateResponse):
        if not response.HasField("batch"):
            return response.SerializeToString(deterministic=True)
        batch: SealedBatch | Framed = response.batch
    else:
        batch = response
    try:
        columns = MIRROR._read(batch, HEAD)
    except Wrong as wrong:
        return wrong.message
    return batch.log_origin, batch.start, batch.checkpoint, columns


def require_alike(data: bytes) -> None:
    native_steps()
    assert as_read(data, received) == as_read(data, ReplicateResponse.FromString)


def left_to_python(frame: Framed) -> list[SealedEntry]:
    """The entries that native steps leave to be judged."""
    found: list[SealedEntry] = []

    def judge(entry: SealedEntry, digest: bytes, index: int) -> MirroredEntry:
        found.append(entry)
        return MIRROR.entry(entry, digest, index)

    frame.read(ORIGIN, judge)
    return found


def test_every_type_is_read_without_python() -> None:
    native_steps()
    data = sent(batch_of(*entries()))
    frame = received(data)
    assert isinstance(frame, Framed)
    assert not left_to_python(frame)
    assert frame.size == len(entries())
    assert frame.parsed() == ReplicateResponse.FromString(data).batch
    require_alike(data)


def leaf_of(entry: SealedEntry, change: Callable[[Leaf], None]) -> None:
    leaf = Leaf.FromString(entry.leaf)
    change(leaf)
    entry.leaf = leaf.SerializeToString()


def in_leaf(change: Callable[[Leaf], None]) -> Change:
    return lambda entry: leaf_of(entry, change)


def in_header(**fields: Any) -> Change:
    def change(leaf: Leaf) -> None:
        for name, value in fields.items():
            setattr(leaf.header, name, value)

    return in_leaf(change)


def in_stamp(**fields: Any) -> Change:
    def change(leaf: Leaf) -> None:
        for name, value in fields.items():
            setattr(leaf.stamp, name, value)

    return in_leaf(change)


def with_bytes(before: bytes = b"", behind: bytes = b"") -> Change:
    def change(entry: SealedEntry) -> None:
        entry.leaf = before + entry.leaf + behind

    return change


def again(entry: SealedEntry) -> None:
    entry.disclosures.append(entry.disclosures[0])


def another(entry: SealedEntry) -> None:
    entry.disclosures.append(Disclosure(group="another").SerializeToString())


def changed(entry: SealedEntry) -> None:
    entry.disclosures[0] += b"\x1a\x00"


def not_one(entry: SealedEntry) -> None:
    entry.disclosures[0] = b"\xff"


def many(entry: SealedEntry) -> None:
    """One more than an entry may have, each with its digest."""
    parts = [Disclosure(group=f"g{n}").SerializeToString() for n in range(65)]
    digests = [
        DisclosureDigest(group=f"g{n}", digest=sha256(p).digest()) for n, p in enumerate(parts)
    ]
    leaf_of(entry, lambda leaf: leaf.disclosure_digests.extend(digests))
    entry.disclosures[:] = parts


def digest_twice(leaf: Leaf) -> None:
    leaf.disclosure_digests.append(DisclosureDigest(group=leaf.disclosure_digests[0].group))


UNUSUAL: dict[str, Change] = {
    "another place": in_stamp(sequence=START + 1),
    "another origin": in_stamp(origin="330000"),
    "a log for an origin": in_stamp(origin="yrd/320000"),
    "no stamp": in_leaf(lambda leaf: leaf.ClearField("stamp")),
    "an unknown type": in_leaf(lambda leaf: setattr(leaf, "type", "yrd.hazmat.v2.Waybill")),
    "no type": in_leaf(lambda leaf: leaf.ClearField("type")),
    "no id": in_header(message_id=""),
    "an id with spaces": in_header(message_id="01890a5d-ac96-774b-bcce-b302099a80 7"),
    "an id without dashes": in_header(message_id="01890a5dac96774bbcceb302099a80570000"),
    "dashes elsewhere": in_header(message_id="01890a5d-ac96-774b-bcceb-302099a8057"),
    "a field that is not known": with_bytes(behind=b"\xf8\x07\x01"),
    "a header behind": with_bytes(behind=b"\x0a\x00"),
    "a header before": with_bytes(before=b"\x0a\x00"),
    "no UTF-8": with_bytes(behind=b"\x2a\x03\x0a\x01\xff"),
    "a longer tag": with_bytes(behind=b"\xaa\x00\x00"),
    "cut off": with_bytes(behind=b"\x2a\x05"),
    "no leaf at all": lambda entry: setattr(entry, "leaf", b"\xff\xff"),
    "a disclosure twice": again,
    "a disclosure of no digest": another,
    "a disclosure that is changed": changed,
    "no disclosure": not_one,
    "65 disclosures": many,
    "a digest twice": in_leaf(digest_twice),
    "a digest cut off": in_leaf(
        lambda leaf: setattr(leaf.disclosure_digests[0], "digest", b"d" * 31)
    ),
}


@pytest.mark.parametrize("what", UNUSUAL)
def test_python_judges_what_is_unusual(what: str) -> None:
    native_steps()
    entry = one()
    UNUSUAL[what](entry)
    data = sent(batch_of(entry, entries()[1]))
    frame = received(data)
    assert isinstance(frame, Framed)
    assert left_to_python(frame) == [entry]
    require_alike(data)


@pytest.mark.parametrize(
    "change",
    [
        in_header(message_id="01890A5D-AC96-774B-BCCE-B302099A8057"),
        in_header(revision=0, mode=99, priority=-1),
        in_leaf(lambda leaf: leaf.ClearField("core")),
        in_leaf(lambda leaf: leaf.stamp.sealed_time.FromSeconds(-1)),
        lambda entry: entry.ClearField("disclosures"),
        lambda entry: setattr(entry, "leaf_hash", b"of no meaning beside a leaf"),
    ],
)
def test_what_breaks_other_rules_is_read_all_the_same(change: Change) -> None:
    native_steps()
    entry = one()
    change(entry)
    frame = received(sent(batch_of(entry)))
    assert isinstance(frame, Framed)
    assert not left_to_python(frame)
    require_alike(sent(batch_of(entry)))


NOT_FRAMED = {
    "nothing": b"",
    "a heartbeat": ReplicateResponse(heartbeat=Heartbeat(size=3)).SerializeToString(),
    "urgent entries": ReplicateResponse(urgent=UrgentBatch()).SerializeToString(),
    "a batch and then a heartbeat": sent(batch_of()) + b"\x12\x00",
    "two batches": sent(batch_of(one())) * 2,
    "neither leaf nor hash": sent(batch_of(one(), SealedEntry())),
    "a short hash": sent(batch_of(one(), SealedEntry(leaf_hash=b"h" * 31), one())),
    "no end of indices": sent(batch_of(one(), start=(1 << 64) - 1)),
    "a log's name that is no UTF-8": sent(batch_of(log_origin="\x7f")).replace(b"\x7f", b"\xff"),
    "no response": b"\xff",
    "too many entries": sent(SealedBatch(entries=[SealedEntry(leaf=b"l")] * ((1 << 16) + 1))),
}


@pytest.mark.parametrize("what", NOT_FRAMED)
def test_python_reads_what_can_not_be_framed(what: str) -> None:
    reader = framed._reader(native_steps())
    assert reader.frame(NOT_FRAMED[what]) is None
    with pytest.raises(ValueError, match="not framed"):
        reader.read(NOT_FRAMED[what], ORIGIN)
    if what != "too many entries":
        require_alike(NOT_FRAMED[what])


few = st.lists(st.sampled_from(range(len(entries()))), min_size=1, max_size=3)


@settings(max_examples=400)
@given(seed=st.integers(0, 1 << 32), places=few, times=st.integers(1, 3))
def test_what_is_written_otherwise(seed: int, places: list[int], times: int) -> None:
    """Single leaves are rewritten, then all of it."""
    random = Random(seed)
    sealed = [SealedEntry.FromString(entries()[at].SerializeToString()) for at in places]
    for place, entry in enumerate(sealed):
        if entry.leaf:
            in_stamp(sequence=START + place)(entry)
            entry.leaf = rewritten(random, entry.leaf) or b"l"
    data = sent(batch_of(*sealed))
    require_alike(data)
    for _ in range(times):
        data = rewritten(random, data)
        require_alike(data)


@settings(max_examples=400)
@given(seed=st.integers(0, 1 << 32), at=st.sampled_from(range(len(entries()))))
def test_what_was_damaged(seed: int, at: int) -> None:
    random = Random(seed)
    samples = [entries()[at].leaf, one().leaf, *one().disclosures]
    entry = SealedEntry(leaf=mutated(random, samples), disclosures=entries()[at].disclosures)
    data = sent(batch_of(entry)) if entry.leaf else b""
    require_alike(data)
    require_alike(mutated(random, [data, sent(batch_of(one()))]))


def checked(batch: SealedBatch | Framed) -> Mirrored | tuple[str, object]:
    try:
        return MIRROR.check(batch, HEAD, NOW_US)
    except Wrong as wrong:
        return wrong.message, (wrong.kind, wrong.evidence)


@pytest.mark.parametrize(
    "batch",
    [
        batch_of(*entries()),
        batch_of(),
        batch_of(one(), start=START + 1),
        batch_of(one(), log_origin="yrd/330000"),
        batch_of(one(), checkpoint=batch_of(entries()[1]).checkpoint),
        batch_of(one(), checkpoint=batch_of().checkpoint),
        batch_of(one(), checkpoint="nothing"),
    ],
    ids=["true", "empty", "gap", "other log", "fork", "other size", "forged"],
)
def test_a_batch_is_judged_alike(batch: SealedBatch) -> None:
    native_steps()
    frame = received(sent(batch))
    assert isinstance(frame, Framed)
    assert checked(frame) == checked(batch)


def test_a_replay_is_found_alike() -> None:
    native_steps()
    entry = one()
    in_stamp(sequence=START + 7)(entry)
    frame = received(sent(batch_of(entry)))
    assert isinstance(frame, Framed)
    found, expected = (MIRROR.check(batch, HEAD, NOW_US) for batch in (frame, batch_of(entry)))
    assert found.entries == expected.entries
    assert found.wrong is not None
    assert expected.wrong is not None
    assert found.wrong.evidence == expected.wrong.evidence


def test_nothing_is_framed_without_native_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    without_native_steps(monkeypatch, framed)
    batch = batch_of(one())
    assert received(sent(batch)) == ReplicateResponse(batch=batch)
    with pytest.raises(DecodeError):
        received(b"\xff")
