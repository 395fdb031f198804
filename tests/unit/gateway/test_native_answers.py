"""What publishers are told is the same, put together in Python or outside it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import GatewayError, MessageIdReused, RevisionStale
from gateway.exchange.publish import AcceptedDraft, Outcome
from gateway.server import answers
from gateway.store.port import AcceptedEntry
from tests.support.native_steps import native_steps, without_native_steps
from yrd.exchange.v1.service_pb2 import PublishResponse, PublishStreamResponse

accepted = st.builds(
    AcceptedDraft,
    st.text(max_size=200),
    st.builds(
        AcceptedEntry,
        st.integers(0, (1 << 64) - 1) | st.integers(0, 300),
        st.binary(max_size=40),
        st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999) | st.integers(-5, 5),
        st.binary(max_size=3),
    ),
)
REFUSED = [
    MessageIdReused("used", message_id="x", sequence=7),
    RevisionStale("旧", entity_id="310000/a", revision=1, known_revision=2),
]


def in_python(outcomes: Sequence[Outcome]) -> answers.Answer:
    with pytest.MonkeyPatch.context() as patched:
        without_native_steps(patched, answers)
        return answers.answer(outcomes)


@given(st.lists(accepted, max_size=5))
def test_answers_are_the_same(outcomes: list[Outcome]) -> None:
    native_steps()
    assert answers.answer(outcomes) == in_python(outcomes)


@given(st.lists(accepted | st.sampled_from(REFUSED), max_size=5))
def test_refusals_keep_their_place(outcomes: list[Outcome]) -> None:
    native_steps()
    found = answers.answer(outcomes)
    assert found.results == len(outcomes)
    for kind in (PublishResponse, PublishStreamResponse):
        told = kind.FromString(found.data)
        assert told == kind.FromString(in_python(outcomes).data)
        refused = [result.HasField("error") for result in told.results]
        assert refused == [isinstance(outcome, GatewayError) for outcome in outcomes]
