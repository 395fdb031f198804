"""Every standard rule that JSON Schema can say: the same verdicts as protovalidate's, value by value."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import (
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from jsonschema import Draft202012Validator
from protovalidate import Validator

from buf.validate import validate_pb2
from schemas.json_form import to_json
from schemas.json_schema.projection import project
from yrd.options.v1 import options_pb2

_KINDS: dict[str, tuple[int, list[Any]]] = {
    "string": (FieldDescriptorProto.TYPE_STRING, ["", "a", "ab", "abc", "字字", "😀😀😀", "b\n"]),
    "bytes": (FieldDescriptorProto.TYPE_BYTES, [b"", b"a", b"ab", b"a" * 32, b"a" * 40]),
    "bool": (FieldDescriptorProto.TYPE_BOOL, [False, True]),
    "double": (
        FieldDescriptorProto.TYPE_DOUBLE,
        [0.0, -1.0, 0.5, 1.0, 2.0, 3.0, float("inf"), float("-inf"), float("nan")],
    ),
    "int32": (FieldDescriptorProto.TYPE_INT32, [0, -1, 1, 2, 3]),
    "int64": (FieldDescriptorProto.TYPE_INT64, [0, -1, 1, 2, 3]),
    "uint32": (FieldDescriptorProto.TYPE_UINT32, [0, 1, 2, 3]),
    "enum": (FieldDescriptorProto.TYPE_ENUM, [0, 1, 2, 7]),
}
_SAID: list[tuple[str, dict[str, Any]]] = [
    ("string", {"string": {"min_len": 2}}),
    ("string", {"string": {"max_len": 2}}),
    ("string", {"string": {"len": 3}}),
    ("string", {"string": {"pattern": "^a*$"}}),
    ("string", {"string": {"pattern": "b"}}),
    ("string", {"string": {"const": "ab"}}),
    ("string", {"string": {"in": ["a", "ab"]}}),
    ("string", {"string": {"in": ["", "ab"]}}),
    ("string", {"string": {"not_in": ["a", ""]}}),
    ("string", {"required": True}),
    ("string", {"required": True, "string": {"max_len": 2}}),
    ("string", {"string": {"min_len": 2}, "ignore": "IGNORE_IF_ZERO_VALUE"}),
    ("string", {"string": {"min_len": 2}, "ignore": "IGNORE_ALWAYS"}),
    ("bool", {"required": True}),
    ("double", {}),
    ("double", {"double": {"finite": True}}),
    ("double", {"double": {"gte": 1, "lt": 3}}),
    ("double", {"double": {"gt": 0.5}}),
    ("double", {"double": {"lte": 2}}),
    ("double", {"double": {"in": [1, 2]}}),
    ("double", {"double": {"not_in": [0, 2]}}),
    ("double", {"double": {"const": 2}}),
    ("double", {"double": {"gt": 0}, "ignore": "IGNORE_IF_ZERO_VALUE"}),
    ("double", {"required": True}),
    ("int32", {"int32": {"gte": 1}}),
    ("int32", {"int32": {"gt": -1, "lt": 2}}),
    ("int32", {"int32": {"const": 2}}),
    ("int32", {"int32": {"in": [0, 2]}}),
    ("int32", {"required": True}),
    ("int64", {"int64": {"gte": 0}}),
    ("uint32", {"uint32": {"lte": 2}}),
    ("uint32", {"uint32": {"not_in": [0, 3]}}),
    ("enum", {}),
    ("enum", {"enum": {"defined_only": True}}),
    ("enum", {"enum": {"not_in": [0]}}),
    ("enum", {"enum": {"in": [1]}}),
    ("enum", {"enum": {"const": 2}}),
    ("enum", {"required": True, "enum": {"defined_only": True}}),
]


def _type(kind: str, rules: dict[str, Any], *, optional: bool = False, many: bool = False) -> Any:
    """A type with the field `value` of a kind, under rules."""
    file = FileDescriptorProto(name="x.proto", package="x", syntax="proto3")
    enum = EnumDescriptorProto(name="E")
    for number in range(3):
        enum.value.add(name=f"E_{number}", number=number)
    file.enum_type.append(enum)
    made = file.message_type.add(name="Y")
    field = made.field.add(name="value", number=1, type=_KINDS[kind][0])
    field.label = FieldDescriptorProto.LABEL_REPEATED if many else field.LABEL_OPTIONAL
    if kind == "enum":
        field.type_name = ".x.E"
    if optional:
        field.proto3_optional, field.oneof_index = True, 0
        made.oneof_decl.add(name="_value")
    options: Any = validate_pb2
    field.options.Extensions[options.field].CopyFrom(options.FieldRules(**rules))
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName("x.Y")


def _agree(descriptor: Any, value: Any) -> None:
    made: Any = GetMessageClass(descriptor)()
    if value is not None and isinstance(value, list):
        made.value.extend(value)
    elif value is not None:
        made.value = value
    kept = not Validator().collect_violations(made)
    schema = project(descriptor)
    found = Draft202012Validator(schema).is_valid(json.loads(to_json(made)))
    assert found == kept, (value, schema["properties"]["value"])


@pytest.mark.parametrize(("kind", "rules"), _SAID)
@pytest.mark.parametrize("optional", [False, True])
def test_the_verdict_on_each_value_is_protovalidates(
    kind: str, rules: dict[str, Any], optional: bool
) -> None:
    descriptor = _type(kind, rules, optional=optional)
    for value in (None, *_KINDS[kind][1]):
        _agree(descriptor, value)


@pytest.mark.parametrize(
    "rules",
    [
        {"repeated": {"min_items": 1}},
        {"repeated": {"max_items": 1}},
        {"repeated": {"unique": True}},
        {"repeated": {"items": {"string": {"min_len": 2}}}},
        {"required": True},
    ],
)
def test_the_verdict_on_lists_is_protovalidates(rules: dict[str, Any]) -> None:
    descriptor = _type("string", rules, many=True)
    for value in ([], ["ab"], ["ab", "ab"], ["ab", "a"]):
        _agree(descriptor, value)


@pytest.mark.parametrize(
    ("kind", "rules", "rule_id"),
    [
        ("string", {"string": {"email": True}}, "string.email"),
        ("string", {"string": {"max_bytes": 3}}, "string.max_bytes"),
        ("string", {"string": {"pattern": "(?i)^a$"}}, "string.pattern"),
        ("bytes", {"bytes": {"len": 32}}, "bytes.len"),
        ("bytes", {"bytes": {"min_len": 1}}, "bytes.min_len"),
        ("int64", {"int64": {"lte": 2}}, "int64.lte"),
        ("double", {"double": {"gt": 2, "lt": 1}}, "double.gt"),
        ("bool", {"bool": {"const": True}}, "bool.const"),
        ("string", {"cel": [{"id": "y.z", "message": "m", "expression": "this != 'a'"}]}, "y.z"),
    ],
)
def test_what_cannot_be_said_is_listed_and_refuses_nothing_good(
    kind: str, rules: dict[str, Any], rule_id: str
) -> None:
    descriptor = _type(kind, rules, optional=True)
    schema = project(descriptor)
    assert rule_id in [rule["id"] for rule in schema["properties"]["value"]["x-rules"]]
    for value in _KINDS[kind][1]:
        made: Any = GetMessageClass(descriptor)(value=value)
        if not Validator().collect_violations(made):
            assert Draft202012Validator(schema).is_valid(json.loads(to_json(made))), value


def test_bytes_of_another_length_do_not_pass() -> None:
    schema = Draft202012Validator(project(_type("bytes", {"bytes": {"len": 32}})))
    make: Callable[..., Any] = GetMessageClass(_type("bytes", {}))
    for length, passes in (
        (32, True),
        (0, False),
        (30, False),
        (33, True),
        (34, False),
        (64, False),
    ):
        value = json.loads(to_json(make(value=b"a" * length)))
        assert schema.is_valid(value) == passes, length


def test_what_may_be_withheld_is_required_of_senders_only() -> None:
    rules: Any = {"string": {"min_len": 1}}
    for name, expected in (("x.Y", ["secret"]), ("yrd.exchange.v1.Message", None)):
        descriptor = _withheld(name, rules)
        assert project(descriptor).get("required") == expected


def _withheld(name: str, rules: Any) -> Any:
    package, _, last = name.rpartition(".")
    file = FileDescriptorProto(name="w.proto", package=package, syntax="proto3")
    made = file.message_type.add(name=last)
    secret = made.field.add(name="secret", number=1, type=FieldDescriptorProto.TYPE_STRING)
    secret.label = FieldDescriptorProto.LABEL_OPTIONAL
    options: Any = validate_pb2
    own: Any = options_pb2
    secret.options.Extensions[options.field].CopyFrom(options.FieldRules(**rules))
    secret.options.Extensions[own.disclosure] = "personal.secret"
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName(name)
