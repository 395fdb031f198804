"""What a drill says when the summaries or proposals are not those that the scenario makes due."""

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.drill.checks import Facts
from tests.support.facts import FIRE, FLOOD, failed, good, view
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import Allocation

SUMMARY = "the last summary is right"
PROPOSALS = "the expected proposals exist"
APART = "exercise traffic is in no actual summary"


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return good(tmp_path)


SAID: list[tuple[str, Callable[[Message], object], set[str], str]] = [
    (
        "other figures",
        lambda m: setattr(m.situation_summary.incidents[0].casualties, "dead", 2),
        {SUMMARY},
        "'dead': 2",
    ),
    (
        "an unknown figure as zero",
        lambda m: setattr(m.situation_summary.incidents[0].casualties, "injured", 0),
        {SUMMARY},
        "'injured': 0",
    ),
    (
        "zero as unknown",
        lambda m: m.situation_summary.incidents[0].casualties.ClearField("missing"),
        {SUMMARY},
        "'missing': 0",
    ),
    (
        "another member",
        lambda m: m.situation_summary.incidents[0].members.add(entity_id=FIRE),
        {SUMMARY},
        FIRE,
    ),
    ("an incident lost", lambda m: m.situation_summary.ClearField("incidents"), {SUMMARY}, FLOOD),
    (
        "a warning lost",
        lambda m: m.situation_summary.ClearField("warnings"),
        {SUMMARY},
        "warnings []",
    ),
    (
        "a message not taken in",
        lambda m: setattr(m.situation_summary.coverage[0], "message_count", 2),
        {SUMMARY},
        "coverage {'310000': 2",
    ),
    ("a silent one left out", lambda m: m.situation_summary.coverage.pop(), {SUMMARY}, "coverage"),
    (
        "another instant",
        lambda m: setattr(m.situation_summary.as_of_time, "seconds", 1),
        {SUMMARY},
        "as of 1970",
    ),
]


@pytest.mark.parametrize(
    ("tamper", "names", "words"), [row[1:] for row in SAID], ids=[row[0] for row in SAID]
)
def test_what_is_wrong_with_the_summary_is_said(
    facts: Facts, tamper: Callable[[Message], object], names: set[str], words: str
) -> None:
    tamper(view(facts))
    found = failed(facts)
    assert set(found) == names
    assert words in found[SUMMARY]


def test_the_actual_summary_is_looked_at_too(facts: Facts) -> None:
    view(facts, "ACTUAL").situation_summary.incidents[0].casualties.dead = 5
    assert set(failed(facts)) == {SUMMARY}


def test_without_an_actual_view_nothing_was_kept_apart(facts: Facts) -> None:
    actual = view(facts, "ACTUAL")
    for messages in facts.observed.messages.values():
        messages[:] = [m for m in messages if m.header.message_id != actual.header.message_id]
    found = failed(facts)
    assert set(found) == {SUMMARY, APART}
    assert "there was no actual summary" in found[APART]


def lender(message: Message) -> Allocation:
    """The one lender of the proposal's one line."""
    return message.aid_proposal.lines[0].allocations[0]


PROPOSED: list[tuple[str, Callable[[Message], object], str]] = [
    ("another lender", lambda m: setattr(lender(m), "participant", "330000"), "330000"),
    ("another quantity", lambda m: setattr(lender(m).quantity, "value", 5), "5.0"),
    ("one lender more", lambda m: m.aid_proposal.lines[0].allocations.add(participant="340000"), "340000"),
    ("a line lost", lambda m: m.aid_proposal.ClearField("lines"), "lenders {}"),
    ("another need", lambda m: setattr(m.aid_proposal.lines[0].need, "line_id", "boats"), "boats"),
    ("an invented message", lambda m: m.aid_proposal.message_ids.append("no-message"), "no-message"),
    ("withdrawn", lambda m: setattr(m.aid_proposal, "withdrawn", True), "lenders {}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "words"), [row[1:] for row in PROPOSED], ids=[row[0] for row in PROPOSED]
)
def test_what_is_wrong_with_a_proposal_is_said(
    facts: Facts, tamper: Callable[[Message], object], words: str
) -> None:
    tamper(view(facts, field="aid_proposal"))
    found = failed(facts)
    assert set(found) == {PROPOSALS}
    assert words in found[PROPOSALS]


def test_a_missing_proposal_is_noticed(facts: Facts) -> None:
    lost = view(facts, field="aid_proposal").header.message_id
    for messages in facts.observed.messages.values():
        messages[:] = [m for m in messages if m.header.message_id != lost]
    assert set(failed(facts)) == {PROPOSALS}
