"""`yrd incident`: decided at one gateway, known at another, withdrawn again."""

from typing import Any

import pytest

from integration.stack import Stack
from tests.cli.test_objection import publish, reaches
from tests.cli.test_publish import fresh
from tests.support.commands import yrd
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter

WHY = ("--reason", "现场核实", "--post", "值班长")


def decisions(stack: Stack, participant: str, decision_id: str) -> list[Message]:
    types = ["yrd.situation.v1.IncidentDecision"]
    found = stack.members[participant].client().messages(Filter(types=types))
    return [message for message in found if message.header.entity_id == decision_id]


@pytest.fixture
def named(stack: Stack) -> list[str]:
    """Entity ids of two incidents of Shanghai."""
    made = [fresh(), fresh()]
    for each in made:
        publish(stack, each)
    return [each.header.entity_id for each in made]


@pytest.mark.parametrize("verb", ["merge", "split"])
def test_decided_shared_and_withdrawn(
    stack: Stack, named: list[str], shanghai: list[str], verb: str
) -> None:
    told: Any = yrd("incident", verb, *named, *WHY, *shanghai, "--json").json()
    reaches(stack, "320000", told["messageId"])
    (decision,) = decisions(stack, "320000", told["decisionId"])
    assert decision.incident_decision.incident.entity_id == named[0]
    assert [o.entity_id for o in decision.incident_decision.others] == named[1:]
    ran = yrd("incident", "withdraw", told["decisionId"], *WHY, *shanghai)
    assert (ran.status, ran.err) == (0, "")
    assert "撤销 withdrawn" in ran.out
    assert [m.header.revision for m in decisions(stack, "310000", told["decisionId"])] == [1, 2]


def test_what_cannot_be_is_named_with_a_remedy(named: list[str], shanghai: list[str]) -> None:
    ran = yrd("incident", "merge", named[0], "310000/never", *WHY, *shanghai)
    assert ran.status == 2
    assert "yrd list --type" in ran.err
    ran = yrd("incident", "merge", named[0], named[0], *WHY, *shanghai)
    assert ran.status == 1
    assert "incident_decision.others" in ran.err
    ran = yrd("incident", "withdraw", "310000/never", *WHY, *shanghai)
    assert ran.status == 2
