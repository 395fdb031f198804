"""Fields that CAP has no element for travel as parameters: `yrd:header.revision` = "2".

Only what a reader of the alert alone would get otherwise is written; the value is the field's ProtoJSON,
empty for a field that is not there.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import json_format

from integration.cap.alert import Named
from integration.cap.remarks import refusal
from integration.cap.writing import escaped
from schemas.json_form import JsonFormError, from_json
from yrd.exchange.v1.message_pb2 import Draft

PREFIX = "yrd:"
_PARTS = ("header", "early_warning")
MARK = "header.message_id"
ALWAYS = (MARK, "header.entity_id", "header.revision")


def mark(told: Draft) -> Iterator[Named]:
    """The parameter by which an info is known as written from a message."""
    yield Named(f"{PREFIX}{MARK}", _json(told.header, "message_id"))


def differences(read: Draft, told: Draft) -> Iterator[Named]:
    """Parameters that turn what would be read into what is told."""
    for part in _PARTS:
        one, other = getattr(read, part), getattr(told, part)
        for field in other.DESCRIPTOR.fields:
            path = f"{part}.{field.name}"
            value = _json(other, field.name)
            if path in ALWAYS or value != _json(one, field.name):
                yield Named(PREFIX + path, value)


def apply(draft: Draft, parameters: Iterable[Named]) -> None:
    """Sets the fields that parameters tell. Raises CapRefused."""
    for named in parameters:
        if named.value_name.startswith(PREFIX):
            _set(draft, named.value_name[len(PREFIX) :], named.value)


def _json(message: Any, name: str) -> str:
    alone = type(message)()
    alone.CopyFrom(message)
    for field in message.DESCRIPTOR.fields:
        if field.name != name:
            alone.ClearField(field.name)
    values = list(json_format.MessageToDict(alone).values())
    return escaped(json.dumps(values[0], ensure_ascii=False)) if values else ""


def _set(draft: Draft, path: str, value: str) -> None:
    part, _, name = path.partition(".")
    message: Any = getattr(draft, part) if part in _PARTS else None
    field = message.DESCRIPTOR.fields_by_name.get(name) if message is not None else None
    if field is None:
        raise refusal(
            f"alert.info.parameter {PREFIX}{path}",
            "cap.kept",
            "没有此字段，删去 no such field: remove it",
        )
    message.ClearField(name)
    if not value:
        return
    try:
        text = f'{{"{field.json_name}": {value}}}'
        message.MergeFrom(from_json(type(message), text, f"{PREFIX}{path}"))
    except JsonFormError as error:
        raise refusal(f"alert.info.parameter {PREFIX}{path}", "cap.kept", str(error)) from None
