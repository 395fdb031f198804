"""Python source that reads Avro into messages, one function for each message type.

The counterpart of `writer_source`, for data written with this version's schema; what other schemas
have written is resolved by fastavro (`codec`). Whatever the bytes are, the outcome is a message or one
of DAMAGES.
"""

import struct
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from schemas.avro.errors import AvroFormError
from schemas.avro.oneofs import check_case, refuse_second
from schemas.avro.projection import closed_by, is_time, oneof_of, opened_by
from schemas.avro.varints import read_block, read_length, read_long, unsigned

Read = Callable[[bytes, int, Any], int]
Lines = list[str]

DAMAGES = (ValueError, IndexError, KeyError, OverflowError, struct.error)
"""What reading a damaged datum raises."""

_NULL, _SOME = 0, 2
_ONE_BYTE = 64


def reader(descriptor: Descriptor) -> Read:
    """A function (data, position, message) that fills an empty message; the position behind it."""
    source = _Source()
    name = source.function(descriptor)
    code = compile("\n".join(source.lines), f"<Avro reader of {descriptor.full_name}>", "exec")
    exec(code, source.names)
    made: Read = source.names[name]
    return made


class _Source:
    """Functions so far, and the names that they use."""

    def __init__(self) -> None:
        self.lines: Lines = []
        self.names: dict[str, Any] = {
            "long": read_long,
            "length": read_length,
            "block": read_block,
            "unsigned": unsigned,
            "unpack": struct.Struct("<d").unpack_from,
            "instant": instant,
            "instants": instants,
            "number": number,
            "numbers": numbers,
            "no_branch": no_branch,
            "no_bool": no_bool,
            "no_value": no_value,
            "check_case": check_case,
            "refuse_second": refuse_second,
        }
        self._functions: dict[str, str] = {}

    def function(self, descriptor: Descriptor) -> str:
        """The name of the function for a type."""
        full_name = descriptor.full_name
        if full_name not in self._functions:
            name = self._functions[full_name] = f"read_{len(self._functions)}"
            body = [line for field in descriptor.fields for line in self._field(field)]
            head = f"def {name}(data, p, m):  # {full_name}"
            self.lines += [head, *_indented(body), " return p"]
        return self._functions[full_name]

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"K{len(self.names)}"
        self.names[name] = value
        return name

    def _field(self, field: FieldDescriptor) -> Lines:
        opened, closed = opened_by(field), closed_by(field)
        lines = [*_text("case = {}", ["case = b''"])] if opened else []
        lines += self._value(field)
        if closed:
            lines.append(f"if case: check_case(case, m, {self.constant(closed)})")
        return lines

    def _value(self, field: FieldDescriptor) -> Lines:
        if field.is_repeated:
            return self._repeated(field)
        if is_time(field):
            time = f" p = instant(data, p, m.{field.name})"
            return ["if data[p]:", *self._once(field), time, *_ABSENT]
        if field.enum_type is not None:
            return self._enum(field)
        if not field.has_presence:
            return self._scalar(field, f"m.{field.name} = {{}}", zero=[])
        read = self._present(field)
        return ["if data[p]:", *_indented(read), "else: p += 1"]

    def _present(self, field: FieldDescriptor) -> Lines:
        """Lines that read a value behind its union's branch."""
        if field.message_type is not None:
            inner = f"p = {self.function(field.message_type)}(data, p, v)"
            read = [f"v = m.{field.name}", "v.SetInParent()", inner]
        else:
            zero = f"m.{field.name} = {_ZEROS.get(field.type, 0)!r}"
            read = self._scalar(field, f"m.{field.name} = {{}}", zero=[zero])
        once = [line.strip() for line in self._once(field)]
        return [f"if data[p] != {_SOME}: no_branch(data, p)", "p += 1", *once, *read]

    def _once(self, field: FieldDescriptor) -> Lines:
        oneof = oneof_of(field)
        return [f" refuse_second(m, {self.constant(oneof)}, {field.name!r})"] if oneof else []

    def _enum(self, field: Any) -> Lines:
        values = [value.number for value in field.enum_type.values]
        table = self.constant({2 * index: value for index, value in enumerate(values)})
        index = ["n = data[p]"]
        if len(values) > _ONE_BYTE:
            index = ["n, p = long(data, p)", "n *= 2", "p -= 1"]
        set_it = f"m.{field.name} = {table}[n]"
        beside = f"if data[p + 1]: m.{field.name}, p = number(data, p + 1)"
        read = [*index, set_it, beside, "else: p += 2"]
        if not field.has_presence:
            return read
        some = [f"if data[p] != {_SOME}: no_branch(data, p)", "p += 1"]
        once = [line.strip() for line in self._once(field)]
        return ["if data[p]:", *_indented([*some, *once, *read]), *_ABSENT]

    def _repeated(self, field: FieldDescriptor) -> Lines:
        if is_time(field):
            return [f"p = instants(data, p, m.{field.name})"]
        if field.enum_type is not None:
            table = self.constant([value.number for value in field.enum_type.values])
            return [f"p = numbers(data, p, m.{field.name}, {table})"]
        if field.message_type is not None:
            item = [f"p = {self.function(field.message_type)}(data, p, v.add())"]
        else:
            zero = f"v.append({_ZEROS.get(field.type, 0)!r})"
            item = self._scalar(field, "v.append({})", zero=[zero])
        blocks = [
            "i, p = block(data, p)",
            "while i:",
            " for i in range(i):",
            *_indented(_indented(item)),
            " i, p = block(data, p)",
        ]
        return ["if data[p]:", f" v = m.{field.name}", *_indented(blocks), "else: p += 1"]

    def _scalar(self, field: FieldDescriptor, put: str, zero: Lines) -> Lines:
        """Lines that read a value and put it where `put` says; `zero` stands for zero and empty."""
        kind = field.type
        if kind in _ZEROS:
            return _text(put, zero)
        if kind == FieldDescriptor.TYPE_BOOL:
            return ["n = data[p]", "if n > 1: no_bool(data, p)", put.format("n == 1"), "p += 1"]
        if kind == FieldDescriptor.TYPE_DOUBLE:
            return [put.format("unpack(data, p)[0]"), "p += 8"]
        value = "unsigned(n)" if kind == FieldDescriptor.TYPE_UINT64 else "n"
        otherwise = [*zero, "p += 1"]
        found = ["n, p = long(data, p)", put.format(value)]
        return ["if data[p]:", *_indented(found), "else:", *_indented(otherwise)]


_ABSENT = ["else:", " if data[p + 1]: no_value(p + 1)", " p += 2"]
_ZEROS: dict[int, str | bytes] = {
    FieldDescriptor.TYPE_STRING: "",
    FieldDescriptor.TYPE_BYTES: b"",
}


def _text(put: str, zero: Lines) -> Lines:
    """Text and bytes: below 64 bytes the length is one even byte."""
    found = [
        "if n & 129: n, p = length(data, p)",
        "else:",
        " n >>= 1",
        " p += 1",
        put.format("data[p:p + n]"),
        "p += n",
    ]
    return ["n = data[p]", "if n:", *_indented(found), "else:", *_indented([*zero, "p += 1"])]


def _indented(lines: Lines) -> Lines:
    return [f" {line}" for line in lines]


def no_branch(data: bytes, at: int) -> None:
    """Raises AvroFormError: neither null nor a value."""
    raise AvroFormError(f"byte {at}: {data[at]} where 0 (null) or 2 (a value) should stand")


def no_bool(data: bytes, at: int) -> None:
    """Raises AvroFormError: neither true nor false."""
    raise AvroFormError(f"byte {at}: {data[at]} where 0 (false) or 1 (true) should stand")


def no_value(at: int) -> None:
    """Raises AvroFormError: a number that belongs to a value stands beside null."""
    raise AvroFormError(f"byte {at}: a number beside a value that is null")


def number(data: bytes, at: int) -> tuple[int, int]:
    """(Number of an enum beside its symbol, position behind it)."""
    if data[at] != _SOME:
        no_branch(data, at)
    return read_long(data, at + 1)


def numbers(data: bytes, at: int, target: Any, values: list[int]) -> int:
    """Repeated enums."""
    indexes, at = _longs(data, at)
    if data[at] == _NULL:
        target.extend([values[_position(index, values)] for index in indexes])
        return at + 1
    beside, at = _beside(data, at, len(indexes))
    target.extend(beside)
    return at


def _position(index: int, values: list[int]) -> int:
    if not 0 <= index < len(values):
        raise AvroFormError(f"symbol {index} of an enum with {len(values)}")
    return index


def instant(data: bytes, at: int, target: Timestamp) -> int:
    """A time that is present, with its nanoseconds; the position behind them."""
    if data[at] != _SOME:
        no_branch(data, at)
    micros, at = read_long(data, at + 1)
    nanos = 0
    if data[at] == _NULL:
        at += 1
    else:
        nanos, at = number(data, at)
    set_time(target, micros, nanos)
    return at


def instants(data: bytes, at: int, target: Any) -> int:
    """Repeated times; the position behind them."""
    times, at = _longs(data, at)
    nanos = [0] * len(times)
    if data[at] == _NULL:
        at += 1
    else:
        nanos, at = _beside(data, at, len(times))
    for micros, rest in zip(times, nanos, strict=True):
        set_time(target.add(), micros, rest)
    return at


def set_time(target: Timestamp, micros: int, nanos: int) -> None:
    """Microseconds since 1970 and the nanoseconds after them. Raises AvroFormError."""
    if not 0 <= nanos < 1000:
        raise AvroFormError(f"{nanos} nanoseconds beside microseconds: 0 to 999 belong there")
    target.seconds, rest = divmod(micros, 1_000_000)
    target.nanos = rest * 1000 + nanos


def _beside(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    if data[at] != _SOME:
        no_branch(data, at)
    found, at = _longs(data, at + 1)
    if len(found) != count:
        raise AvroFormError(f"byte {at}: {len(found)} numbers beside {count} values")
    return found, at


def _longs(data: bytes, at: int) -> tuple[list[int], int]:
    found: list[int] = []
    count, at = read_block(data, at)
    while count:
        for _ in range(count):
            value, at = read_long(data, at)
            found.append(value)
        count, at = read_block(data, at)
    return found, at
