"""Files that are made from the descriptor of each type that has an Avro form."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from google.protobuf.descriptor import Descriptor

from schemas.avro.catalog import TYPES, descriptor_of

Comments = Mapping[str, str]


def projected(
    project: Callable[[Descriptor, Comments], Any], suffix: str, comments: Comments
) -> dict[str, str]:
    """File name (full name of the type and `suffix`) → its projection as JSON."""
    found = {name: project(descriptor_of(name), comments) for name in TYPES}
    return {
        f"{name}{suffix}": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in found.items()
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Writes them all."""
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
