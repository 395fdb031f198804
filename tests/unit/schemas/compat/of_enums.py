"""Mutations of oneofs and enums."""

from tests.unit.schemas.compat.mutation import FIELD_DELETED, VALUE_DELETED, Table
from tests.unit.schemas.compat.probe import PROBE, Probe, field

ONEOFS, ENUMS = Table("Oneofs"), Table("Enums")
row = ONEOFS.row


@row(
    "field moved into a oneof with other members",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF",
)
def into(probe: Probe) -> None:
    probe.field("Sheet.size").oneof_index = 0
    probe.gather("Sheet")


@row(
    "field moved into a oneof of its own",
    breaks="names avro",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF",
)
def into_own(probe: Probe) -> None:
    probe.message("Sheet").oneof_decl.insert(
        2, type(probe.message("Sheet").oneof_decl[0])(name="lone")
    )
    probe.field("Sheet.size").oneof_index = 2
    probe.field("Sheet.remark").oneof_index = 3


@row(
    "two fields moved into a new oneof",
    breaks="wire json names avro json_schema",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF",
)
def two_into(probe: Probe) -> None:
    into_own(probe)
    probe.field("Sheet.flag").oneof_index = 2
    probe.gather("Sheet")


@row(
    "member moved out of its oneof",
    notes="json_schema",
    breaks="wire json names avro",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF",
)
def out(probe: Probe) -> None:
    probe.field("Sheet.by_number").ClearField("oneof_index")


@row(
    "only member moved out of its oneof",
    breaks="names avro",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF ONEOF_NO_DELETE",
)
def only_out(probe: Probe) -> None:
    probe.field("Sheet.only").ClearField("oneof_index")
    del probe.message("Sheet").oneof_decl[1]
    probe.field("Sheet.remark").oneof_index = 1


@row(
    "member moved to another oneof",
    notes="json_schema",
    breaks="wire json names json_schema",
    buf="FIELD_SAME_ONEOF",
)
def between(probe: Probe) -> None:
    probe.field("Sheet.by_number").oneof_index = 1


@row("oneof renamed", breaks="names", buf="FIELD_SAME_ONEOF ONEOF_NO_DELETE")
def renamed(probe: Probe) -> None:
    probe.message("Sheet").oneof_decl[0].name = "selection"


@row(
    "oneof dissolved",
    notes="json_schema",
    breaks="wire json names avro",
    buf="FIELD_SAME_CARDINALITY FIELD_SAME_ONEOF ONEOF_NO_DELETE",
)
def dissolved(probe: Probe) -> None:
    for name in ("by_name", "by_number"):
        probe.field(f"Sheet.{name}").ClearField("oneof_index")
    del probe.message("Sheet").oneof_decl[0]
    probe.field("Sheet.only").oneof_index = 0
    probe.field("Sheet.remark").oneof_index = 1


@row(
    "oneof removed with its members",
    breaks="wire json names avro json_schema",
    buf=FIELD_DELETED + " ONEOF_NO_DELETE",
    avro_why="lost",
)
def removed(probe: Probe) -> None:
    probe.remove("Sheet.only")
    del probe.message("Sheet").oneof_decl[1]
    probe.field("Sheet.remark").oneof_index = 1


@row("member added to a oneof", notes="wire json")
def member_added(probe: Probe) -> None:
    made = field(30, "by_code", "string")
    made.oneof_index = 0
    probe.message("Sheet").field.append(made)
    probe.gather("Sheet")


row = ENUMS.row


@row("value added", notes="json avro json_schema")
def value_added(probe: Probe) -> None:
    probe.enum("Colour").value.add(name="COLOUR_BLUE", number=3)


@row(
    "value added to an enum that fields take in defined values only",
    notes="json avro json_schema rules",
)
def defined_added(probe: Probe) -> None:
    probe.enum("Grade").value.add(name="GRADE_TOP", number=3)


@row(
    "value removed",
    breaks="wire json names avro json_schema",
    buf=VALUE_DELETED,
    avro_why="lost",
)
def value_removed(probe: Probe) -> None:
    probe.remove("Colour.COLOUR_RED")


@row(
    "value removed, number and name reserved",
    breaks="wire json names avro json_schema",
    buf="ENUM_VALUE_NO_DELETE",
    avro_why="lost",
)
def value_removed_reserved(probe: Probe) -> None:
    probe.remove("Colour.COLOUR_RED")
    probe.enum("Colour").reserved_range.add(start=2, end=2)
    probe.enum("Colour").reserved_name.append("COLOUR_RED")


@row(
    "value removed from an enum that fields take in defined values only",
    breaks="wire json names avro json_schema rules",
    buf=VALUE_DELETED,
    avro_why="lost",
)
def defined_removed(probe: Probe) -> None:
    probe.remove("Grade.GRADE_HIGH")


@row(
    "value renamed",
    breaks="json names avro json_schema",
    notes="avro json_schema",
    buf="ENUM_VALUE_SAME_NAME",
    avro_why="lost",
)
def value_renamed(probe: Probe) -> None:
    probe.value("Grade.GRADE_HIGH").name = "GRADE_TALL"


@row(
    "value renumbered",
    breaks="wire",
    buf=VALUE_DELETED,
)
def value_renumbered(probe: Probe) -> None:
    probe.value("Colour.COLOUR_RED").number = 5


@row("two values swap their numbers", breaks="wire", buf="ENUM_VALUE_SAME_NAME")
def values_swapped(probe: Probe) -> None:
    one, other = probe.value("Grade.GRADE_LOW"), probe.value("Grade.GRADE_HIGH")
    one.number, other.number = other.number, one.number


@row("values in another order")
def values_reordered(probe: Probe) -> None:
    values = list(probe.enum("Grade").value)
    del probe.enum("Grade").value[1:]
    probe.enum("Grade").value.extend(reversed(values[1:]))


@row("alias added behind its value", notes="avro json_schema")
def alias_added(probe: Probe) -> None:
    probe.enum("Colour").value.add(name="COLOUR_ROUGE", number=2)


@row(
    "alias added before its value",
    breaks="json",
    notes="avro json_schema",
    why="buf asks which names a number has, not which of them is written",
)
def alias_first(probe: Probe) -> None:
    red = probe.enum("Colour").value[3]
    made = type(red)(name="COLOUR_ROUGE", number=2)
    probe.enum("Colour").value.insert(3, made)


@row(
    "alias removed",
    breaks="json names avro json_schema",
    buf="ENUM_VALUE_SAME_NAME",
    avro_why="lost",
)
def alias_removed(probe: Probe) -> None:
    probe.remove("Colour.COLOUR_GRAY")
    probe.enum("Colour").ClearField("options")


@row("value and its alias in another order")
def alias_reordered(probe: Probe) -> None:
    grey, gray = probe.value("Colour.COLOUR_GREY"), probe.value("Colour.COLOUR_GRAY")
    grey.name, gray.name = gray.name, grey.name


@row(
    "reserved enum number used",
    breaks="wire",
    notes="json avro json_schema rules",
    buf="RESERVED_ENUM_NO_DELETE",
)
def reserved_used(probe: Probe) -> None:
    del probe.enum("Grade").reserved_range[:]
    probe.enum("Grade").value.add(name="GRADE_EIGHT", number=8)


@row("reserved enum numbers no longer reserved", breaks="wire", buf="RESERVED_ENUM_NO_DELETE")
def unreserved(probe: Probe) -> None:
    del probe.enum("Grade").reserved_range[:]


@row("reserved enum name no longer reserved", breaks="json", buf="RESERVED_ENUM_NO_DELETE")
def unreserved_name(probe: Probe) -> None:
    del probe.enum("Grade").reserved_name[:]


@row("enum removed", breaks="names", buf="ENUM_NO_DELETE")
def enum_removed(probe: Probe) -> None:
    del probe.message("Twin").enum_type[1]


@row("enum added")
def enum_added(probe: Probe) -> None:
    probe.file(PROBE).enum_type.add(name="Fresh").value.add(name="FRESH_UNSPECIFIED", number=0)
