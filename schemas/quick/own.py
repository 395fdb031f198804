"""The contract's own options as conditions: values that stand in code tables, totals that are sums.

`schemas.codes` and `schemas.sums` decide; a value that a table lists outright is known without asking.
"""

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from schemas.codes.lookup import plain_values
from schemas.quick.cel import Unread
from schemas.quick.patterns import Constants
from schemas.sums import totals
from yrd.common.v1.common_pb2 import Code
from yrd.options.v1 import options_pb2

_TABLE: Any = options_pb2.code_table
_CODE = Code.DESCRIPTOR.full_name


def table_of(described: FieldDescriptor) -> str:
    """The code table that decides on a field; empty if there is none."""
    return str(described.GetOptions().Extensions[_TABLE])


def listed(
    described: FieldDescriptor, value: str, conditions: list[str], constants: Constants
) -> list[str]:
    """The conditions of a field, and that its code table has the value. Raises Unread."""
    table = table_of(described)
    if not table:
        return conditions
    kind, is_text = described.message_type, described.type == FieldDescriptor.TYPE_STRING
    if kind is None and is_text and not described.is_repeated:
        known = frozenset(v for v in plain_values(table) if constants.hold(conditions, value, v))
        asked = [*conditions, f"_listed({table!r}, {value})"]
        return [f"{value} in {constants.function(known)} or ({' and '.join(asked)})"]
    item = "item" if described.is_repeated else value
    if kind is not None and kind.full_name == _CODE:
        stands = f"_code_listed({table!r}, {item})"
    elif is_text:
        stands = f"_listed({table!r}, {item})"
    else:
        raise Unread(f"a code table of {described.full_name}")
    return [*conditions, f"all({stands} for item in {value})" if described.is_repeated else stands]


def has_totals(descriptor: Descriptor) -> bool:
    """Whether a type has a total of its own."""
    return bool(totals(descriptor))
