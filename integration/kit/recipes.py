"""Drafts from recipes: a base of drafts.yaml, changed, and bytes that no library would make."""

import re
import time
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.timestamp_pb2 import Timestamp

from integration.kit import wire
from integration.kit.expressions import evaluate
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft

_CHANGES = ("set", "clear", "times", "unknown", "replace", "groups", "messages")
KEYS = frozenset(["base", "entity", "raw", "again", "copies", *_CHANGES])
"""What a recipe may say; see docs/contract-kit.md."""
HEADER = "header"
"""The base that has no body."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NOW = re.compile(r"now([+-]\d+)(s|m|h|d)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")


class RecipeError(ValueError):
    """A recipe that makes no draft; the text says which key and why."""


@dataclass(frozen=True, slots=True)
class Made:
    """A draft, and the bytes that are sent for it (which need not be a draft any more)."""

    draft: Draft
    data: bytes


@cache
def bases() -> Mapping[str, Any]:
    """The bases of drafts.yaml by name, and "header"."""
    text = Path(__file__).with_name("drafts.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def value_of(value: Any, names: Mapping[str, Any]) -> Any:
    """A value of a case file: "=…" is evaluated, {name} filled in, now-60s becomes a time, and
    {repeat: x, times: 3} becomes "xxx"."""
    if isinstance(value, list):
        return [value_of(item, names) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"repeat", "times"}:
            return str(value["repeat"]) * int(value["times"])
        return {key: value_of(item, names) for key, item in value.items()}
    return _text(value, names) if isinstance(value, str) else value


def _text(text: str, names: Mapping[str, Any]) -> Any:
    if text.startswith("="):
        return evaluate(text[1:], names)
    moment = _NOW.fullmatch(text)
    if moment:
        return _moment(int(moment[1]) * _UNITS[moment[2]])
    return _PLACEHOLDER.sub(lambda found: str(names.get(found[1], found[0])), text)


def _moment(seconds: int) -> str:
    then = datetime.now(UTC) + timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def make(recipe: Any, names: Mapping[str, Any]) -> list[Made]:
    """The drafts of a recipe: one, or as many as `copies` says. Raises RecipeError."""
    wanted: dict[str, Any] = {"base": recipe} if isinstance(recipe, str) else dict(recipe)
    unknown = wanted.keys() - KEYS
    if unknown:
        raise RecipeError(f"{sorted(unknown)[0]}: no key of a draft; known: {sorted(KEYS)}")
    copies = int(value_of(wanted.pop("copies", 1), names))
    return [_one(wanted, names) for _ in range(copies)]


def _one(wanted: Mapping[str, Any], names: Mapping[str, Any]) -> Made:
    if "raw" in wanted:
        return Made(Draft(), bytes.fromhex(str(wanted["raw"])))
    draft = _again(wanted, names) if "again" in wanted else _fresh(wanted, names)
    for path, content in wanted.get("times", {}).items():
        _message_at(draft, path).CopyFrom(Timestamp(**content))
    for path in wanted.get("unknown", ()):
        _message_at(draft, path).MergeFromString(wire.unknown())
    return Made(draft, _bytes(draft, wanted))


def _again(wanted: Mapping[str, Any], names: Mapping[str, Any]) -> Draft:
    found = evaluate(str(wanted["again"]).removeprefix("="), names)
    draft = Draft()
    draft.CopyFrom(found)
    changes = value_of(wanted.get("set", {}), names)
    if changes:
        fragment: dict[str, Any] = {}
        for path, value in changes.items():
            put(fragment, path, value)
        draft.MergeFrom(_parsed(fragment))
    return draft


def _fresh(wanted: Mapping[str, Any], names: Mapping[str, Any]) -> Draft:
    base = wanted.get("base", "incident")
    known = bases()
    if base not in known:
        raise RecipeError(f"base: {base!r} is not in drafts.yaml; known: {sorted(known)}")
    body = {} if base == HEADER else value_of(deepcopy(known[base]), names)
    content = {"header": _header(wanted, names), **body}
    for path, value in wanted.get("set", {}).items():
        put(content, path, value_of(value, names))
    for path in wanted.get("clear", ()):
        put(content, path, None)
    return _parsed(content)


def _header(wanted: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    message_id = message_ids.new(time.time_ns() // 1_000_000)
    entity = value_of(wanted.get("entity", message_id[-12:]), names)
    made: dict[str, Any] = value_of(deepcopy(bases()[HEADER]), names)
    return {"message_id": message_id, "entity_id": f"{names['scope']}/{entity}", **made}


def _parsed(content: Mapping[str, Any]) -> Draft:
    try:
        return ParseDict(dict(content), Draft())
    except ParseError as error:
        raise RecipeError(f"set: {error}") from None


def _bytes(draft: Draft, wanted: Mapping[str, Any]) -> bytes:
    data = draft.SerializeToString()
    if "replace" in wanted:
        old, new = str(wanted["replace"]["text"]).encode(), bytes.fromhex(wanted["replace"]["by"])
        if len(old) != len(new) or data.count(old) != 1:
            raise RecipeError(f"replace: {old!r} must stand there once, and `by` be as long")
        data = data.replace(old, new)
    data += wire.nested_groups(wanted.get("groups", 0))
    return data + wire.nested_messages(wanted.get("messages", 0))


def put(content: dict[str, Any], path: str, value: Any) -> None:
    """Sets a value in nested objects and lists, for example at "waybill.goods[0].un_number"."""
    keys = [int(index) if index else name for name, index in _PART.findall(path)]
    here: Any = content
    for key, following in pairwise(keys):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(key, int):
            while len(here) <= key:
                here.append(empty)
        elif here.get(key) is None:
            here[key] = empty
        here = here[key]
    _assign(here, keys[-1], value)


def _assign(here: Any, key: Any, value: Any) -> None:
    """None takes the value away."""
    if isinstance(here, list) and key == len(here):
        here.append(value)
    elif value is None:
        here.pop(key, None)
    else:
        here[key] = value


def _message_at(draft: Draft, path: str) -> Any:
    found: Any = draft
    for name, index in _PART.findall(path):
        found = found[int(index)] if index else getattr(found, name)
    return found
