"""What a case does, why the contract asks for it, and where to look in one's own implementation."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.json_format import MessageToDict, SerializeToJsonError

from integration.kit.actions import ACTIONS
from integration.kit.model import Case, Step
from integration.kit.recipes import RecipeError, make
from yrd.exchange.v1.message_pb2 import Draft

SAMPLE = "sample"
DESCRIPTORS = Path(__file__).parents[2] / "build" / "contract.binpb"
_NAMES = {
    "participant": "310000",
    "peer": "320000",
    "stranger": "330000",
    "run": "0a1b2c3d",
    "slug": "example",
    "scope": "310000/kit/example",
    "limit": 1 << 20,
    "quota": 0,
    "shared": {},
    "zero": "00" * 32,
}


def explain(case: Case) -> str:
    """As Markdown."""
    parts = [
        f"# {case.full_name}\n{case.title}\n",
        f"Profile {case.profile}; {case.source}\n",
        f"## What it does\n{case.about}\n",
        "\n".join(_steps(case)),
        f"\n## Why the contract asks for it\n{case.why}\n",
        *(_reference(name) for name in case.contract),
    ]
    example = _example(case)
    if example:
        parts.append(f"\n## An example request\n{example}\n")
    parts.append(f"\n## What to check in your implementation\n{case.look}")
    return "\n".join(part for part in parts if part)


def _steps(case: Case) -> Iterator[str]:
    for number, step in enumerate(case.steps, 1):
        called = (
            f" ({ACTIONS[step.action].about}, as {step.caller})" if step.action in ACTIONS else ""
        )
        body: dict[str, Any] = {step.action: _shown(step)}
        if step.expect is not None:
            body["expect"] = step.expect
        text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=96).rstrip()
        yield f"{number}. {step.action}{called}\n" + "\n".join(
            f"       {x}" for x in text.splitlines()
        )


def _shown(step: Step) -> Any:
    """A step's argument; drafts of a sample are shown as the example request."""
    if step.action != SAMPLE:
        return step.argument
    violates = [f"{field or 'message'} ({rule})" for field, rule in step.argument["violates"]]
    return {"participant": step.argument["participant"], "violates": violates}


def _reference(name: str) -> str:
    comment = _comments().get(name, "")
    return f"- `{name}`{': ' + comment if comment else ''}"


@cache
def _comments() -> dict[str, str]:
    """Full name → comment in the protos; empty where the descriptors were not built."""
    if not DESCRIPTORS.exists():
        return {}
    found: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(DESCRIPTORS.read_bytes()).file:
        for location in file.source_code_info.location:
            if location.leading_comments:
                name = _name(file, list(location.path))
                if name:
                    found[f"{file.package}.{name}"] = " ".join(location.leading_comments.split())
    return found


def _name(descriptor: Any, path: list[int]) -> str:
    """The dotted name that a location's path leads to; path is pairs of field number and index."""
    names = []
    for field, index in zip(path[::2], path[1::2], strict=False):
        children = descriptor.DESCRIPTOR.fields_by_number.get(field)
        if children is None or not children.is_repeated or children.message_type is None:
            return ""
        descriptor = getattr(descriptor, children.name)[index]
        if "name" not in descriptor.DESCRIPTOR.fields_by_name:
            return ""
        names.append(descriptor.name)
    return ".".join(names) if len(path) % 2 == 0 else ""


def _example(case: Case) -> str:
    for step in case.steps:
        made = _request(step)
        if made is not None:
            about, content = made
            text = json.dumps(content, ensure_ascii=False, indent=2)
            return f"`{about}`:\n```json\n{text}\n```"
    return ""


def _request(step: Step) -> tuple[str, Any] | None:
    """Method and request of a step as ProtoJSON, where it can be written so."""
    try:
        if step.action == SAMPLE:
            return _published(step.argument["drafts"])
        if step.action == "publish" and isinstance(step.argument, list):
            made = [make(recipe, _NAMES)[0].draft for recipe in step.argument[:2]]
            return _published(made)
    except (RecipeError, SerializeToJsonError, NameError, AttributeError, LookupError):
        return None  # it needs what an earlier step has saved, or bytes that JSON can't say
    if step.action in ("get", "list", "subscribe", "acknowledge", "call"):
        return ACTIONS[step.action].about, step.argument
    return None


def _published(drafts: Sequence[Draft]) -> tuple[str, Any]:
    return ACTIONS["publish"].about, {"drafts": [MessageToDict(draft) for draft in drafts]}
