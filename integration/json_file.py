"""Results as JSON, for programs."""

import json
from pathlib import Path
from typing import Any


def require_writable(file: Path) -> None:
    """To be called before long work whose results are to be written. Raises OSError."""
    if str(file) != "-":
        file.open("a").close()


def write(file: Path, value: Any) -> None:
    """Writes to the file, or prints if it is named "-"."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if str(file) == "-":
        print(text)
    else:
        file.write_text(f"{text}\n", encoding="utf-8")
