"""Each way of breaking the contract names its field and its rule, and nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations, violations_received
from tests.support.bodies import goods, warning_body, waybill_body
from tests.support.builders import draft, incident_body, need, place, resource_body

CLOCK = datetime(2026, 6, 1, 13, 0, tzinfo=UTC)
CASUALTIES = "GRADE_BASIS_CASUALTIES_AND_LOSS"


def incident(**changes: Any) -> Any:
    return draft(incident_body(**changes))


def waybill(un_number: str = "1203", **changes: Any) -> Any:
    return draft(waybill_body(goods=[goods(un_number)], **changes), "waybill")


def warning(identifier: str = "31000041600000_20260601200000", **changes: Any) -> Any:
    return draft(warning_body(identifier=identifier, **changes), "earlyWarning")


@pytest.mark.parametrize(
    "made",
    [
        incident(),
        waybill(),
        warning(),
        draft(resource_body(), "resourceStatus"),
        warning("31000041600000_20260601200000_3"),
        warning(references=["31000041600000_20260601200000"]),
        waybill(vehicle={"number": "沪AD12345", "color": "PLATE_COLOR_GRADIENT_GREEN"}),
        incident(grade="INCIDENT_GRADE_SERIOUS", gradeBasis=CASUALTIES, casualties={"dead": 20}),
        incident(place=place("320602")),
    ],
)
def test_good_drafts_break_nothing(made: Any) -> None:
    assert violations(made, CLOCK) == []


BROKEN = [
    (incident(primaryType=None), "incident_report.primary_type", "required"),
    (
        incident(primaryType={"scheme": "GB/T 35561", "value": "99Z99"}),
        "incident_report.primary_type",
        "code_table.incident_types",
    ),
    (
        incident(primaryType={"scheme": "other", "value": "11A02"}),
        "incident_report.primary_type",
        "code_table.incident_types",
    ),
    (
        incident(grade="INCIDENT_GRADE_ORDINARY", gradeBasis=CASUALTIES, casualties={"dead": 10}),
        "incident_report",
        "incident.grade_below_basis",
    ),
    (
        incident(
            grade="INCIDENT_GRADE_SERIOUS",
            gradeBasis=CASUALTIES,
            directLossFen="0",
            casualties={"dead": 9, "seriouslyInjured": 0},
        ),
        "incident_report",
        "incident.grade_above_basis",
    ),
    (incident(grade="INCIDENT_GRADE_SERIOUS"), "incident_report", "incident.grade_without_basis"),
    (
        incident(place=place(point=(121.5, 31.2))),
        "incident_report.place.point",
        "point.position",
    ),
    (
        incident(place=place(point=(22.5, 114.0))),
        "incident_report.place.point",
        "point.position",
    ),
    (incident(place=place("990000")), "incident_report.place.admin_code", "code_table.admin_codes"),
    (incident(place=place("3101")), "incident_report.place.admin_code", "string.pattern"),
    (waybill("3001"), "waybill.goods[0].un_number", "code_table.un_numbers"),
    (waybill("9999"), "waybill.goods[0].un_number", "code_table.un_numbers"),
    (waybill(vehicle={"number": "沪A12345"}), "waybill.vehicle.color", "plate.color"),
    (
        waybill(vehicle={"number": "沪AI2345", "color": "PLATE_COLOR_BLUE"}),
        "waybill.vehicle.number",
        "plate.number",
    ),
    (warning("3100004160000_20260601200000"), "early_warning.identifier", "warning.identifier"),
    (warning(action="WARNING_ACTION_UPDATE"), "early_warning", "warning.references"),
    (warning(instruction=""), "early_warning", "warning.instruction"),
    (
        draft(told=datetime(2026, 6, 1, 14, 0, tzinfo=UTC), occurredTime="2026-06-01T12:00:00Z"),
        "header.reported_time",
        "header.time_in_future",
    ),
    (draft(messageId="0"), "header.message_id", "header.message_id"),
    (draft(exerciseId="x"), "header", "header.exercise_id"),
    (draft(dataLevel="DATA_LEVEL_CORE"), "header.data_level", "header.data_level"),
    (draft(occurredTime="2026-06-01T12:30:00Z"), "header", "header.reported_before_occurred"),
    (draft(revision=0), "header.revision", "uint32.gte"),
    (
        draft(resource_body(stock={"unit": "台", "total": 1, "available": 2}), "resourceStatus"),
        "resource_status.stock",
        "stock.balance",
    ),
]


@pytest.mark.parametrize(
    ("made", "field", "rule"), BROKEN, ids=[row[2] + "@" + row[1] for row in BROKEN]
)
def test_a_broken_rule_is_named(made: Any, field: str, rule: str) -> None:
    found = violations(made, CLOCK)
    assert [(v.field, v.rule) for v in found] == [(field, rule)]
    assert len(found[0].message) > 15


def test_a_group_that_was_not_given_is_no_violation() -> None:
    made = incident(reporter={"phone": "x"})
    assert [v.field for v in violations_received(made, frozenset())] == [
        "incident_report.reporter.phone"
    ]
    assert violations_received(made, frozenset({"personal.contact"})) == []


@pytest.mark.parametrize(
    ("made", "participant", "field", "authority"),
    [
        (draft(resource_body("320000"), "resourceStatus"), "310000", "owner", "320000"),
        (warning(issuerAdminCode="330200"), "310000", "issuer_admin_code", "330000"),
    ],
)
def test_facts_of_others_are_noticed(
    made: Any, participant: str, field: str, authority: str
) -> None:
    body = body_of(made)
    assert body is not None
    assert [(c.field, c.authority) for c in foreign_claims(body, participant)] == [
        (field, authority)
    ]
    assert foreign_claims(body, authority) == []


def test_a_list_too_long_to_be_judged_is_a_breach_not_a_failure() -> None:
    made = incident(needs=[need(line_id="pumps")] * 20_000)
    found = violations(made, CLOCK)
    assert any(v.rule == "evaluation" and "shorten its lists" in v.message for v in found)
