"""Mutations of a field's type."""

from tests.unit.schemas.compat.mutation import RETYPED, Table
from tests.unit.schemas.compat.probe import Probe, set_type

TYPES = Table("Types of fields")
row = TYPES.row


def _retype(probe: Probe, path: str, type_: str) -> None:
    target = probe.field(path)
    target.ClearField("options")
    set_type(target, type_)


@row("int32 → int64", breaks="wire json names json_schema", buf=RETYPED)
def int32_int64(probe: Probe) -> None:
    _retype(probe, "Sheet.count", "int64")


@row("int64 → int32", breaks="wire json names json_schema", buf=RETYPED)
def int64_int32(probe: Probe) -> None:
    _retype(probe, "Sheet.total", "int32")


@row("int32 → uint32", notes="json_schema", breaks="wire json names", buf="FIELD_SAME_TYPE")
def int32_uint32(probe: Probe) -> None:
    _retype(probe, "Sheet.count", "uint32")


@row(
    "uint32 → uint64",
    breaks="wire json names json_schema",
    buf=RETYPED,
)
def uint32_uint64(probe: Probe) -> None:
    _retype(probe, "Sheet.flag", "uint64")


@row(
    "uint32 → bool",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def uint32_bool(probe: Probe) -> None:
    _retype(probe, "Sheet.flag", "bool")


@row(
    "bool → int32",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def bool_int32(probe: Probe) -> None:
    _retype(probe, "Sheet.urgent", "int32")


@row(
    "int32 → sint32",
    breaks="wire avro json_schema",
    buf=RETYPED,
    avro_why="no schema",
)
def int32_sint32(probe: Probe) -> None:
    _retype(probe, "Sheet.count", "sint32")


@row(
    "uint32 → fixed32",
    breaks="wire avro json_schema",
    buf=RETYPED,
    avro_why="no schema",
)
def uint32_fixed32(probe: Probe) -> None:
    _retype(probe, "Sheet.flag", "fixed32")


@row(
    "uint64 → string",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def uint64_string(probe: Probe) -> None:
    _retype(probe, "Sheet.size", "string")


@row(
    "double → float",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
    avro_why="no schema",
)
def double_float(probe: Probe) -> None:
    _retype(probe, "Sheet.weight", "float")


@row(
    "double → int64",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def double_int64(probe: Probe) -> None:
    _retype(probe, "Sheet.weight", "int64")


@row(
    "string → bytes",
    breaks="wire json names json_schema",
    buf=RETYPED,
)
def string_bytes(probe: Probe) -> None:
    _retype(probe, "Sheet.only", "bytes")


@row(
    "bytes → string",
    notes="json_schema",
    breaks="wire json names json_schema",
    buf=RETYPED,
)
def bytes_string(probe: Probe) -> None:
    _retype(probe, "Sheet.digest", "string")


@row("enum → int32", breaks="json names avro json_schema", buf=RETYPED)
def enum_int32(probe: Probe) -> None:
    _retype(probe, "Sheet.colour", "int32")


@row("int32 → enum", notes="json_schema", breaks="json names avro", buf=RETYPED)
def int32_enum(probe: Probe) -> None:
    _retype(probe, "Sheet.by_number", ".yrd.probe.v1:Grade")


@row(
    "enum → enum with the same names and numbers",
    breaks="names",
    notes="json_schema rules",
    buf="FIELD_SAME_TYPE",
)
def enum_twin(probe: Probe) -> None:
    _retype(probe, "Sheet.grade", ".yrd.probe.v1.Twin:Grade")


@row(
    "enum → enum with other names",
    breaks="wire json names avro json_schema",
    notes="json_schema rules",
    buf=RETYPED,
)
def enum_other(probe: Probe) -> None:
    _retype(probe, "Sheet.grade", ".yrd.probe.v1.Twin:Other")


@row(
    "enum → string",
    notes="json_schema",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def enum_string(probe: Probe) -> None:
    _retype(probe, "Sheet.colour", "string")


@row(
    "message → bytes",
    notes="json_schema",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE",
)
def message_bytes(probe: Probe) -> None:
    _retype(probe, "Sheet.part", "bytes")


@row(
    "message → message with the same fields",
    breaks="names avro",
    buf=RETYPED,
)
def message_twin(probe: Probe) -> None:
    probe.field("Sheet.part").type_name = ".yrd.probe.v1.Piece"


@row(
    "message → message with other fields",
    breaks="wire json names avro json_schema",
    buf=RETYPED,
)
def message_other(probe: Probe) -> None:
    probe.field("Sheet.part").type_name = ".yrd.probe.v1.Scrap"


@row(
    "Timestamp → int64",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE",
)
def time_int64(probe: Probe) -> None:
    _retype(probe, "Sheet.at_time", "int64")


@row(
    "Timestamp → string",
    notes="json_schema",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE",
)
def time_string(probe: Probe) -> None:
    _retype(probe, "Sheet.at_time", "string")
