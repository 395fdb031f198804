"""Writes schemas/json_schema/<full name>.schema.json for Message, Draft and every body type.

`python -m schemas.json_schema.generate`, after `make setup` has written build/contract.binpb.
"""

import json
from pathlib import Path

from schemas.avro.catalog import TYPES, descriptor_of
from schemas.contract_comments import contract_comments
from schemas.json_schema.projection import project
from schemas.json_schema.values import Comments

FOLDER = Path(__file__).parent


def schemas(comments: Comments) -> dict[str, str]:
    """File name → content."""
    return {
        f"{name}.schema.json": json.dumps(
            project(descriptor_of(name), comments), indent=1, ensure_ascii=False
        )
        + "\n"
        for name in TYPES
    }


if __name__ == "__main__":
    for name, content in schemas(contract_comments()).items():
        (FOLDER / name).write_text(content, encoding="utf-8")
