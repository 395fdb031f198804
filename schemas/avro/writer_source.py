"""Python source that writes messages as Avro, one function for each message type.

A general writer asks every field at every message what it is. Here that is asked once, when the source
is made; what is left for a message is a line or two for each field, several times as quick. The bytes
are those of any other Avro writer for the schema of `projection`.
"""

import struct
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from schemas.avro.errors import AvroFormError
from schemas.avro.projection import is_time, oneof_of, opened_by
from schemas.avro.varints import SMALL, long, signed

Write = Callable[[Any, bytearray], None]
Lines = list[str]

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
_NULL, _SOME = b"\0", b"\2"


def writer(descriptor: Descriptor) -> Write:
    """A function that appends a message of the type to a bytearray.

    It raises AvroFormError for a time that is none; the bytearray is then of no use.
    """
    source = _Source()
    name = source.function(descriptor)
    code = compile("\n".join(source.lines), f"<Avro writer of {descriptor.full_name}>", "exec")
    exec(code, source.names)
    made: Write = source.names[name]
    return made


class _Source:
    """Functions so far, and the names that they use."""

    def __init__(self) -> None:
        self.lines: Lines = []
        self.names: dict[str, Any] = {
            "SMALL": SMALL,
            "long": long,
            "signed": signed,
            "pack": struct.Struct("<d").pack,
            "instant": instant,
            "instants": instants,
            "numbers": numbers,
        }
        self._functions: dict[str, str] = {}

    def function(self, descriptor: Descriptor) -> str:
        """The name of the function for a type."""
        full_name = descriptor.full_name
        if full_name not in self._functions:
            name = self._functions[full_name] = f"write_{len(self._functions)}"
            body = [line for field in descriptor.fields for line in self._field(field)]
            self.lines += [f"def {name}(m, out):  # {full_name}", *_indented(body or ["pass"])]
        return self._functions[full_name]

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"K{len(self.names)}"
        self.names[name] = value
        return name

    def _field(self, field: FieldDescriptor) -> Lines:
        return [*self._case(field), f"v = m.{field.name}", *self._value(field)]

    def _case(self, field: FieldDescriptor) -> Lines:
        oneof = opened_by(field)
        if oneof is None:
            return []
        cases = {f.name: long(len(f.name)) + f.name.encode() for f in oneof.fields}
        table = self.constant({None: _NULL, **cases})
        return [f"case = m.WhichOneof({oneof.name!r})", f"out += {table}[case]"]

    def _value(self, field: FieldDescriptor) -> Lines:
        if field.is_repeated:
            return self._repeated(field)
        write = self._item(field)
        if not field.has_presence:
            return write
        absent = _NULL * (2 if field.enum_type is not None or is_time(field) else 1)
        present = f"case == {field.name!r}" if oneof_of(field) else f"m.HasField({field.name!r})"
        some = [f"out += {_SOME!r}", *write]
        return [f"if {present}:", *_indented(some), "else:", f" out += {absent!r}"]

    def _repeated(self, field: FieldDescriptor) -> Lines:
        if is_time(field):
            return [f"instants(v, out, {field.full_name!r})"]
        if field.enum_type is not None:
            return [f"numbers(v, out, {self.constant(_indexes(field.enum_type))})"]
        return [
            "if v:",
            " n = len(v)",
            " out += SMALL[n] if n < 8192 else long(n)",
            " for v in v:",
            *_indented(_indented(self._item(field))),
            f"out += {_NULL!r}",
        ]

    def _item(self, field: FieldDescriptor) -> Lines:
        """Lines that write the value `v`."""
        if field.enum_type is not None:
            return [f"out += {self.constant(_Symbols(field.enum_type))}[v]"]
        if is_time(field):
            return [f"instant(v, out, {field.full_name!r})"]
        if field.message_type is not None:
            return [f"{self.function(field.message_type)}(v, out)"]
        return _SCALARS[field.type]


def _indented(lines: Lines) -> Lines:
    return [f" {line}" for line in lines]


_BYTES = ["n = len(v)", "out += SMALL[n] if n < 8192 else long(n)", "out += v"]
_LONG = ["out += SMALL[v] if 0 <= v < 8192 else long(v)"]
_SCALARS: dict[int, Lines] = {
    FieldDescriptor.TYPE_STRING: ["v = v.encode()", *_BYTES],
    FieldDescriptor.TYPE_BYTES: _BYTES,
    FieldDescriptor.TYPE_BOOL: ["out += b'\\1' if v else b'\\0'"],
    FieldDescriptor.TYPE_DOUBLE: ["out += pack(v)"],
    FieldDescriptor.TYPE_INT32: _LONG,
    FieldDescriptor.TYPE_INT64: _LONG,
    FieldDescriptor.TYPE_UINT32: _LONG,
    FieldDescriptor.TYPE_UINT64: ["out += SMALL[v] if v < 8192 else long(signed(v))"],
}


def _indexes(enum: EnumDescriptor) -> dict[int, int]:
    """Number → index of its first symbol."""
    found: dict[int, int] = {}
    for index, value in enumerate(enum.values):
        found.setdefault(value.number, index)
    return found


class _Symbols(dict[int, bytes]):
    """Number → its symbol and, where it has none, the first symbol and the number beside it."""

    def __init__(self, enum: EnumDescriptor) -> None:
        super().__init__({number: long(index) + _NULL for number, index in _indexes(enum).items()})

    def __missing__(self, number: int) -> bytes:
        return long(0) + _SOME + long(number)


def numbers(values: Any, out: bytearray, indexes: dict[int, int]) -> None:
    """Repeated enums, and their numbers beside them if one has no symbol."""
    _longs([indexes.get(number, 0) for number in values], out)
    if all(number in indexes for number in values):
        out += _NULL
    else:
        out += _SOME
        _longs(values, out)


def instant(time: Timestamp, out: bytearray, field: str) -> None:
    """A time that is present: microseconds, and the nanoseconds beside them if there are any."""
    micros, nanos = split(time, field)
    out += long(micros)
    out += _SOME + long(nanos) if nanos else _NULL


def instants(times: Any, out: bytearray, field: str) -> None:
    """Repeated times, and their nanoseconds beside them if one has any."""
    parts = [split(time, field) for time in times]
    _longs([micros for micros, _ in parts], out)
    if any(nanos for _, nanos in parts):
        out += _SOME
        _longs([nanos for _, nanos in parts], out)
    else:
        out += _NULL


def split(time: Timestamp, field: str) -> tuple[int, int]:
    """A time as (microseconds since 1970, nanoseconds after that). Raises AvroFormError."""
    seconds, nanos = time.seconds, time.nanos
    if not (FIRST_SECOND <= seconds <= LAST_SECOND and 0 <= nanos < 1_000_000_000):
        raise AvroFormError(
            f"{field}: no time: seconds {seconds}, nanos {nanos}; send seconds within the years 1 to "
            "9999 and nanos from 0 to 999,999,999"
        )
    return seconds * 1_000_000 + nanos // 1000, nanos % 1000


def _longs(values: Any, out: bytearray) -> None:
    if values:
        out += long(len(values))
        for value in values:
            out += long(value)
    out += _NULL
