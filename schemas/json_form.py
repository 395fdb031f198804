"""The JSON form of messages: canonical ProtoJSON, read strictly."""

import json
from typing import Any, NoReturn

from google.protobuf import json_format
from google.protobuf.message import Message

from yrd.exchange.v1.message_pb2 import Draft

MAX_DEPTH = 100


class JsonFormError(ValueError):
    """JSON that is not a message; the text names source, line or field, and what to do."""


def drafts_from_json(text: str, source: str) -> list[Draft]:
    """Reads one draft, an array of drafts, or one draft a line. Raises JsonFormError."""
    values = _values(text, source)
    drafts = []
    for number, value in enumerate(values, 1):
        where = source if len(values) == 1 else f"{source}: item {number}"
        drafts.append(draft_from_dict(value, where))
    return drafts


def draft_from_dict(value: Any, where: str) -> Draft:
    """Reads a draft from parsed JSON. `where` is named in errors. Raises JsonFormError."""
    if not isinstance(value, dict):
        raise JsonFormError(f"{where}: expected an object with header and body")
    try:
        return json_format.ParseDict(value, Draft(), max_recursion_depth=MAX_DEPTH)
    except json_format.ParseError as error:
        text = str(error).replace("yrd.exchange.v1.", "")
        raise JsonFormError(f"{where}: {text}; `yrd template` shows the form") from None


def to_json(message: Message, indent: int | None = None) -> str:
    """Canonical ProtoJSON; enums by name, Chinese as it is."""
    return json_format.MessageToJson(message, indent=indent, ensure_ascii=False)


def _values(text: str, source: str) -> list[Any]:
    try:
        value = _parse(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise JsonFormError(f"{source}: line {error.lineno}: not JSON: {error.msg}") from None
        lines = enumerate(text.splitlines(), 1)
        return [_line(line, f"{source}: line {n}") for n, line in lines if line.strip()]
    except (ValueError, RecursionError) as error:
        raise JsonFormError(f"{source}: {error}") from None
    return value if isinstance(value, list) else [value]


def _line(line: str, where: str) -> Any:
    try:
        return _parse(line)
    except json.JSONDecodeError as error:
        raise JsonFormError(f"{where}: not JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise JsonFormError(f"{where}: not JSON: {error}") from None


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object: keep one")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number: leave the field out if it is unknown")
