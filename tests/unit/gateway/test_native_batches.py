"""What leaves for peers is the same, put together in Python or outside it; both find damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log.merkle import leaf_hash
from gateway.log.sealing import SealedPart
from gateway.replication import batch_form
from gateway.store.port import Entry
from tests.support.native_steps import native_steps, without_native_steps
from yrd.exchange.v1.message_pb2 import SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateResponse

LOG = "yrd/310000"
GROUPS = ["personal.contact", "personal.driver", "敏感"]
sizes = st.integers(0, 5) | st.sampled_from([120, 127, 128, 16_380, 16_384])
data = st.builds(lambda size, filler: filler * size, sizes, st.binary(min_size=1, max_size=1))
parts = st.lists(st.builds(SealedPart, st.sampled_from(GROUPS), data), max_size=3).map(tuple)
given_groups = st.none() | st.frozensets(st.sampled_from(GROUPS))


def entry(leaf: bytes | None, held: tuple[SealedPart, ...] = (), digest: bytes = b"") -> Entry:
    return Entry(7, LOG, 3, digest or leaf_hash(leaf or b""), leaf, "t", 1, 5, held)


@given(
    shown=st.lists(st.tuples(st.none() | data, parts, given_groups), max_size=6),
    start=st.integers(0, (1 << 63) - 1),
    note=st.text(max_size=300),
)
def test_batches_are_the_same(
    shown: list[tuple[bytes | None, tuple[SealedPart, ...], batch_form.Groups]],
    start: int,
    note: str,
) -> None:
    native_steps()
    entries = [entry(leaf, held) for leaf, held, _ in shown]
    groups = [groups for *_, groups in shown]
    with pytest.MonkeyPatch.context() as patched:
        fast = batch_form.serialised(LOG, start, entries, groups, note)
        without_native_steps(patched, batch_form)
        assert fast == batch_form.serialised(LOG, start, entries, groups, note)


@pytest.mark.parametrize("built", [True, False])
def test_a_batch_is_what_protobuf_writes(built: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    native_steps() if built else without_native_steps(monkeypatch, batch_form)
    held = (SealedPart(GROUPS[0], b"secret"), SealedPart(GROUPS[1], b"driver"))
    entries = [entry(b"leaf", held), entry(b"other", held), entry(None, digest=b"h" * 32)]
    groups = [frozenset({GROUPS[1]}), None, None]
    views = [
        SealedEntry(leaf=b"leaf", disclosures=[b"driver"]),
        SealedEntry(leaf_hash=leaf_hash(b"other")),
        SealedEntry(leaf_hash=b"h" * 32),
    ]
    batch = SealedBatch(log_origin=LOG, start=3, entries=views, checkpoint="note")
    sent = batch_form.serialised(LOG, 3, entries, groups, "note")
    assert sent == ReplicateResponse(batch=batch).SerializeToString()
    assert b"secret" not in sent


@given(leaves=st.lists(data, min_size=1, max_size=6), bit=st.integers(0, 255), chosen=st.data())
def test_whatever_differs_is_doubtful(leaves: list[bytes], bit: int, chosen: st.DataObject) -> None:
    native_steps()
    entries = [entry(leaf) for leaf in leaves]
    assert batch_form.doubtful(entries) == []
    at = chosen.draw(st.integers(0, len(entries) - 1))
    digest = bytearray(entries[at].hash)
    digest[bit // 8] ^= 1 << bit % 8
    entries[at] = entries[at]._replace(hash=bytes(digest))
    entries += [entry(None), entry(b"", digest=b"short"), entry(b"")]
    assert batch_form.doubtful(entries) == [entries[at], entries[-3], entries[-2]]


def test_all_are_doubtful_where_nothing_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    without_native_steps(monkeypatch, batch_form)
    entries = [entry(b"leaf")]
    assert list(batch_form.doubtful(entries)) == entries
