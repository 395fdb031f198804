"""The JSON form of messages: canonical ProtoJSON, read strictly.

What it can't carry: unknown protobuf fields, which a gateway refuses anyway. An enum's number without
a name is written and read as the number; NaN and the infinities as strings, "NaN".
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from schemas.json_faults import MAX_DEPTH, find_fault, has_half_characters
from schemas.json_types import kind_of, wrong_value
from yrd.exchange.v1.message_pb2 import Draft

_BOM = "\ufeff"
_LINE = re.compile(r"\S[^\n]*")
_Made = TypeVar("_Made", bound=Message)


class JsonFormError(ValueError):
    """JSON that is not a message; the text names source, line or item, field, and what to do.

    `field` and `remedy` say the same apart, where the fault is that of a field.
    """

    def __init__(self, text: str, field: str = "", remedy: str = "") -> None:
        super().__init__(text)
        self.field, self.remedy = field, remedy or text


def text_of(data: bytes, source: str) -> str:
    """The text of a file. Raises JsonFormError where it is not UTF-8, and names the line."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise JsonFormError(
            f"{source}: line {line}: byte {data[error.start]:02x} is not UTF-8: save the file as "
            "UTF-8 (from GBK: `iconv -f GB18030 -t UTF-8`)"
        ) from None


def drafts_from_json(text: str, source: str) -> list[Draft]:
    """Reads one draft, an array of drafts, or one draft a line. Raises JsonFormError."""
    return [draft_from_dict(value, where) for where, value in values_in(text, source)]


def draft_from_dict(value: Any, where: str) -> Draft:
    """Reads a draft from parsed JSON. `where` is named in errors. Raises JsonFormError."""
    return _filled(Draft(), value, where)


def from_json(kind: type[_Made], text: str, source: str) -> _Made:
    """Reads one message of a type. Raises JsonFormError."""
    return _filled(kind(), _parsed(text, source), source)


def to_json(message: Message, indent: int | None = None) -> str:
    """Canonical ProtoJSON; enums by name, Chinese as it is."""
    return json_format.MessageToJson(message, indent=indent, ensure_ascii=False)


def _filled(message: _Made, value: Any, where: str) -> _Made:
    if not isinstance(value, dict):
        raise JsonFormError(f"{where}: {kind_of(value)} where {_form(message)}")
    descriptor: Any = message.DESCRIPTOR
    wrong = wrong_value(value, descriptor)
    if wrong:
        field, _, remedy = wrong.partition(": ")
        raise JsonFormError(f"{where}: {wrong}{_hint(message)}", field, remedy)
    try:
        return json_format.ParseDict(value, message, max_recursion_depth=MAX_DEPTH)
    except json_format.ParseError as error:
        words = str(error).replace("yrd.exchange.v1.", "")
    except (ValueError, OverflowError) as error:
        words = str(error)
    raise JsonFormError(f"{where}: {words}: correct it{_hint(message)}")


def _hint(message: Message) -> str:
    return "; `yrd template` shows the form" if isinstance(message, Draft) else ""


def _form(message: Message) -> str:
    if isinstance(message, Draft):
        return f"expected an object with header and body{_hint(message)}"
    return f"expected an object: the form of {message.DESCRIPTOR.full_name}"


def values_in(text: str, source: str, most: int | None = None) -> list[tuple[str, Any]]:
    """Each value of one value, an array, or a value a line, with the place where it stands.

    Of an array or of lines no more are given than one beyond `most`. Raises JsonFormError.
    """
    try:
        value = _loads(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise _refusal(error, text, source) from None
        told = islice(_lines(text), None if most is None else most + 1)
        places = ((f"{source}: line {number}", line) for number, line in told)
        return [(where, _parsed(line, where)) for where, line in places]
    except (ValueError, RecursionError) as error:
        raise _refusal(error, text, source) from None
    if not isinstance(value, list):
        return [(source, value)]
    if len(value) == 1:
        return [(source, value[0])]
    items = value if most is None else value[: most + 1]
    return [(f"{source}: item {number}", item) for number, item in enumerate(items, 1)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their numbers."""
    number, counted = 1, 0
    for found in _LINE.finditer(text):
        begin = text.rfind("\n", counted, found.start()) + 1
        number += text.count("\n", counted, found.start())
        counted = found.start()
        yield number, text[begin : found.end()]


def _parsed(text: str, where: str) -> Any:
    try:
        return _loads(text)
    except (ValueError, RecursionError) as error:
        raise _refusal(error, text, where) from None


def _loads(text: str) -> Any:
    if text.startswith(_BOM):
        raise ValueError("begins with a byte order mark: save the file as UTF-8 without BOM")
    if has_half_characters(text):
        raise ValueError("half a character: send the whole character")
    return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object: keep one")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number: leave the field out if it is unknown")


def _refusal(error: Exception, text: str, where: str) -> JsonFormError:
    """Names the line unless `where` does, which stands for one line then."""
    fault = None if isinstance(error, json.JSONDecodeError) else find_fault(text)
    if isinstance(error, json.JSONDecodeError):
        line, words = (
            error.lineno,
            f"not JSON: {error.msg} (column {error.colno}): correct it there",
        )
    elif fault is None:
        return JsonFormError(f"{where}: {error}")
    else:
        line = fault.line
        words = f"{fault.path}: {fault.words}" if fault.path else fault.words
    inside = f"line {line}: " if "\n" in text or ": line " not in where else ""
    return JsonFormError(f"{where}: {inside}{words}")
