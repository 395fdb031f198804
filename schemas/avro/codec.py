"""Messages to Avro and back. Converters are composed once for each type."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import fastavro
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp

from schemas.avro.projection import NANOS, NUMBER, TIMESTAMP, project
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1 import message_pb2

Record = dict[str, Any]
Write = Callable[[Message, Record], None]
Read = Callable[[Record, Message], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARKER = b"\xc3\x01"
_TWO_63, _TWO_64 = 1 << 63, 1 << 64


class AvroFormError(ValueError):
    """Bytes that are not a message in Avro; the text says why."""


@cache
def parsed_schema(full_name: str) -> Any:
    """The schema of a body type, or of yrd.exchange.v1.Message, ready for fastavro."""
    return fastavro.parse_schema(project(_descriptor(full_name)))


def _descriptor(full_name: str) -> Any:
    if full_name == "yrd.exchange.v1.Message":
        return message_pb2.Message.DESCRIPTOR
    if full_name not in BODY_FIELDS:
        raise AvroFormError(f"{full_name!r} is no type of the contract")
    return BODY_FIELDS[full_name].message_type


@cache
def fingerprint(full_name: str) -> bytes:
    """CRC-64-AVRO of the schema's canonical form, little-endian as in single-object encoding."""
    canonical = fastavro.schema.to_parsing_canonical_form(project(_descriptor(full_name)))
    return bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))


def encode(message: Message) -> bytes:
    """Avro single-object encoding: C3 01, fingerprint, datum."""
    full_name = message.DESCRIPTOR.full_name
    out = BytesIO()
    out.write(_MARKER + fingerprint(full_name))
    fastavro.schemaless_writer(out, parsed_schema(full_name), to_record(message))
    return out.getvalue()


def decode(full_name: str, data: bytes) -> Message:
    """A message from single-object encoding. Raises AvroFormError."""
    if data[:2] != _MARKER or data[2:10] != fingerprint(full_name):
        raise AvroFormError(
            f"not a {full_name} in this version's schema: fingerprint {data[2:10].hex()}, expected "
            f"{fingerprint(full_name).hex()}"
        )
    try:
        record = fastavro.schemaless_reader(BytesIO(data[10:]), parsed_schema(full_name), None)
    except (EOFError, ValueError, IndexError, OverflowError) as error:
        raise AvroFormError(f"damaged datum of {full_name}: {error}") from None
    return from_record(full_name, record)


def to_record(message: Message) -> Record:
    """The message as fastavro wants it."""
    record: Record = {}
    for write in _writers(message.DESCRIPTOR):
        write(message, record)
    return record


def from_record(full_name: str, record: Any) -> Message:
    """The message that a record stands for."""
    descriptor = _descriptor(full_name)
    message: Message = GetMessageClass(descriptor)()
    _fill(descriptor, record, message)
    return message


def _fill(descriptor: Descriptor, record: Record, message: Message) -> None:
    for read in _readers(descriptor):
        read(record, message)


@cache
def _writers(descriptor: Descriptor) -> tuple[Write, ...]:
    return tuple(_writer(field) for field in descriptor.fields)


@cache
def _readers(descriptor: Descriptor) -> tuple[Read, ...]:
    return tuple(_reader(field) for field in descriptor.fields)


def _writer(field: FieldDescriptor) -> Write:
    name = field.name
    if field.enum_type is not None:
        return _enum_writer(field)
    if field.message_type is not None:
        if field.message_type.full_name == TIMESTAMP:
            return _time_writer(field)
        return _message_writer(field)
    convert = _signed if field.type == FieldDescriptor.TYPE_UINT64 else None

    def write(message: Any, record: Record) -> None:
        if field.is_repeated:
            values = getattr(message, name)
            record[name] = [convert(v) for v in values] if convert else list(values)
        elif not field.has_presence or message.HasField(name):
            value = getattr(message, name)
            record[name] = convert(value) if convert else value

    return write


def _signed(value: int) -> int:
    return value - _TWO_64 if value >= _TWO_63 else value


def _message_writer(field: FieldDescriptor) -> Write:
    name = field.name

    def write(message: Any, record: Record) -> None:
        if field.is_repeated:
            record[name] = [to_record(item) for item in getattr(message, name)]
        elif message.HasField(name):
            record[name] = to_record(getattr(message, name))

    return write


def _enum_writer(field: Any) -> Write:
    name, values = field.name, field.enum_type.values_by_number
    unknown = field.enum_type.values[0].name

    def symbol(number: int) -> str:
        return str(values[number].name if number in values else unknown)

    def write(message: Any, record: Record) -> None:
        value = getattr(message, name)
        if field.is_repeated:
            record[name] = [symbol(number) for number in value]
            if any(number not in values for number in value):
                record[name + NUMBER] = list(value)
        elif not field.has_presence or message.HasField(name):
            record[name] = symbol(value)
            if value not in values:
                record[name + NUMBER] = value

    return write


def _time_writer(field: FieldDescriptor) -> Write:
    name = field.name

    def write(message: Any, record: Record) -> None:
        if field.is_repeated:
            times = getattr(message, name)
            record[name] = [_micros(time) for time in times]
            record[name + NANOS] = [time.nanos % 1000 for time in times]
        elif message.HasField(name):
            time = getattr(message, name)
            record[name] = _micros(time)
            if time.nanos % 1000:
                record[name + NANOS] = time.nanos % 1000

    return write


def _micros(time: Timestamp) -> int:
    return time.seconds * 1_000_000 + time.nanos // 1000


def _reader(field: FieldDescriptor) -> Read:
    if field.enum_type is not None:
        return _enum_reader(field)
    if field.message_type is not None:
        if field.message_type.full_name == TIMESTAMP:
            return _time_reader(field)
        return _message_reader(field)
    return _scalar_reader(field)


def _scalar_reader(field: FieldDescriptor) -> Read:
    name, wide = field.name, field.type == FieldDescriptor.TYPE_UINT64

    def read(record: Record, message: Any) -> None:
        value = record[name]
        if field.is_repeated:
            getattr(message, name).extend(v % _TWO_64 for v in value) if wide else getattr(
                message, name
            ).extend(value)
        elif value is not None:
            setattr(message, name, value % _TWO_64 if wide else value)

    return read


def _message_reader(field: Any) -> Read:
    name, descriptor = field.name, field.message_type

    def read(record: Record, message: Any) -> None:
        value = record[name]
        if field.is_repeated:
            for item in value:
                _fill(descriptor, item, getattr(message, name).add())
        elif value is not None:
            inner = getattr(message, name)
            inner.SetInParent()
            _fill(descriptor, value, inner)

    return read


def _enum_reader(field: Any) -> Read:
    name, values = field.name, field.enum_type.values_by_name

    def read(record: Record, message: Any) -> None:
        value, number = record[name], record[name + NUMBER]
        if field.is_repeated:
            getattr(message, name).extend(
                number if number is not None else [values[symbol].number for symbol in value]
            )
        elif value is not None:
            setattr(message, name, number if number is not None else values[value].number)

    return read


def _time_reader(field: FieldDescriptor) -> Read:
    name = field.name

    def read(record: Record, message: Any) -> None:
        value, nanos = record[name], record[name + NANOS]
        if field.is_repeated:
            for time, rest in zip(value, nanos or (), strict=True):
                _set_time(getattr(message, name).add(), time, rest)
        elif value is not None:
            time = getattr(message, name)
            time.SetInParent()
            _set_time(time, value, nanos or 0)

    return read


def _set_time(target: Timestamp, time: datetime, nanos: int) -> None:
    micros = (time - _EPOCH) // timedelta(microseconds=1)
    target.seconds, rest = divmod(micros, 1_000_000)
    target.nanos = rest * 1000 + nanos
