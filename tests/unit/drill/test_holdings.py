"""Who must hold what, from steps and agreements alone; and that the gateway decides alike."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.agreements import load_agreements
from integration.drill.holdings import expected, groups_present
from integration.drill.scenario import PARTICIPANTS, load
from integration.stack import AGREEMENTS
from schemas.catalog import body_of, type_name
from tests.support import tiny
from tests.support.agreed import timeline
from tests.support.tiny import incident, step, stock

INCIDENT, RESOURCE = "yrd.incident.v1.IncidentReport", "yrd.resource.v1.ResourceStatus"
CALLER = {"organization": "值班室", "person_name": "张三", "phone": "021-55512345"}
WITHHELD = "withheld"


def seen(
    folder: Path, clauses: list[dict[str, Any]], body: dict[str, Any], field: str, **agreement: Any
) -> dict[str, Any]:
    """What each participant must have of one message of Shanghai: groups left out, or WITHHELD."""
    (folder / "agreements").mkdir()
    content = {"between": ["310000", "320000", "joint"], "clauses": clauses} | agreement
    (folder / "agreements" / "a.yaml").write_text(yaml.safe_dump(content))
    scenario = tiny.made(folder, step(body=body, field=field))
    held = expected(scenario.steps, folder / "agreements")
    (message_id,) = {s.draft.header.message_id for s in scenario.steps}
    return {
        participant: WITHHELD if held[participant][message_id].withheld
        else set(held[participant][message_id].absent_groups)
        for participant in PARTICIPANTS
    }  # fmt: skip


PRIVATE = {"personal.contact"}
ALL_WITHHELD = dict.fromkeys(PARTICIPANTS, WITHHELD) | {"310000": set[str]()}
CLAUSES: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("no clause", [], {}),
    ("another type", [{"types": [RESOURCE], "to": ["320000"]}], {}),
    ("without groups", [{"types": [INCIDENT], "to": ["320000"]}], {"320000": PRIVATE}),
    ("a pattern", [{"types": ["yrd.incident.*"], "to": ["joint"]}], {"joint": PRIVATE}),
    (
        "with the group",
        [{"types": [INCIDENT], "to": ["320000"], "disclose": ["personal.contact"]}],
        {"320000": set()},
    ),
    (
        "with another group",
        [{"types": [INCIDENT], "to": ["320000"], "disclose": ["personal.driver"]}],
        {"320000": PRIVATE},
    ),
    (
        "clauses add up",
        [
            {"types": [INCIDENT], "to": ["320000", "joint"]},
            {"types": [INCIDENT], "to": ["joint"], "disclose": ["personal.contact"]},
        ],
        {"320000": PRIVATE, "joint": set()},
    ),
    ("from others", [{"types": [INCIDENT], "to": ["joint"], "from": ["320000"]}], {}),
    (
        "from it among others",
        [{"types": [INCIDENT], "to": ["joint"], "from": ["320000", "310000"]}],
        {"joint": PRIVATE},
    ),
]


@pytest.mark.parametrize(
    ("clauses", "given"), [row[1:] for row in CLAUSES], ids=[row[0] for row in CLAUSES]
)
def test_what_clauses_give(
    tmp_path: Path, clauses: list[dict[str, Any]], given: dict[str, Any]
) -> None:
    body = incident(reporter=CALLER)
    assert seen(tmp_path, clauses, body, "incident_report") == ALL_WITHHELD | given


def test_a_party_gives_only_in_its_own_agreements(tmp_path: Path) -> None:
    clause = {"types": [INCIDENT], "to": ["320000"]}
    found = seen(tmp_path, [clause], incident(), "incident_report", between=["320000", "330000"])
    assert found == ALL_WITHHELD


def test_only_groups_that_are_there_can_be_absent(tmp_path: Path) -> None:
    clauses = [{"types": [RESOURCE], "to": ["320000"]}]
    found = seen(tmp_path, clauses, stock("310000", 3), "resource_status")
    assert found == ALL_WITHHELD | {"320000": set()}


def test_both_sides_of_an_objection_hold_it_whole_without_a_clause(tmp_path: Path) -> None:
    body = {
        "author": "310000",
        "objector": "310000",
        "addressee": "330000",
        "step": "OBJECTION_STEP_RAISED",
        "message_id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "ground": "OBJECTION_GROUND_INCORRECT",
        "statement": "数字有误",
        "contact": CALLER,
    }
    assert seen(tmp_path, [], body, "objection") == ALL_WITHHELD | {"330000": set()}


@pytest.mark.parametrize("name", ["infa_2021", "wenling_2020", "xiangshui_2019"])
def test_gateways_decide_alike(name: str) -> None:
    """Two independent readings of the same agreements."""
    agreements = [found.agreement for found in load_agreements(AGREEMENTS)]
    day = date(2026, 6, 1).toordinal()
    steps = load(name).steps
    held = expected(steps, AGREEMENTS)
    for made in steps:
        kind, body = type_name(made.draft), body_of(made.draft)
        assert kind is not None
        assert body is not None
        for peer in {*PARTICIPANTS} - {made.participant}:
            given = timeline(made.participant, *agreements)
            decision = given.decide(len(agreements), kind, day, peer, b"")
            due = held[peer][made.draft.header.message_id]
            absent = frozenset(groups_present(body)) - decision.groups
            assert due.withheld is not decision.shared, (made.where, peer)
            assert due.absent_groups == (absent if decision.shared else frozenset())


def test_infa_has_every_way_of_holding() -> None:
    """Otherwise a drill would prove less than it says."""
    held = expected(load("infa_2021").steps, AGREEMENTS)
    found = [h for holdings in held.values() for h in holdings.values()]
    assert any(h.withheld for h in found)
    assert {group for h in found for group in h.absent_groups} == {
        "personal.contact",
        "personal.driver",
    }
    assert any(not h.withheld and not h.absent_groups for h in found)
