"""Writes schemas/avro/<full name>.avsc for every type that has an Avro form.

`python -m schemas.avro.generate`, after `make setup` has written build/contract.binpb.
"""

import json
from pathlib import Path

from schemas.avro.catalog import TYPES, descriptor_of
from schemas.avro.projection import Comments, project
from schemas.contract_comments import contract_comments

FOLDER = Path(__file__).parent


def schemas(comments: Comments) -> dict[str, str]:
    """File name → content."""
    return {
        f"{name}.avsc": json.dumps(
            project(descriptor_of(name), comments), indent=1, ensure_ascii=False
        )
        + "\n"
        for name in TYPES
    }


if __name__ == "__main__":
    for name, content in schemas(contract_comments()).items():
        (FOLDER / name).write_text(content, encoding="utf-8")
