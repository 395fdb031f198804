"""Which trace a message belongs to, and whether it is traced at all: by the message alone."""

import random

import pytest

from client.message_traces import Place, chosen, own_place, place_of
from schemas import message_ids

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
NAME = message_ids.as_bytes("01890a5d-ac96-774b-bcce-b302099a8057")


def test_a_messages_own_trace_is_its_id() -> None:
    place = own_place(NAME)
    assert f"{place.trace_id:032x}" == "01890a5dac96774bbcceb302099a8057"
    assert f"{place.span_id:016x}" == "bcceb302099a8057"
    assert place_of(NAME, "", 1.0) == place
    assert place_of(NAME, "", 0.0) is None


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_what_the_sender_says_counts_more_than_the_ratio(ratio: float) -> None:
    place = Place(int(TRACE, 16), int(SPAN, 16), own=False)
    assert place_of(NAME, f"00-{TRACE}-{SPAN}-01", ratio) == place
    assert place_of(NAME, f"00-{TRACE}-{SPAN}-03", ratio) == place
    assert place_of(NAME, f"00-{TRACE}-{SPAN}-00", ratio) is None


@pytest.mark.parametrize(
    "text", [f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", "", "nonsense"]
)
def test_what_says_no_trace_is_as_if_it_said_nothing(text: str) -> None:
    assert place_of(NAME, text, 1.0) == own_place(NAME)


def test_a_ratio_chooses_that_part_and_a_greater_one_those_as_well() -> None:
    draw = random.Random(8)
    names = [
        message_ids.as_bytes(message_ids.derived(1_700_000_000_000, draw.randbytes(10)))
        for _ in range(20_000)
    ]
    few, more = ({n for n in names if chosen(n, ratio)} for ratio in (0.1, 0.5))
    assert abs(len(few) - 2_000) < 200
    assert abs(len(more) - 10_000) < 400
    assert few < more
