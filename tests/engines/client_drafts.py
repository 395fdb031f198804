"""Drafts that clients are tried with, and messages that they are sent."""

import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from integration import templates
from schemas.json_form import to_json
from tests.engines.conftest import ROOT
from tests.support.builders import NOW, draft, message, need
from yrd.exchange.v1.message_pb2 import Draft, Message

FIELD_1999 = b"\xfa\x7c\x02\x08\x01"
"""A body under a number that this contract does not have."""


def fresh(kind: str) -> Draft:
    """A draft like the type's smallest sample, with ids of its own."""
    return templates.make(templates.samples_of(kind)["minimal"])


def file_of(folder: Path, made: Draft, name: str = "") -> Path:
    """The draft as a file for the publisher."""
    path = folder / f"{name or made.header.message_id}.json"
    path.write_text(to_json(made), encoding="utf-8")
    return path


def as_draft(found: Message) -> Draft:
    """The draft that a message was."""
    for field in ("stamp", "receipt"):
        found.ClearField(field)
    return Draft.FromString(found.SerializeToString())


def samples() -> list[tuple[str, Draft]]:
    """The contract's valid samples by name."""
    found = []
    for path in sorted((ROOT / "schemas" / "samples").glob("*/valid/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))["draft"]
        found.append((f"{path.parent.parent.name}.{path.stem}", parsed(content)))
    return found


def parsed(content: dict[str, Any]) -> Draft:
    """A draft from its JSON value."""
    return json_format.ParseDict(content, Draft())


def large() -> Draft:
    """About 300 kB."""
    made = fresh("incident_report")
    for number in range(100):
        content = need(1, f"line-{number}", note="泵" * 1000)
        json_format.ParseDict(content, made.incident_report.needs.add())
    return made


def from_a_later_contract() -> list[Message]:
    """A type that is not known here, an enum's value that is not, and groups that are not shared."""
    made = [
        draft(entity="310000/1", told=NOW),
        fresh("hazmat_alert"),
        draft(entity="310000/3", told=NOW),
    ]
    unknown, strange, redacted = (message("310000", n, one) for n, one in enumerate(made))
    unknown.ClearField("incident_report")
    unknown.MergeFromString(FIELD_1999)
    strange.hazmat_alert.kind = 99  # type: ignore[assignment]  # no value of the enum
    redacted.receipt.absent_groups.extend(["personal.reporter", "personal.x"])
    return [unknown, strange, redacted]
