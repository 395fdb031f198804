"""Messages as fastavro's records, and back. Converters are composed once for each type.

A message inside a message is written as (name of its type, record): without the name fastavro would
validate it whole to find its branch of the union with null, and take twice as long.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor
from google.protobuf.message import Message

from schemas.avro.errors import AvroFormError
from schemas.avro.oneofs import check_case, refuse_second
from schemas.avro.projection import CASE, NANOS, NUMBER, is_time, oneof_of, opened_by
from schemas.avro.values import set_time, signed, split, unsigned

Record = dict[str, Any]
Write = Callable[[Any, Record], None]
Read = Callable[[Record, Any], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_record(message: Message) -> Record:
    """The message as fastavro wants it. Raises AvroFormError for a time that is none."""
    record: Record = {}
    for write in _writers(message.DESCRIPTOR):
        write(message, record)
    return record


def fill(descriptor: Descriptor, record: Record, message: Message) -> None:
    """Fills an empty message from a record. Raises AvroFormError or ValueError."""
    for read in _readers(descriptor):
        read(record, message)


@cache
def _writers(descriptor: Descriptor) -> tuple[Write, ...]:
    cases = [_case_writer(oneof) for f in descriptor.fields if (oneof := opened_by(f))]
    return (*cases, *(_writer(field) for field in descriptor.fields))


@cache
def _readers(descriptor: Descriptor) -> tuple[Read, ...]:
    cases = [_case_reader(oneof) for f in descriptor.fields if (oneof := opened_by(f))]
    return (*(_reader(field) for field in descriptor.fields), *cases)


def _case_writer(oneof: OneofDescriptor) -> Write:
    name = oneof.name

    def write(message: Any, record: Record) -> None:
        record[name + CASE] = message.WhichOneof(name) or ""

    return write


def _case_reader(oneof: OneofDescriptor) -> Read:
    def read(record: Record, message: Any) -> None:
        case = record[oneof.name + CASE]
        if case:
            check_case(case.encode(), message, oneof)

    return read


def _writer(field: FieldDescriptor) -> Write:
    if field.enum_type is not None:
        return _enum_writer(field)
    if is_time(field):
        return _time_writer(field)
    if field.message_type is not None:
        convert = to_record if field.is_repeated else _named(field.message_type)
        return _value_writer(field, convert)
    return _value_writer(field, signed if field.type == FieldDescriptor.TYPE_UINT64 else None)


def _named(descriptor: Descriptor) -> Callable[[Any], Any]:
    name = descriptor.full_name

    def convert(message: Message) -> tuple[str, Record]:
        return name, to_record(message)

    return convert


def _value_writer(field: FieldDescriptor, convert: Callable[[Any], Any] | None) -> Write:
    name = field.name

    def write(message: Any, record: Record) -> None:
        if field.is_repeated:
            values = getattr(message, name)
            record[name] = [convert(v) for v in values] if convert else list(values)
        elif not field.has_presence or message.HasField(name):
            value = getattr(message, name)
            record[name] = convert(value) if convert else value

    return write


def _enum_writer(field: Any) -> Write:
    name, symbols = field.name, {v.number: v.name for v in reversed(field.enum_type.values)}
    unknown = field.enum_type.values[0].name

    def write(message: Any, record: Record) -> None:
        value = getattr(message, name)
        if field.is_repeated:
            record[name] = [symbols.get(number, unknown) for number in value]
            if any(number not in symbols for number in value):
                record[name + NUMBER] = list(value)
        elif not field.has_presence or message.HasField(name):
            record[name] = symbols.get(value, unknown)
            if value not in symbols:
                record[name + NUMBER] = value

    return write


def _time_writer(field: FieldDescriptor) -> Write:
    name = field.name

    def write(message: Any, record: Record) -> None:
        if field.is_repeated:
            parts = [split(time, field.full_name) for time in getattr(message, name)]
            record[name] = [micros for micros, _ in parts]
            if any(nanos for _, nanos in parts):
                record[name + NANOS] = [nanos for _, nanos in parts]
        elif message.HasField(name):
            record[name], nanos = split(getattr(message, name), field.full_name)
            if nanos:
                record[name + NANOS] = nanos

    return write


def _reader(field: FieldDescriptor) -> Read:
    oneof = oneof_of(field)
    read = _value_reader(field)
    if oneof is None:
        return read

    def read_member(record: Record, message: Any) -> None:
        if record[field.name] is not None:
            refuse_second(message, oneof, field.name)
        read(record, message)

    return read_member


def _value_reader(field: FieldDescriptor) -> Read:
    if field.enum_type is not None:
        return _enum_reader(field)
    if is_time(field):
        return _time_reader(field)
    if field.message_type is not None:
        return _message_reader(field)
    return _scalar_reader(field)


def _scalar_reader(field: FieldDescriptor) -> Read:
    name, convert = field.name, _CONVERSIONS.get(field.type)

    def read(record: Record, message: Any) -> None:
        value = record[name]
        if field.is_repeated:
            getattr(message, name).extend([convert(v) for v in value] if convert else value)
        elif value is not None:
            setattr(message, name, convert(value) if convert else value)

    return read


def _bytes(value: bytes | str) -> bytes:
    """fastavro gives the default of a field that the writer did not know as JSON has it."""
    return value.encode("iso-8859-1") if isinstance(value, str) else value


_CONVERSIONS: dict[int, Callable[[Any], Any]] = {
    FieldDescriptor.TYPE_UINT64: unsigned,
    FieldDescriptor.TYPE_BYTES: _bytes,
}


def _message_reader(field: Any) -> Read:
    name, descriptor = field.name, field.message_type

    def read(record: Record, message: Any) -> None:
        value = record[name]
        if field.is_repeated:
            for item in value:
                fill(descriptor, item, getattr(message, name).add())
        elif value is not None:
            inner = getattr(message, name)
            inner.SetInParent()
            fill(descriptor, value, inner)

    return read


def _enum_reader(field: Any) -> Read:
    name, values = field.name, field.enum_type.values_by_name

    def read(record: Record, message: Any) -> None:
        value, number = record[name], record[name + NUMBER]
        _require_beside(field, value, number)
        if field.is_repeated:
            known = [values[symbol].number for symbol in value]
            getattr(message, name).extend(known if number is None else number)
        elif value is not None:
            setattr(message, name, values[value].number if number is None else number)

    return read


def _time_reader(field: FieldDescriptor) -> Read:
    name = field.name

    def read(record: Record, message: Any) -> None:
        value, nanos = record[name], record[name + NANOS]
        _require_beside(field, value, nanos)
        if field.is_repeated:
            for time, rest in zip(value, nanos or [0] * len(value), strict=True):
                set_time(getattr(message, name).add(), _micros(time), rest)
        elif value is not None:
            set_time(getattr(message, name), _micros(value), nanos or 0)

    return read


def _require_beside(field: FieldDescriptor, value: Any, numbers: Any) -> None:
    """Raises AvroFormError where the field beside does not fit: another length, or to a null."""
    if numbers is None:
        return
    if value is None:
        raise AvroFormError(f"{field.full_name}: a number beside a value that is null")
    if field.is_repeated and len(numbers) != len(value):
        raise AvroFormError(f"{field.full_name}: {len(numbers)} numbers beside {len(value)} values")


def _micros(time: datetime | int) -> int:
    """A time as a library reads it: with its logical type or without."""
    return time if isinstance(time, int) else (time - _EPOCH) // timedelta(microseconds=1)
