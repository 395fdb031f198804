"""The samples leave out no field, no enum value and no rule of the contract."""

from typing import Any

import pytest

from schemas.catalog import BODY_FIELDS, body_of
from schemas.samples.reading import invalid_samples, valid_samples
from tests.support.sample_coverage import (
    cel_ids,
    enums_below,
    field_paths,
    options_of,
    set_paths,
    standard_rules,
    used_values,
)
from yrd.exchange.v1 import message_pb2

DRAFT: Any = message_pb2.Draft.DESCRIPTOR
HEADER: Any = message_pb2.Header.DESCRIPTOR

NOT_TOGETHER = {
    # a step that excludes others, or needs an earlier message
    "yrd.aid.v1.AidRequest": {"withdrawn"},
    "yrd.aid.v1.AidOrder": {"cancelled", "cancel_reason"},
    "yrd.aid.v1.AidDeployment": {
        "actual_schedule.return_departure_time",
        "actual_schedule.return_arrival_time",
    },
    "yrd.hazmat.v1.HazmatAlert": {"closed"},
    "yrd.hazmat.v1.BorderHandover": {"stop_reason"},
    "yrd.monitoring.v1.RiskSite": {"closed"},
    "yrd.situation.v1.AidProposal": {"withdrawn"},
    # a stock of foam houses nobody
    "yrd.resource.v1.ResourceStatus": {"occupants"},
    # a trip through three provinces is no delivery within one city
    "yrd.hazmat.v1.Waybill": {"urban_delivery"},
}
"""Fields that `full` leaves out, since they can't stand beside its other fields."""


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_the_full_sample_sets_every_field(type_name: str) -> None:
    (full,) = [s for s in valid_samples(type_name) if s.name == "full"]
    body = body_of(full.draft)
    assert body is not None
    missing = set(field_paths(body.DESCRIPTOR)) - set(set_paths(body))
    assert missing == NOT_TOGETHER.get(type_name, set())


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_every_field_is_set_in_some_valid_sample(type_name: str) -> None:
    used: set[str] = set()
    for sample in valid_samples(type_name):
        used |= {p for p in set_paths(sample.draft) if not p.startswith("header")}
    field = BODY_FIELDS[type_name]
    assert set(field_paths(field.message_type, f"{field.name}.")) - used == set()


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_the_minimal_sample_sets_less_than_the_full_one(type_name: str) -> None:
    by_name = {s.name: set(set_paths(s.draft)) for s in valid_samples(type_name)}
    assert len(by_name["minimal"]) < len(by_name["full"])


def test_every_field_of_the_header_is_set_in_some_valid_sample() -> None:
    used = {p for s in valid_samples() for p in set_paths(s.draft.header)}
    assert set(field_paths(HEADER)) - used == set()


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_every_value_of_the_types_own_enums_is_used(type_name: str) -> None:
    """Own: enums of fields of the type itself, not of what is inside it."""
    descriptor: Any = BODY_FIELDS[type_name].message_type
    used = {pair for s in valid_samples(type_name) for pair in used_values(s.draft)}
    unused = {
        f"{field.enum_type.name}.{value.name}"
        for field in descriptor.fields
        if field.enum_type is not None and not field.is_repeated
        for value in field.enum_type.values
        if value.number and (field.enum_type.full_name, value.number) not in used
    }
    assert unused == set()


def test_every_enum_value_of_the_contract_is_used() -> None:
    """Core data must not be exchanged; an unspecified value says nothing."""
    used = {pair for s in valid_samples() for pair in used_values(s.draft)}
    unused = {
        value.name
        for enum in enums_below(DRAFT).values()
        for value in enum.values
        if value.number and (enum.full_name, value.number) not in used
    }
    assert unused == {"DATA_LEVEL_CORE"}


def broken() -> set[str]:
    return {b.rule for s in invalid_samples() for b in s.violates}


def test_every_cel_rule_is_broken_by_some_sample() -> None:
    assert cel_ids(DRAFT) - broken() == set()


def test_every_code_table_is_missed_by_some_sample() -> None:
    tables = {f"code_table.{name}" for name in options_of(DRAFT, "code_table")}
    assert tables - broken() == set()


def test_the_rules_that_are_no_ones_field_are_broken() -> None:
    assert {"sum_of", "header.time_in_future"} <= broken()
    (no_body,) = [
        s
        for s in invalid_samples()
        if ("body", "required") in {(b.field, b.rule) for b in s.violates}
    ]
    assert no_body.draft.WhichOneof("body") is None


def test_every_group_of_standard_rules_is_broken() -> None:
    groups = {rule.split(".")[0] for rule in broken()}
    assert standard_rules(DRAFT) - groups == set()


@pytest.mark.parametrize("type_name", BODY_FIELDS)
def test_every_type_breaks_standard_rules_of_its_own(type_name: str) -> None:
    """At least two that protovalidate brings along, for example a missing or an over-long field."""
    groups = standard_rules(DRAFT)
    field = BODY_FIELDS[type_name].name
    own = {
        (b.field, b.rule)
        for s in invalid_samples(type_name)
        for b in s.violates
        if b.field.startswith(field) and b.rule.split(".")[0] in groups
    }
    assert len(own) >= 2
