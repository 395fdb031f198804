"""What EDXL-RM has no element for travels as keywords: `urn:yrd:header.revision` = "2".

A keyword names a field and holds its ProtoJSON, or nothing for a field that is not there. Only what a reader
of the message alone would get otherwise is written: of the whole in the envelope, of a line in its Resource.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from integration.cap.remarks import refusal
from integration.cap.writing import escaped
from integration.edxl.document import Listed
from schemas.json_form import JsonFormError, from_json

PREFIX = "urn:yrd:"
_TIMESTAMP = "google.protobuf.Timestamp"


def differences(
    read: Message, told: Message, above: str = "", without: frozenset[str] = frozenset()
) -> Iterator[Listed]:
    """Keywords that turn what would be read into what is told; not of the fields in `without`."""
    one, other = dict(_set_fields(read)), dict(_set_fields(told))
    for field in told.DESCRIPTOR.fields:
        name = field.name
        before, after = one.get(name), other.get(name)
        if name in without or before == after:
            continue
        if _is_part(field) and before is not None and after is not None:
            yield from differences(before, after, f"{above}{name}.")
        else:
            yield Listed(f"{PREFIX}{above}{name}", value_of(told, name))


def _set_fields(message: Message) -> Iterator[tuple[str, Any]]:
    for field, value in message.ListFields():
        yield field.name, list(value) if field.is_repeated else value


def _is_part(field: Any) -> bool:
    """A message that is not repeated, and has fields of its own to be compared."""
    kind = field.message_type
    return kind is not None and not field.is_repeated and kind.full_name != _TIMESTAMP


def apply(message: Any, keywords: Iterable[Listed], parts: tuple[str, ...] = ()) -> None:
    """Sets the fields that keywords name; with `parts`, only those inside these fields. Raises CapRefused."""
    for keyword in keywords:
        if not keyword.urn.startswith(PREFIX):
            continue
        path = keyword.urn[len(PREFIX) :]
        *above, name = path.split(".")
        if parts and (not above or above[0] not in parts):
            raise _refused(path, "没有此字段，删去 no such field: remove it")
        _set(_inside(message, above, path), name, keyword.value, path)


def _inside(message: Any, above: list[str], path: str) -> Any:
    for step in above:
        field = message.DESCRIPTOR.fields_by_name.get(step)
        if field is None or field.message_type is None or field.is_repeated:
            raise _refused(path, "没有此字段，删去 no such field: remove it")
        message = getattr(message, step)
    return message


def _set(message: Any, name: str, value: str, path: str) -> None:
    field = message.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise _refused(path, "没有此字段，删去 no such field: remove it")
    message.ClearField(name)
    if not value:
        return
    try:
        text = f'{{"{field.json_name}": {value}}}'
        message.MergeFrom(from_json(type(message), text, f"{PREFIX}{path}"))
    except JsonFormError as error:
        raise _refused(path, str(error)) from None
    message.SetInParent()


def value_of(message: Any, name: str) -> str:
    """A field as ProtoJSON whose characters XML holds; empty if it is not there."""
    alone = type(message)()
    alone.CopyFrom(message)
    for field in message.DESCRIPTOR.fields:
        if field.name != name:
            alone.ClearField(field.name)
    values = list(json_format.MessageToDict(alone).values())
    return escaped(json.dumps(values[0], ensure_ascii=False)) if values else ""


def _refused(path: str, remedy: str) -> Exception:
    return refusal(f"{PREFIX}{path}", "edxl.kept", remedy)
