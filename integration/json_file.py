"""Results as JSON, for programs."""

import json
from pathlib import Path
from typing import Any


def write(file: Path, value: Any) -> None:
    """Writes to the file, or prints if it is named "-"."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if str(file) == "-":
        print(text)
    else:
        file.write_text(f"{text}\n", encoding="utf-8")
