"""The gate on the contract of this checkout, not only on the small one."""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from schemas.compat import Contract, Finding, Surface, compare, contract_of
from schemas.compat.model import is_public
from tests.unit.schemas.compat.probe import field, own, set_rules, set_type
from tests.unit.schemas.compat.test_mutations import apache_reads
from tests.unit.schemas.compat.trees import message, ours

BASE = contract_of(ours())
BODIES = [*BASE.model.body_types()]
REPORT = "yrd.incident.v1.IncidentReport"
Change = Callable[[FileDescriptorSet], None]


def mutated(change: Change) -> Contract:
    descriptors = ours()
    change(descriptors)
    return contract_of(descriptors)


def find(descriptors: FileDescriptorSet, owner: str, name: str) -> Any:
    return next(f for f in message(descriptors, owner).field if f.name == name)


def enum(descriptors: FileDescriptorSet, package: str, name: str) -> Any:
    files = (f for f in descriptors.file if f.package == package)
    return next(e for f in files for e in f.enum_type if e.name == name)


def found(findings: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(f.surface.value, f.rule, f.where.rpartition(".")[2]) for f in findings if f.breaks}


MUTATIONS: dict[str, tuple[Change, set[tuple[str, str, str]]]] = {
    "header field removed": (
        lambda s: message(s, "yrd.exchange.v1.Header").field.remove(
            find(s, "yrd.exchange.v1.Header", "in_reply_to")
        ),
        {
            ("wire", "FIELD_REMOVED", "in_reply_to"),
            ("wire", "NUMBER_NOT_RESERVED", "in_reply_to"),
            ("json", "FIELD_REMOVED", "in_reply_to"),
            ("json", "NAME_NOT_RESERVED", "in_reply_to"),
            ("names", "FIELD_REMOVED", "in_reply_to"),
            ("avro", "NEW_READER_FIELD_LOST", "in_reply_to"),
            ("json_schema", "PROPERTY_REMOVED", "in_reply_to"),
        },
    ),
    "grade renamed": (
        lambda s: setattr(enum(s, "yrd.incident.v1", "IncidentGrade").value[1], "name", "WORST"),
        {
            ("json", "ENUM_VALUE_RENAMED", "INCIDENT_GRADE_ESPECIALLY_SERIOUS"),
            ("names", "ENUM_VALUE_RENAMED", "INCIDENT_GRADE_ESPECIALLY_SERIOUS"),
            ("avro", "NEW_READER_SYMBOL_LOST", "INCIDENT_GRADE_ESPECIALLY_SERIOUS"),
            ("json_schema", "VALUE_REMOVED", "IncidentGrade"),
        },
    ),
    "title shortened": (
        lambda s: set_rules(find(s, REPORT, "title"), "string {min_len: 1 max_len: 199}"),
        {("rules", "RULE_TIGHTENED", "title"), ("json_schema", "TIGHTENED", "title")},
    ),
    "rule between fields changed": (
        lambda s: _report_rules(s).cel[2].__setattr__("expression", "this.grade == 0"),
        {("rules", "RULE_CHANGED", "IncidentReport")},
    ),
    "another table": (
        lambda s: find(s, REPORT, "primary_type").options.Extensions.__setitem__(
            own("code_table"), "capabilities"
        ),
        {("rules", "CODE_TABLE_CHANGED", "primary_type")},
    ),
    "loss in yuan": (
        lambda s: set_type(find(s, REPORT, "direct_loss_fen"), "double"),
        {
            ("wire", "FIELD_TYPE_CHANGED", "direct_loss_fen"),
            ("json", "JSON_VALUE_CHANGED", "direct_loss_fen"),
            ("names", "FIELD_TYPE_CHANGED", "direct_loss_fen"),
            ("avro", "OLD_READER_UNREADABLE", "direct_loss_fen"),
            ("json_schema", "TIGHTENED", "direct_loss_fen"),
        },
    ),
}


def _report_rules(descriptors: FileDescriptorSet) -> Any:
    options = message(descriptors, REPORT).options
    return next(value for kind, value in options.ListFields() if kind.name == "message")


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_break_is_found_and_nothing_else(name: str) -> None:
    change, expected = MUTATIONS[name]
    assert found(compare(BASE, mutated(change), "1.0.0")) == expected


def test_a_first_field_retyped_breaks_every_type_and_apache_agrees() -> None:
    def retype(descriptors: FileDescriptorSet) -> None:
        for body in BODIES:
            set_type(message(descriptors, body).field[0], "double")

    after = mutated(retype)
    breaks = {(f.where, f.surface) for f in compare(BASE, after, "1.0.0") if f.breaks}
    for body in BODIES:
        first = f"{body}.{BASE.model.messages[body].fields[0].name}"
        for surface in (Surface.WIRE, Surface.JSON, Surface.NAMES, Surface.AVRO):
            assert (first, surface) in breaks
        pair = BASE.avro[body], after.avro[body]
        assert not (apache_reads(*pair) and apache_reads(*reversed(pair))), body


def test_a_field_more_everywhere_is_compatible_and_apache_agrees() -> None:
    def grow(descriptors: FileDescriptorSet) -> None:
        for file in descriptors.file:
            if is_public(file.package):
                for inside in file.message_type:
                    inside.field.append(field(9_000, "added", "string"))
                for kind in file.enum_type:
                    kind.value.add(name=f"{kind.value[0].name}_ADDED", number=9_000)

    after = mutated(grow)
    assert not any(f.breaks for f in compare(BASE, after, "1.0.0"))
    for name, schema in BASE.avro.items():
        assert apache_reads(after.avro[name], schema), name
        assert apache_reads(schema, after.avro[name]), name


def test_every_field_has_its_line() -> None:
    places = BASE.model.places
    for owner, kind in BASE.model.messages.items():
        if not owner.partition(".extend")[1]:
            assert all(places[f"{owner}.{f.name}"].line > 0 for f in kind.fields), owner
