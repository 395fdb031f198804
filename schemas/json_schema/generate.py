"""Writes schemas/json_schema/<full name>.schema.json for Message, Draft and every body type.

`python -m schemas.json_schema.generate`, after `make setup` has written build/contract.binpb.
"""

from pathlib import Path

from schemas.contract_comments import contract_comments
from schemas.generating import projected, write
from schemas.json_schema.projection import project
from schemas.json_schema.values import Comments

FOLDER = Path(__file__).parent


def schemas(comments: Comments) -> dict[str, str]:
    """File name → content."""
    return projected(project, ".schema.json", comments)


if __name__ == "__main__":
    write(FOLDER, schemas(contract_comments()))
