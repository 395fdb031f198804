"""Each check of a drill holds when all is well, and fails when its fact is wrong, saying which."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from integration.drill.checks import run_checks
from integration.drill.facts import Facts
from integration.drill.scenario import PARTICIPANTS
from tests.support.facts import DRIVER, FIRE, failed, good, held, view

ACKNOWLEDGED = "every message acknowledged"
HOLDS = "each holds exactly what is agreed"
GROUPS = "personal groups absent where not agreed"
ROOTS = "each log's root is the same everywhere"
COSIGNED = "newest checkpoints cosigned by every peer"
SUMMARY = "the last summary is right"
QUESTIONS = "questions and objections are those planned"
PROPOSALS = "the expected proposals exist"
APART = "exercise traffic is in no actual summary"
AUDIT = "audit of every store"


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return good(tmp_path)


def test_all_hold_when_all_is_well(facts: Facts) -> None:
    checks = run_checks(facts)
    assert [check.name for check in checks] == [
        ACKNOWLEDGED, HOLDS, GROUPS, ROOTS, COSIGNED, SUMMARY, PROPOSALS, QUESTIONS, APART, AUDIT,
    ]  # fmt: skip
    assert failed(facts) == {}
    assert all(check.detail for check in checks)


def lose(participant: str, field: str) -> Callable[[Facts], object]:
    """A message is not there."""
    return lambda f: f.observed.messages[participant].remove(held(f, participant, field))


def repeat(participant: str, field: str) -> Callable[[Facts], object]:
    """A message is there twice."""
    return lambda f: f.observed.messages[participant].append(held(f, participant, field))


def leak_waybill(facts: Facts) -> None:
    """Anhui has what no agreement gives it."""
    facts.observed.messages["340000"].append(held(facts, "310000", "waybill"))


def leak_phone(facts: Facts) -> None:
    """Its receipt still says that the group is absent."""
    held(facts, "330000", "incident_report").incident_report.reporter.phone = "021-55512345"


def leak_driver(facts: Facts) -> None:
    held(facts, "joint", "waybill").waybill.driver.name = DRIVER["name"]


def withhold_too_much(facts: Facts) -> None:
    """The duty room may know whom to call, and does not."""
    message = held(facts, "joint", "incident_report")
    message.incident_report.reporter.ClearField("phone")
    message.receipt.absent_groups.append("personal.contact")


def hide_absence(facts: Facts) -> None:
    del held(facts, "330000", "incident_report").receipt.absent_groups[:]


def lose_cosignature(facts: Facts) -> None:
    log = facts.observed.status["320000"].logs[0]
    log.checkpoint = "".join(
        line for line in log.checkpoint.splitlines(keepends=True) if "yrd/joint/witness" not in line
    )


def lose_views(facts: Facts) -> None:
    """The pipeline said nothing at all."""
    for messages in facts.observed.messages.values():
        views = ("situation_summary", "aid_proposal")
        messages[:] = [m for m in messages if m.WhichOneof("body") not in views]


def name_exercise_in_actual(facts: Facts) -> None:
    flood = held(facts, "joint", "incident_report").header.message_id
    view(facts, "ACTUAL").situation_summary.incidents[0].message_ids.append(flood)


def set_root(facts: Facts) -> None:
    facts.observed.status["340000"].logs[2].root_hash = b"another"


def set_size(facts: Facts) -> None:
    facts.observed.status["340000"].logs[2].size += 1


def set_counts(field: str) -> Callable[[Facts], object]:
    """A log's counts at Anhui are one too high."""
    return lambda f: setattr(f.observed.status["340000"].logs[1].counts, field, 2)


def add_warning(facts: Facts) -> None:
    view(facts).situation_summary.warnings.add(entity_id="310000/tiny/other")


def add_incident(facts: Facts) -> None:
    view(facts).situation_summary.incidents.add().members.add(entity_id=FIRE)


TAMPERED: list[tuple[str, Callable[[Facts], object], set[str], str]] = [
    ("a message lost", lose("330000", "resource_status"), {HOLDS}, "330000 lacks "),
    ("an own message lost", lose("310000", "waybill"), {HOLDS}, "310000 lacks "),
    ("a view lost", lose("340000", "aid_proposal"), {HOLDS}, "340000 lacks "),
    ("a message twice", repeat("320000", "early_warning"), {HOLDS}, "some message twice"),
    ("an activation lost", lose("320000", "agreement_activation"), {HOLDS}, "sees activations"),
    ("a message leaked", leak_waybill, {HOLDS}, "which no agreement gives it"),
    ("withheld too much", set_counts("withheld"), {HOLDS}, "340000: yrd/310000 has 2 withheld"),
    ("quarantined", set_counts("quarantined"), {HOLDS}, "340000: yrd/310000"),
    ("a phone leaked", leak_phone, {GROUPS}, "leaked ['personal.contact']"),
    ("a driver leaked", leak_driver, {GROUPS}, "leaked ['personal.driver']"),
    ("a group missing", withhold_too_much, {GROUPS}, "lacks ['personal.contact'], due []"),
    ("an absence hidden", hide_absence, {GROUPS}, "lacks [], due ['personal.contact']"),
    ("another root", set_root, {ROOTS}, "yrd/320000 has 2 different roots"),
    ("another size", set_size, {ROOTS}, "yrd/320000 has 2 different roots"),
    ("no cosignature", lose_cosignature, {COSIGNED}, "320000's newest checkpoint lacks joint's"),
    ("nothing said", lose_views, {SUMMARY, PROPOSALS, APART}, "no summary for MODE_EXERCISE"),
    ("another warning", add_warning, {SUMMARY}, "310000/tiny/other"),
    ("another incident", add_incident, {SUMMARY}, FIRE),
    ("the exercise in an actual view", name_exercise_in_actual, {APART}, "of the exercise"),
]


@pytest.mark.parametrize(
    ("tamper", "names", "words"),
    [row[1:] for row in TAMPERED],
    ids=[row[0] for row in TAMPERED],
)
def test_what_is_wrong_with_messages_is_said(
    facts: Facts, tamper: Callable[[Facts], object], names: set[str], words: str
) -> None:
    tamper(facts)
    found = failed(facts)
    assert set(found) == names
    assert any(words in detail for detail in found.values())


def test_a_message_not_acknowledged_is_named(facts: Facts) -> None:
    (missing, *rest) = sorted(facts.acknowledged)
    found = failed(replace(facts, acknowledged=frozenset(rest)))
    assert found == {ACKNOWLEDGED: f"{missing} was not acknowledged"}


def test_a_refusal_and_a_finding_of_the_audit_are_named(facts: Facts) -> None:
    found = failed(
        replace(facts, refusals=("steps.yaml: line 1: no",), audit_problems=("entry 3",))
    )
    assert found == {ACKNOWLEDGED: "steps.yaml: line 1: no", AUDIT: "entry 3"}


def test_many_findings_are_counted(facts: Facts) -> None:
    found = failed(replace(facts, audit_problems=tuple(f"entry {n}" for n in range(9))))
    assert found == {AUDIT: "entry 0; entry 1; entry 2 (and 6 more)"}


def test_everyone_is_looked_at(facts: Facts) -> None:
    for participant in PARTICIPANTS:
        own = facts.observed.messages[participant]
        taken, own[:] = own[:], []
        assert HOLDS in failed(facts), participant
        own[:] = taken
    assert failed(facts) == {}
