"""Writes schemas/avro/<full name>.avsc for every type that has an Avro form.

`python -m schemas.avro.generate`, after `make setup` has written build/contract.binpb.
"""

from pathlib import Path

from schemas.avro.projection import Comments, project
from schemas.contract_comments import contract_comments
from schemas.generating import projected, write

FOLDER = Path(__file__).parent


def schemas(comments: Comments) -> dict[str, str]:
    """File name → content."""
    return projected(project, ".avsc", comments)


if __name__ == "__main__":
    write(FOLDER, schemas(contract_comments()))
