"""Mutations of whole messages."""

from google.protobuf.descriptor_pb2 import DescriptorProto

from tests.unit.schemas.compat.mutation import Table
from tests.unit.schemas.compat.probe import PROBE, SECOND, Probe, field

MESSAGES = Table("Messages")
row = MESSAGES.row


@row("message added")
def message_added(probe: Probe) -> None:
    probe.file(PROBE).message_type.add(name="Fresh").field.append(field(1, "name", "string"))


@row("message removed", breaks="names", buf="MESSAGE_NO_DELETE")
def message_removed(probe: Probe) -> None:
    probe.remove("Unused")


@row("nested message removed", breaks="names", buf="MESSAGE_NO_DELETE")
def nested_removed(probe: Probe) -> None:
    del probe.message("Unused").nested_type[:]


@row(
    "message renamed that a field has as its type",
    breaks="names avro",
    buf="FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE MESSAGE_NO_DELETE",
)
def message_renamed(probe: Probe) -> None:
    probe.message("Part").name = "Element"
    for name in ("Sheet.part", "Sheet.parts"):
        probe.field(name).type_name = ".yrd.probe.v1.Element"


@row(
    "body type renamed",
    breaks="wire names avro json_schema",
    buf="FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE MESSAGE_NO_DELETE",
)
def body_renamed(probe: Probe) -> None:
    probe.message("Card").name = "Ticket"
    for name in ("Draft", "Message"):
        next(
            f for f in probe.message(name).field if f.name == "card"
        ).type_name = ".yrd.probe.v1.Ticket"


@row("body type added", notes="wire json")
def body_added(probe: Probe) -> None:
    for name in ("Draft", "Message"):
        made = field(22, "scrap", ".yrd.probe.v1.Scrap")
        made.oneof_index = 0
        probe.message(name).field.append(made)


@row("message nested into another", breaks="names", buf="MESSAGE_NO_DELETE")
def nested(probe: Probe) -> None:
    probe.message("Card").nested_type.append(DescriptorProto())
    probe.message("Card").nested_type[0].CopyFrom(probe.message("Unused"))
    probe.remove("Unused")


@row("nested message moved out", breaks="names", buf="MESSAGE_NO_DELETE")
def unnested(probe: Probe) -> None:
    note = probe.message("Sheet").nested_type[0]
    probe.file(PROBE).message_type.append(note)
    del probe.message("Sheet").nested_type[0]


@row("message moved to another file of the package", breaks="names", buf="MESSAGE_NO_DELETE")
def moved(probe: Probe) -> None:
    probe.file(SECOND).message_type.append(probe.message("Unused"))
    kept = [m for m in probe.file(PROBE).message_type if m.name != "Unused"]
    del probe.file(PROBE).message_type[:]
    probe.file(PROBE).message_type.extend(kept)
