"""Whether a withheld entry or group was due: by its place, its day, its content, and all behind it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.log.sealing import prepare, seal, stamp
from gateway.sharing.activation import Activation
from gateway.sharing.agreement import Agreement, parse
from gateway.sharing.decide import Timeline
from gateway.sharing.due import Due, deciding, due
from tests.support.agreed import timeline
from tests.support.builders import draft
from tests.unit.gateway.test_sharing import agreement
from yrd.exchange.v1.message_pb2 import Draft, Leaf

ORIGIN, PEER, STRANGER = "310000", "320000", "joint"
INCIDENT, WAYBILL = "yrd.incident.v1.IncidentReport", "yrd.hazmat.v1.Waybill"
OBJECTION = "yrd.coordination.v1.Objection"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def clause(name: str = "c", to: str = PEER, by: str = ORIGIN, **changes: Any) -> dict[str, Any]:
    return {"id": name, "types": [INCIDENT], "from": [by], "to": [to]} | changes


def made(*clauses: dict[str, Any], **changes: Any) -> Agreement:
    return parse(agreement(list(clauses or (clause(),)), **changes), "a.yaml")


def leaf(message: Draft | None = None, sealed: datetime = NOON, index: int = 1) -> bytes:
    sealing = stamp(ORIGIN, "console", index, int(sealed.timestamp() * 1e6))
    return seal(prepare(message or draft(), [b"s" * 16] * 9), sealing).leaf


def judged(*steps: Agreement | str, index: int = 1, data: bytes = b"", peer: str = PEER) -> Due:
    return due(timeline(ORIGIN, *steps), index, data or leaf(), peer)


def test_what_a_clause_gave_then_and_ever_since_was_due() -> None:
    found = judged(made())
    assert (found.clauses, found.why) == (("a/c",), "")
    assert [a.index for a in found.activations] == [0]


def test_a_change_that_keeps_the_clause_leaves_it_due_and_both_texts_decide() -> None:
    found = judged(made(), made(title="new"), made(title="newer"))
    assert found.clauses == ("a/c",)
    assert [a.index for a in found.activations] == [0, 2]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "no agreement was in force in front of it"),
        ((made(clause(to=STRANGER)),), "no clause of a gives yrd.incident.v1.IncidentReport from"),
        ((made(clause(types=[WAYBILL])),), "no clause of a gives yrd.incident.v1.IncidentReport"),
        ((made(clause(by=PEER)),), "no clause of a gives yrd.incident.v1.Incident"),
        ((made(clause(when="body.title == 'x'")),), "the condition of a/c does not hold"),
        ((made(valid_until=date(2026, 5, 31)),), "a (2026-01-01 to 2026-05-31) was not valid"),
        ((made(), "a"), "entry 1 withdrew a"),
        ((made(), made(clause("other"))), "entry 1 changed a"),
        ((made(), made(clause(when="false"))), "entry 1 changed a"),
    ],
)
def test_what_was_not_due_and_why(steps: tuple[Agreement | str, ...], words: str) -> None:
    found = judged(*steps)
    assert (found.clauses, found.activations) == ((), ())
    assert words in found.why


def test_what_begins_behind_an_entry_does_not_give_it() -> None:
    assert not judged(made(), index=0).clauses
    assert judged(made(), index=1).clauses


def test_the_day_is_that_of_sealing_in_beijing() -> None:
    until = made(valid_until=date(2026, 6, 1))
    for hour, given in ((15, True), (16, False)):  # midnight in Beijing is 16:00 UTC
        sealed = datetime(2026, 6, 1, hour, 59 if given else 0, tzinfo=UTC)
        assert bool(judged(until, data=leaf(sealed=sealed)).clauses) is given


def test_a_condition_decides_by_the_leaf() -> None:
    flood = made(clause(when="body.title.contains('内涝')"))
    assert judged(flood).clauses == ("a/c",)


def test_what_came_as_a_hash_while_it_was_withdrawn_is_not_due_once_it_is_given_again() -> None:
    """A peer that caught up in between got the hash, and rightly so."""
    found = judged(made(), "a", made())
    assert not found.clauses
    assert "entry 1 withdrew a" in found.why


def test_another_agreement_goes_on_giving_what_one_of_two_gave() -> None:
    found = judged(made(), made(id="b"), "a", index=2)
    assert found.clauses == ("b/c",)
    assert [a.agreement_id for a in found.activations] == ["b"]


def test_an_agreement_that_can_not_be_read_gives_nothing_and_is_named() -> None:
    unread = Activation(0, "m", 0, "a", (ORIGIN, PEER), b"", None, "the text is not here")
    assert due(Timeline(ORIGIN, [unread]), 1, leaf(), PEER).why == (
        "a can't be read: the text is not here"
    )


def test_an_objection_is_due_to_both_sides_without_any_agreement() -> None:
    said = draft()
    said.objection.objector, said.objection.addressee = ORIGIN, PEER
    objection = leaf(said)
    both = ("builtin/objection-to-both-sides",)
    assert judged(data=objection) == Due(both, groups={"personal.contact": both})
    assert not judged(data=objection, peer=STRANGER).clauses


CONTACT, DRIVER = "personal.contact", "personal.driver"


def disclosing(*groups: str, name: str = "c") -> dict[str, Any]:
    return clause(name, types=[INCIDENT, WAYBILL], disclose=list(groups))


def test_groups_are_due_by_the_clauses_that_disclose_them() -> None:
    found = judged(made(disclosing(CONTACT), disclosing(CONTACT, DRIVER, name="d"), clause("e")))
    assert found.clauses == ("a/c", "a/d", "a/e")
    assert found.groups == {CONTACT: ("a/c", "a/d"), DRIVER: ("a/d",)}
    assert found.ended == {}


def test_a_group_that_was_withdrawn_once_is_not_due_though_the_entry_is() -> None:
    """A peer that caught up in between got the entry without it, and rightly so."""
    both, one = made(disclosing(CONTACT, DRIVER)), made(disclosing(CONTACT))
    found = judged(both, one, both)
    assert (found.clauses, found.groups) == (("a/c",), {CONTACT: ("a/c",)})
    assert found.ended == {DRIVER: "entry 1 changed a"}


def test_a_group_that_is_disclosed_only_later_is_not_due() -> None:
    found = judged(made(clause()), made(disclosing(CONTACT)))
    assert (found.clauses, found.groups, found.ended) == (("a/c",), {}, {})


def test_a_clause_whose_condition_does_not_hold_discloses_nothing() -> None:
    unmet = disclosing(DRIVER, name="d") | {"when": "false"}
    assert judged(made(disclosing(CONTACT), unmet)).groups == {CONTACT: ("a/c",)}


def test_each_clause_is_decided_by_the_activations_of_its_agreement() -> None:
    steps = timeline(ORIGIN, made(), made(id="b"), made(title="new"))
    for clauses, indices in ((["a/c"], [0, 2]), (["b/c"], [1]), (["b/c", "a/c"], [0, 1, 2])):
        assert [a.index for a in deciding(steps, 2, clauses)] == indices
    assert deciding(steps, 2, ["builtin/objection-to-both-sides"]) == []


@pytest.mark.parametrize("field", ["leaf", "core"])
def test_what_can_not_be_read_can_not_be_decided_on(field: str) -> None:
    broken = b"\xff"
    if field == "core":
        other = Leaf(type=OBJECTION, core=broken)
        broken = other.SerializeToString()
    assert judged(made(), data=broken).why.startswith("nobody can decide on it")
