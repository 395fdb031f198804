"""The steps of the graph, and the graph itself: the same as the plain functions, nothing dropped."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from apache_beam.pvalue import TaggedOutput
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipelines.running.transforms
from pipelines.facts.scope import Key, key_of
from pipelines.facts.state import Folding, fold, merge_all
from pipelines.facts.taking_in import Rejected, take_in
from pipelines.running import graph
from pipelines.running.graph import Instant
from pipelines.running.shelf import Shelf, Ticket
from pipelines.running.transforms import (
    FoldBatches,
    Piece,
    in_pieces,
    merge_piece,
)
from tests.support.builders import NOW
from tests.support.feeds import plain_graph
from tests.support.generated import canonical, folded, histories
from tests.support.situation import (
    crossing,
    exercise,
    incident,
    lacking,
    request,
    resource,
    us,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
GARBAGE = [b"\xff\xff\xff", b"not a message", b"\x0a"]
BODYLESS = [b"", Message(header=incident().header).SerializeToString()]
STORY = [
    lacking(),
    resource(),
    request(),
    waybill(),
    crossing("310000", "320000"),
    warning(**exercise()),
    lacking("330000/flood", **exercise("other")),
    incident(mode="MODE_TEST"),
]


def taken_in(*batches: Iterable[bytes]) -> tuple[dict[Key, bytes], list[Rejected]]:
    """States of serialised messages, and what could not be read."""
    folding = Folding()
    rejected = [found for batch in batches for found in take_in(folding, batch)]
    return canonical(folding.states()), rejected


@pytest.mark.parametrize("data", GARBAGE)
def test_garbage_is_rejected_with_the_reason(data: bytes) -> None:
    states, ((kept, reason),) = taken_in([data])
    assert (states, kept) == ({}, data)
    assert "not a serialised" in reason


@pytest.mark.parametrize("data", BODYLESS)
def test_a_message_without_a_body_is_rejected_with_the_reason(data: bytes) -> None:
    states, ((kept, reason),) = taken_in([data])
    assert (states, kept) == ({}, data)
    assert "no body" in reason


def test_a_body_of_a_later_contract_is_rejected_and_not_lost() -> None:
    later = Message(header=incident().header).SerializeToString() + b"\xa2\x06\x03abc"
    states, rejected = taken_in([later])
    assert states == {}
    assert [data for data, _ in rejected] == [later]


@QUIET
@given(batch=st.lists(st.binary(max_size=20) | histories.map(lambda h: b"".join(map(bytes_of, h)))))
def test_decoding_drops_nothing(batch: list[bytes]) -> None:
    _, rejected = taken_in(batch)
    assert all(reason for _, reason in rejected)
    refused = [data for data, _ in rejected]
    assert refused == [data for data in batch if data in refused]
    assert all(Message.FromString(d).WhichOneof("body") for d in batch if d not in refused)


def bytes_of(message: Message) -> bytes:
    return message.SerializeToString()


def without_receipt(message: Message) -> bytes:
    bare = Message.FromString(bytes_of(message))
    bare.ClearField("receipt")
    return bytes_of(bare)


def test_good_messages_among_bad_ones_are_kept() -> None:
    made = [incident(), resource()]
    batch = [GARBAGE[0], bytes_of(made[0]), BODYLESS[0], bytes_of(made[1]), GARBAGE[1]]
    states, rejected = taken_in(batch)
    assert states == folded(made)
    assert [data for data, _ in rejected] == [batch[0], batch[2], batch[4]]


@QUIET
@given(history=histories)
def test_serialised_messages_fold_as_messages_do_with_a_receipt_or_without(
    history: list[Message],
) -> None:
    told = [message for message in history if message.WhichOneof("body")]
    assert taken_in(map(bytes_of, told)) == (folded(told), [])
    assert taken_in(map(without_receipt, told)) == (folded(told), [])


def test_what_is_left_on_a_shelf_is_found_by_its_ticket(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path))
    values = [b"first", b"", b"third"]
    tickets = shelf.put(values) + shelf.put([b"fourth"])
    assert [shelf.take(ticket) for ticket in tickets[::-1]] == [b"fourth", *values[::-1]]


@pytest.mark.parametrize("pieces", [1, 3])
@QUIET
@given(early=histories, late=histories)
def test_pieces_merge_as_states_do(pieces: int, early: list[Message], late: list[Message]) -> None:
    with TemporaryDirectory() as folder:
        shelf = Shelf(folder)
        found: dict[Piece, list[Ticket | bytes]] = {}
        for piece, ticket in as_folded(early, shelf, pieces):
            found.setdefault(piece, []).append(ticket)
        for key, data in folded(late).items():
            for piece, part in in_pieces((key.text(), data), pieces):
                found.setdefault(piece, []).append(part)
        merged: dict[Key, list[State]] = {}
        for item in found.items():
            text, data = merge_piece(item, shelf)
            merged.setdefault(key_of(text), []).append(State.FromString(data))
    assert all(len(states) <= pieces for states in merged.values())
    assert canonical({k: merge_all(states) for k, states in merged.items()}) == folded(
        [*early, *late]
    )


def as_folded(history: list[Message], shelf: Shelf, pieces: int) -> list[tuple[Piece, Ticket]]:
    """What the graph's step makes of a bundle of two batches."""
    told = [bytes_of(message) for message in history]
    step = FoldBatches(shelf, pieces)
    step.start_bundle()
    for batch in (told[::2], told[1::2]):
        for found in step.process(batch):
            assert isinstance(found, TaggedOutput)
    return [found.value for found in step.finish_bundle()]


def test_a_long_bundle_gives_its_states_bit_by_bit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pipelines.running.transforms, "AT_ONCE", 2)
    shelf = Shelf(str(tmp_path))
    step = FoldBatches(shelf, 1)
    step.start_bundle()
    found: list[tuple[Piece, Ticket]] = []
    for batch in ([incident(), resource()], [incident(revision=2)], [resource(), incident()]):
        found += step.process([bytes_of(message) for message in batch])
    assert len({file for _, (file, _, _) in found}) == 2
    assert {key_of(key) for (key, _), _ in found} == set(fold([incident(), resource()]))
    assert list(step.finish_bundle()) == []


def test_the_graph_gives_what_the_plain_functions_give() -> None:
    serialised = [bytes_of(m) for m in STORY]
    bad = [GARBAGE[0], BODYLESS[1]]
    batches = [serialised[:3], [*serialised[3:], bad[0]], serialised[1:4], [bad[1]], []]
    stored = {key.text(): data for key, data in folded([lacking(revision=2)]).items()}
    found = graph.run(batches, stored.items(), Instant(us(NOW)))
    expected = plain_graph(batches, stored.items(), Instant(us(NOW)))
    assert graph.run(batches, stored.items(), None).states == expected.states
    assert found.views == expected.views
    assert sorted(found.rejected) == sorted(expected.rejected)
    assert len(found.rejected) == 2
    assert {v.scope for v in found.views} == {"actual", "exercise/drill", "exercise/other"}
    assert [v.entity_id for v in found.views] == sorted(v.entity_id for v in found.views)


def test_a_graph_without_input_gives_back_what_was_stored() -> None:
    stored = {key.text(): data for key, data in folded(STORY).items()}
    assert graph.run([], stored.items(), None).states == stored
    found = graph.run([], stored.items(), Instant(us(NOW)))
    assert found.views == plain_graph([], stored.items(), Instant(us(NOW))).views


def test_without_an_instant_there_are_states_and_no_views() -> None:
    found = graph.run([[bytes_of(m) for m in STORY]], [], None)
    assert found.states == {key.text(): data for key, data in folded(STORY).items()}
    assert found.views == []
