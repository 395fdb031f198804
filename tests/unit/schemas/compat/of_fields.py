"""Mutations of fields and messages."""

from tests.unit.schemas.compat.mutation import FIELD_DELETED, RETYPED, Table
from tests.unit.schemas.compat.probe import PROBE, Probe, field, set_type

FIELDS = Table("Fields")
row = FIELDS.row


@row("field added", notes="wire json")
def added(probe: Probe) -> None:
    probe.message("Sheet").field.append(field(30, "extra", "string"))


@row("repeated message field added", notes="wire json")
def repeated_added(probe: Probe) -> None:
    made = field(30, "pieces", ".yrd.probe.v1.Piece", label="repeated")
    probe.message("Sheet").field.append(made)


@row(
    "field removed, nothing reserved",
    breaks="wire json names avro json_schema",
    buf=FIELD_DELETED,
    avro_why="lost",
)
def removed(probe: Probe) -> None:
    probe.remove("Sheet.size")


@row(
    "field removed, number and name reserved",
    breaks="wire json names avro json_schema",
    buf="FIELD_NO_DELETE",
    avro_why="lost",
)
def removed_reserved(probe: Probe) -> None:
    probe.remove("Sheet.size")
    probe.message("Sheet").reserved_range.add(start=23, end=24)
    probe.message("Sheet").reserved_name.append("size")


@row(
    "field removed, only its number reserved",
    breaks="wire json names avro json_schema",
    buf="FIELD_NO_DELETE FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
    avro_why="lost",
)
def removed_number(probe: Probe) -> None:
    probe.remove("Sheet.size")
    probe.message("Sheet").reserved_range.add(start=23, end=24)


@row("field deprecated")
def deprecated(probe: Probe) -> None:
    probe.field("Sheet.size").options.deprecated = True


@row(
    "field renamed",
    breaks="json names avro json_schema",
    buf="FIELD_SAME_JSON_NAME FIELD_SAME_NAME",
    avro_why="lost",
)
def renamed(probe: Probe) -> None:
    target = probe.field("Sheet.size")
    target.name = target.json_name = "bulk"


@row("field renamed, json_name pinned", breaks="names avro", buf="FIELD_SAME_NAME", avro_why="lost")
def renamed_pinned(probe: Probe) -> None:
    probe.field("Sheet.size").name = "bulk"


@row("json_name changed", breaks="json json_schema", buf="FIELD_SAME_JSON_NAME")
def json_name(probe: Probe) -> None:
    probe.field("Sheet.size").json_name = "theSize"


@row(
    "field renumbered",
    breaks="wire",
    buf=FIELD_DELETED,
)
def renumbered(probe: Probe) -> None:
    probe.field("Sheet.size").number = 40


@row(
    "field moved into the place of a removed one",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_JSON_NAME FIELD_SAME_NAME FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE",
    avro_why="lost",
)
def reused(probe: Probe) -> None:
    probe.remove("Sheet.size")
    probe.message("Sheet").field.append(field(23, "motto", "string"))


@row("two fields swap their numbers", breaks="wire", buf="FIELD_SAME_JSON_NAME FIELD_SAME_NAME")
def swapped(probe: Probe) -> None:
    one, other = probe.field("Sheet.code"), probe.field("Sheet.letter")
    one.number, other.number = other.number, one.number


@row("fields in another order")
def reordered(probe: Probe) -> None:
    fields = list(probe.message("Sheet").field)
    del probe.message("Sheet").field[:]
    probe.message("Sheet").field.extend(reversed(fields))


@row("only comments changed")
def comments(probe: Probe) -> None:
    at = probe.file(PROBE).source_code_info.location.add(path=[4, 0], span=[9, 0, 9])
    at.leading_comments = "Told better."


@row(
    "number that was reserved used by a new field",
    breaks="wire",
    notes="wire json",
    buf="RESERVED_MESSAGE_NO_DELETE",
)
def reserved_used(probe: Probe) -> None:
    del probe.message("Sheet").reserved_range[:]
    probe.message("Sheet").field.append(field(90, "fresh", "string"))


@row(
    "name that was reserved used by a new field",
    breaks="json",
    notes="wire json",
    buf="RESERVED_MESSAGE_NO_DELETE",
)
def reserved_name_used(probe: Probe) -> None:
    del probe.message("Sheet").reserved_name[:]
    probe.message("Sheet").field.append(field(30, "old_name", "string"))


@row("reserved numbers no longer reserved", breaks="wire", buf="RESERVED_MESSAGE_NO_DELETE")
def unreserved(probe: Probe) -> None:
    del probe.message("Sheet").reserved_range[:]


@row("reserved name no longer reserved", breaks="json", buf="RESERVED_MESSAGE_NO_DELETE")
def unreserved_name(probe: Probe) -> None:
    del probe.message("Sheet").reserved_name[:]


@row("more numbers reserved")
def more_reserved(probe: Probe) -> None:
    probe.message("Sheet").reserved_range.add(start=60, end=70)


@row("singular becomes optional", breaks="names avro", buf="FIELD_SAME_CARDINALITY")
def to_optional(probe: Probe) -> None:
    sheet = probe.message("Sheet")
    sheet.oneof_decl.add(name="_size")
    target = probe.field("Sheet.size")
    target.proto3_optional, target.oneof_index = True, len(sheet.oneof_decl) - 1


@row("optional becomes singular", breaks="names avro", buf="FIELD_SAME_CARDINALITY")
def to_singular(probe: Probe) -> None:
    target = probe.field("Sheet.remark")
    target.ClearField("proto3_optional")
    target.ClearField("oneof_index")
    del probe.message("Sheet").oneof_decl[2]


@row(
    "singular string becomes repeated",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
)
def string_repeated(probe: Probe) -> None:
    probe.field("Sheet.code").label = 3


@row(
    "singular integer becomes repeated",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
)
def integer_repeated(probe: Probe) -> None:
    probe.field("Sheet.size").label = 3


@row(
    "repeated integer becomes singular",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
)
def integer_singular(probe: Probe) -> None:
    probe.field("Sheet.numbers").label = 1


@row(
    "repeated message becomes singular",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
)
def message_singular(probe: Probe) -> None:
    probe.field("Sheet.parts").label = 1
    probe.field("Sheet.parts").ClearField("options")


@row(
    "map becomes repeated entries",
    breaks="json names",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
)
def map_repeated(probe: Probe) -> None:
    probe.message("Board").nested_type[0].options.ClearField("map_entry")


@row(
    "map's value retyped",
    breaks="wire json names",
    buf=RETYPED,
)
def map_value(probe: Probe) -> None:
    set_type(probe.message("Board").nested_type[0].field[1], "int32")


@row("packed turned off")
def unpacked(probe: Probe) -> None:
    probe.field("Sheet.numbers").options.packed = False


@row("jstype set", breaks="names", buf="FIELD_SAME_JSTYPE")
def jstype(probe: Probe) -> None:
    probe.field("Sheet.size").options.jstype = 1


@row("default changed (proto2)", breaks="wire", buf="FIELD_SAME_DEFAULT")
def default(probe: Probe) -> None:
    probe.field("Legacy.level").default_value = "4"


@row("default removed (proto2)", breaks="wire", buf="FIELD_SAME_DEFAULT")
def default_removed(probe: Probe) -> None:
    probe.field("Legacy.level").ClearField("default_value")


@row(
    "required becomes optional (proto2)",
    breaks="wire names",
    buf="FIELD_SAME_CARDINALITY FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY MESSAGE_SAME_REQUIRED_FIELDS",
)
def not_required(probe: Probe) -> None:
    probe.field("Legacy.name").label = 1


@row(
    "required field added (proto2)",
    breaks="wire",
    notes="wire json",
    buf="MESSAGE_SAME_REQUIRED_FIELDS",
)
def required_added(probe: Probe) -> None:
    probe.message("Legacy").field.append(field(3, "more", "string", label="required"))
