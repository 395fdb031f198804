"""The JSON Schema of sharing agreements, for authors and their editors; `make contract` writes it."""

import json
from pathlib import Path
from typing import Any

from gateway.sharing.agreement import Agreement

FILE = Path(__file__).parents[1] / "docs" / "agreement.schema.json"


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one agreement, made from the model that reads it."""
    made = Agreement.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def rendered() -> str:
    """The file's text."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
