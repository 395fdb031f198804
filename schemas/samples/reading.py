"""Reads the samples: `<type>/valid/<name>.json` and `<type>/invalid/<name>.json`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.catalog import BODY_FIELDS, type_name
from schemas.json_faults import find_fault
from schemas.json_form import JsonFormError, draft_from_dict, text_of
from yrd.exchange.v1.message_pb2 import Draft

FOLDER = Path(__file__).parent
PARTICIPANTS = frozenset(["310000", "320000", "330000", "340000", "joint"])
_REQUIRED: dict[str, tuple[str, ...]] = {
    "valid": ("about", "participant", "draft"),
    "invalid": ("about", "participant", "violates", "draft"),
}
_ALLOWED = {"valid": {*_REQUIRED["valid"], "after"}, "invalid": {*_REQUIRED["invalid"]}}


class SampleError(ValueError):
    """A sample that is malformed or not what it says of itself; the text names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that an invalid sample breaks: the field's path in the draft, and the rule's id."""

    field: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample.

    `type` is the full name of the body's type, `participant` whose gateway may publish it, `violates`
    all that an invalid one breaks, in order (empty for a valid one). `after` names valid samples of the
    same type that must come before it, oldest first, since they tell of the same entity.
    """

    type: str
    name: str
    about: str
    participant: str
    draft: Draft
    violates: tuple[Breach, ...]
    after: tuple[str, ...]
    path: Path

    @property
    def id(self) -> str:
        """Type, verdict and name, for example "yrd.hazmat.v1.Waybill/valid/full"."""
        return f"{self.type}/{self.path.parent.name}/{self.name}"


def valid_samples(type: str | None = None, folder: Path = FOLDER) -> tuple[Sample, ...]:
    """Valid samples of a type (full name), or of all. Raises SampleError."""
    return _samples("valid", type, folder)


def invalid_samples(type: str | None = None, folder: Path = FOLDER) -> tuple[Sample, ...]:
    """Invalid samples of a type (full name), or of all. Raises SampleError."""
    return _samples("invalid", type, folder)


def _samples(verdict: str, type: str | None, folder: Path) -> tuple[Sample, ...]:
    if type is not None and type not in BODY_FIELDS:
        raise SampleError(f"{type!r} is no body type: use one of {', '.join(BODY_FIELDS)}")
    names = BODY_FIELDS if type is None else (type,)
    return tuple(
        read_sample(path) for name in names for path in sorted(_files(folder / name / verdict))
    )


def _files(folder: Path) -> Iterable[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.suffix != ".json":
            raise SampleError(f"{path}: a folder of samples holds JSON files only; move it away")
        yield path


def read_sample(path: Path) -> Sample:
    """Reads one file; its folders say type and verdict. Raises SampleError."""
    verdict, type_of_folder = path.parent.name, path.parent.parent.name
    where = f"{type_of_folder}/{verdict}/{path.name}"
    if type_of_folder not in BODY_FIELDS or verdict not in _ALLOWED:
        raise SampleError(f"{where}: put it into <type>/valid or <type>/invalid of a body type")
    content = _content(path, where)
    _require_keys(content, verdict, where)
    try:
        draft = draft_from_dict(content["draft"], f"{where}: draft")
    except JsonFormError as error:
        raise SampleError(str(error)) from None
    _require_type(draft, type_of_folder, where)
    return Sample(
        type=type_of_folder,
        name=path.stem,
        about=content["about"],
        participant=content["participant"],
        draft=draft,
        violates=_breaches(content.get("violates", []), where),
        after=_names(content.get("after", []), where),
        path=path,
    )


def _content(path: Path, where: str) -> dict[str, Any]:
    try:
        text = text_of(path.read_bytes(), where)
    except JsonFormError as error:
        raise SampleError(str(error)) from None
    except OSError as error:
        raise SampleError(f"{where}: {error.strerror}: make it readable") from None
    fault = find_fault(text)
    if fault is not None:
        raise SampleError(f"{where}: line {fault.line}: {fault.path}: {fault.words}")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise SampleError(
            f"{where}: line {error.lineno}: not JSON: {error.msg}; correct it there"
        ) from None
    if not isinstance(content, dict):
        raise SampleError(f"{where}: expected an object with about, participant and draft")
    return content


def _require_keys(content: dict[str, Any], verdict: str, where: str) -> None:
    unknown = content.keys() - _ALLOWED[verdict]
    if unknown:
        allowed = ", ".join(sorted(_ALLOWED[verdict]))
        raise SampleError(f"{where}: unknown key {min(unknown)!r}: use {allowed}")
    missing = [key for key in _REQUIRED[verdict] if key not in content]
    if missing:
        raise SampleError(f"{where}: key {missing[0]!r} is missing: add it")
    about, participant = content["about"], content["participant"]
    if not isinstance(about, str) or not about.strip():
        raise SampleError(
            f"{where}: about: say in one sentence each, Chinese and English, what it shows"
        )
    if participant not in PARTICIPANTS:
        known = ", ".join(sorted(PARTICIPANTS))
        raise SampleError(f"{where}: participant {participant!r} is not known: use one of {known}")
    if verdict == "invalid" and not content["violates"]:
        raise SampleError(f"{where}: violates is empty: name the rule, or move the file to valid")


def _require_type(draft: Draft, wanted: str, where: str) -> None:
    """A sample without a body is one of the type in whose folder it lies."""
    found = type_name(draft)
    if found is not None and found != wanted:
        raise SampleError(f"{where}: the body is {found}: move the file to {found}")


def _breaches(value: Any, where: str) -> tuple[Breach, ...]:
    if not isinstance(value, list) or not all(_is_breach(item) for item in value):
        raise SampleError(
            f'{where}: violates: use [{{"field": "<path in the draft>", "rule": "<id>"}}]'
        )
    return tuple(Breach(item["field"], item["rule"]) for item in value)


def _is_breach(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and item.keys() == {"field", "rule"}
        and all(isinstance(text, str) for text in item.values())
    )


def _names(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise SampleError(f"{where}: after: use a list of names of valid samples of this type")
    return tuple(value)
