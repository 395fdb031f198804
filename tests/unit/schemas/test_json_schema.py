"""JSON Schemas: valid, up to date, and of one mind with protovalidate wherever they can be.

YRD_EXAMPLES sets how many examples there are, as in test_json_avro_identity.py.
"""

import json
import os
from functools import cache
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message as AnyMessage
from hypothesis import HealthCheck, event, given, settings
from jsonschema import Draft202012Validator
from protovalidate import Validator

from schemas.avro.catalog import TYPES, descriptor_of
from schemas.catalog import BODY_FIELDS
from schemas.contract_comments import DESCRIPTORS, contract_comments
from schemas.json_form import to_json
from schemas.json_schema import generate
from schemas.json_schema.projection import project
from tests.support.builders import draft, message
from tests.support.lawful import lawful, near_misses
from yrd.exchange.v1.message_pb2 import Draft, Header

EXAMPLES = int(os.environ.get("YRD_EXAMPLES", "100"))
QUIET = settings(
    deadline=None, max_examples=max(5, EXAMPLES // 10), suppress_health_check=list(HealthCheck)
)
VALIDATOR = Validator()
_STANDARD = frozenset(
    ["string", "bytes", "bool", "enum", "repeated", "double", "int32", "int64", "uint32", "uint64"]
)
_UNSAID = ("int64.", "uint64.", "bytes.")


@cache
def _schema(full_name: str) -> Draft202012Validator:
    return Draft202012Validator(project(descriptor_of(full_name)))


def _faults(full_name: str, made: AnyMessage) -> list[str]:
    value = json.loads(to_json(made))
    return [error.json_path for error in _schema(full_name).iter_errors(value)]


def _broken(made: AnyMessage) -> set[str]:
    """Ids of the standard rules that protovalidate finds broken."""
    found = {str(v.proto.rule_id) for v in VALIDATOR.collect_violations(made)}
    return {rule for rule in found if rule.split(".")[0] in _STANDARD or rule == "required"}


def test_committed_schemas_are_those_of_the_contract() -> None:
    made = generate.schemas(contract_comments())
    committed = {path.name for path in generate.FOLDER.glob("*.json")}
    assert committed == set(made), "run `python -m schemas.json_schema.generate`"
    for name, content in made.items():
        assert (generate.FOLDER / name).read_text(encoding="utf-8") == content, (
            f"{name} is out of date: run `python -m schemas.json_schema.generate`"
        )


@pytest.mark.parametrize("full_name", TYPES)
def test_schemas_are_valid_and_say_what_they_are_about(full_name: str) -> None:
    path = generate.FOLDER / f"{full_name}.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:yrd:json-schema:{full_name}"
    for owner in (schema, *schema.get("$defs", {}).values()):
        assert owner["description"]
        for name, field in owner.get("properties", {}).items():
            assert field["description"], name
            assert field["x-field-number"] > 0, name


@pytest.mark.parametrize("full_name", TYPES)
def test_the_same_from_descriptors_of_another_pool(full_name: str) -> None:
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
        pool.AddSerializedFile(file.SerializeToString())
    assert project(pool.FindMessageTypeByName(full_name)) == project(descriptor_of(full_name))


@pytest.mark.parametrize("full_name", sorted(BODY_FIELDS))
def test_what_keeps_the_rules_passes(full_name: str) -> None:
    @QUIET
    @given(made=lawful(descriptor_of(full_name)))
    def holds(made: AnyMessage) -> None:
        assert not _broken(made)
        assert not _faults(full_name, made)

    holds()


@pytest.mark.parametrize("full_name", sorted(BODY_FIELDS))
def test_what_breaks_a_rule_does_not_pass_and_nothing_else_fails(full_name: str) -> None:
    @settings(QUIET, max_examples=max(5, EXAMPLES // 4))
    @given(made=near_misses(descriptor_of(full_name)))
    def holds(made: AnyMessage) -> None:
        broken, faults = _broken(made), _faults(full_name, made)
        event(f"broken: {sorted(broken)}")
        if any(not rule.startswith(_UNSAID) for rule in broken):
            assert faults, broken
        elif not broken:
            assert not faults

    holds()


def _draft_with(**header: Any) -> Any:
    value = json.loads(to_json(draft()))
    value["header"] |= header
    return value


def test_drafts_and_messages_pass() -> None:
    assert not _faults("yrd.exchange.v1.Draft", draft())
    assert not _faults("yrd.exchange.v1.Message", message("310000", 1, draft()))


@pytest.mark.parametrize(
    ("header", "path"),
    [
        ({"mode": "MODE_UNSPECIFIED"}, "$.header.mode"),
        ({"mode": "MODE_NEW"}, "$.header.mode"),
        ({"mode": 1}, "$.header.mode"),
        ({"revision": 0}, "$.header.revision"),
        ({"revision": 1 << 32}, "$.header.revision"),
        ({"entityId": "with space"}, "$.header.entityId"),
        ({"occurredTime": "2026-06-01 08:00:00"}, "$.header.occurredTime"),
        ({"incidentIds": ["a", "a"]}, "$.header.incidentIds"),
        ({"incidentIds": [""]}, "$.header.incidentIds[0]"),
    ],
)
def test_faults_are_found_where_they_are(header: dict[str, Any], path: str) -> None:
    errors = _schema("yrd.exchange.v1.Draft").iter_errors(_draft_with(**header))
    assert {error.json_path for error in errors} == {path}


def test_old_schemas_take_the_fields_of_newer_ones() -> None:
    newer = _draft_with(addedLater={"x": 1})
    assert _schema("yrd.exchange.v1.Draft").is_valid(newer | {"addedBody": {}})
    newer.pop("incidentReport")
    assert _schema("yrd.exchange.v1.Draft").is_valid(newer | {"tsunamiReport": {}})


def test_at_most_one_body() -> None:
    value = _draft_with()
    both = value | {"resourceStatus": value["incidentReport"]}
    paths = [e.validator for e in _schema("yrd.exchange.v1.Draft").iter_errors(both)]
    assert "oneOf" in paths
    told = project(Draft.DESCRIPTOR)["x-oneof"]["body"]  # type: ignore[arg-type]
    assert told["required"]
    assert set(told["members"]) == {field.json_name for field in BODY_FIELDS.values()}


def test_wide_integers_are_digits_or_integers() -> None:
    value = json.loads(to_json(message("310000", 1, draft())))
    schema = _schema("yrd.exchange.v1.Message")
    for good in ("18446744073709551615", 7, "0"):
        value["stamp"]["sequence"] = good
        assert schema.is_valid(value), good
    for bad in (-1, "-1", "007", "1.5", 1.5, True, ""):
        value["stamp"]["sequence"] = bad
        assert not schema.is_valid(value), bad


def test_what_was_withheld_is_not_missed_by_readers() -> None:
    whole = message("310000", 1, draft())
    whole.incident_report.reporter.ClearField("phone")
    assert not _faults("yrd.exchange.v1.Message", whole)


def test_what_json_schema_cannot_say_is_listed() -> None:
    header: Any = project(Header.DESCRIPTOR)  # type: ignore[arg-type]
    ids = {rule["id"] for rule in header["x-rules"]}
    assert {"header.exercise_id", "header.reported_before_occurred"} <= ids
    (rule,) = header["properties"]["messageId"]["x-rules"]
    assert rule["id"] == "header.message_id"
    assert "version 7" in rule["message"]
    place = project(descriptor_of("yrd.incident.v1.IncidentReport"))["$defs"]["yrd.common.v1.Place"]
    assert place["properties"]["adminCode"]["x-code-table"] == "admin_codes"
    contact = project(descriptor_of("yrd.incident.v1.IncidentReport"))["$defs"][
        "yrd.common.v1.Contact"
    ]
    assert contact["properties"]["phone"]["x-disclosure"] == "personal.contact"
