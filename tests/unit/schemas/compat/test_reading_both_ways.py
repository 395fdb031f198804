"""Old data by new readers and new data by old readers, for every release there is.

Also for releases made here: the contract of this checkout as the old one, and as the new one the same
with everything that may be added.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import fastavro
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.avro.projection import CASE
from schemas.avro.records import to_record
from schemas.avro.registry import plain
from schemas.compat import Contract, compare, contract_of
from schemas.compat.model import is_public
from schemas.releases.reading import releases
from schemas.releases.tree import read_tree
from tests.support.arbitrary import messages
from tests.unit.schemas.compat.probe import Probe, field, set_rules
from tests.unit.schemas.compat.trees import message, ours

FIRST_FREE, NEW_VALUE = 9_000, 9_000


def grown(descriptors: FileDescriptorSet) -> FileDescriptorSet:
    """The contract with a field in each message, a value in each enum, and a body type more."""
    new = FileDescriptorSet()
    new.CopyFrom(descriptors)
    for file in new.file:
        if is_public(file.package):
            for enum in file.enum_type:
                enum.value.add(name=f"{enum.value[0].name}_ADDED", number=NEW_VALUE)
            for inside in file.message_type:
                inside.field.append(field(FIRST_FREE, "added", "string"))
                inside.field.append(field(FIRST_FREE + 1, "added_list", "int64", label="repeated"))
    for name in ("Draft", "Message"):
        member = field(FIRST_FREE + 2, "added_body", ".yrd.common.v1.Quantity")
        carrier = message(new, f"yrd.exchange.v1.{name}")
        index = max(i for i, f in enumerate(carrier.field) if f.HasField("oneof_index"))
        member.oneof_index = carrier.field[index].oneof_index
        carrier.field.insert(index + 1, member)
    return new


def loosened(descriptors: FileDescriptorSet) -> FileDescriptorSet:
    """The contract with a rule less."""
    new = FileDescriptorSet()
    new.CopyFrom(descriptors)
    title = message(new, "yrd.incident.v1.IncidentReport").field[1]
    set_rules(title, "string {max_len: 20000}")
    return new


def revisions() -> Iterator[tuple[str, Contract, Contract]]:
    """(Name, old, new) of every step whose readers and data meet."""
    tree = contract_of(ours())
    for release in releases():
        yield str(release.version), release.contract, read_tree()
    yield "grown", tree, contract_of(grown(ours()))
    yield "loosened", tree, contract_of(loosened(ours()))


STEPS = {name: (old, new) for name, old, new in revisions()}
CASES = [(step, name) for step, (old, _) in STEPS.items() for name in old.avro]
every = pytest.mark.parametrize(("step", "name"), CASES, ids=[f"{s}-{n}" for s, n in CASES])
few = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("step", STEPS)
def test_the_gate_lets_the_step_pass(step: str) -> None:
    old, new = STEPS[step]
    assert [f for f in compare(old, new, step) if f.breaks] == []


@every
@few
@given(st.data())
def test_new_readers_read_old_data(step: str, name: str, data: st.DataObject) -> None:
    old, new = STEPS[step]
    written = data.draw(messages(descriptor(old, name)))
    by_new = read_binary(new, name, written)
    assert read_json(new, name, written) == by_new
    assert read_avro(new, old, name, written) == record(by_new)


@every
@few
@given(st.data())
def test_old_readers_read_new_data(step: str, name: str, data: st.DataObject) -> None:
    old, new = STEPS[step]
    written = data.draw(messages(descriptor(new, name)))
    by_old = read_binary(old, name, written)
    # what the old one doesn't know, it carries along in protobuf
    assert read_binary(new, name, by_old) == written
    by_old.DiscardUnknownFields()
    assert read_json(old, name, written) == by_old
    assert read_avro(old, new, name, written) == record(by_old)


def test_an_added_enum_value_is_read_as_a_note_says() -> None:
    """Protobuf keeps the number; Avro and JSON, which write names, lose it in an old reader."""
    old, new = STEPS["grown"]
    name = "yrd.incident.v1.IncidentReport"
    written: Any = GetMessageClass(descriptor(new, name))(grade=NEW_VALUE)
    by_old: Any = read_binary(old, name, written)
    assert by_old.grade == NEW_VALUE
    assert read_avro(old, new, name, written)["grade"] == "INCIDENT_GRADE_UNSPECIFIED"
    by_json: Any = read_json(old, name, written)
    assert by_json.grade == 0


def test_a_break_would_be_seen_here() -> None:
    """So that these tests can fail: the same readings, of a field that changed its type."""
    probe = Probe()
    probe.field("Card.id").type = 8
    old, new = contract_of(Probe().set), contract_of(probe.set)
    name = "yrd.probe.v1.Card"
    written: Any = GetMessageClass(descriptor(old, name))(id="x")
    with pytest.raises(fastavro.read.SchemaResolutionError):
        read_avro(new, old, name, written)
    by_new: Any = read_binary(new, name, written)
    assert by_new.id is False


def descriptor(contract: Contract, name: str) -> Any:
    return contract.pool.FindMessageTypeByName(name)


def read_binary(reader: Contract, name: str, written: Message) -> Message:
    kind: type[Message] = GetMessageClass(descriptor(reader, name))
    return kind.FromString(written.SerializeToString())


def read_json(reader: Contract, name: str, written: Message) -> Message:
    empty: Message = GetMessageClass(descriptor(reader, name))()
    return ParseDict(MessageToDict(written), empty, ignore_unknown_fields=True)


def read_avro(reader: Contract, writer: Contract, name: str, written: Message) -> Any:
    """A record, read with the reader's schema from bytes of the writer's."""
    stream = BytesIO()
    schemas = parsed(writer, name), parsed(reader, name)
    fastavro.schemaless_writer(stream, schemas[0], to_record(written))
    stream.seek(0)
    return without_cases(fastavro.schemaless_reader(stream, *schemas))


def record(message_read: Message) -> Any:
    """The record of a message, with every field of its side's schema."""
    kind = message_read.DESCRIPTOR
    side = next(s for step in STEPS.values() for s in step if s.pool is kind.file.pool)
    return read_avro(side, side, kind.full_name, message_read)


_PARSED: dict[tuple[int, str], Any] = {}


def parsed(contract: Contract, name: str) -> Any:
    key = id(contract), name
    if key not in _PARSED:
        _PARSED[key] = fastavro.parse_schema(plain(contract.avro[name]))
    return _PARSED[key]


def without_cases(value: Any) -> Any:
    """Without the names of the members of oneofs: an old reader's may be one that it doesn't know."""
    if isinstance(value, dict):
        return {k: without_cases(v) for k, v in value.items() if not k.endswith(CASE)}
    return [without_cases(item) for item in value] if isinstance(value, list) else value
