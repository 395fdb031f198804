"""Where engines lie once they were fetched."""

import os
from pathlib import Path

VARIABLE = "YRD_ENGINES"
REMEDY = f"fetch it with `make engines`, or name in {VARIABLE} the folder where it is"
_ROOT = Path(__file__).parents[2]


def folder() -> Path:
    """As the environment says; else build/engines of the working tree, or the user's cache."""
    if VARIABLE in os.environ:
        return Path(os.environ[VARIABLE])
    if (_ROOT / "Makefile").exists():
        return _ROOT / "build" / "engines"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yrd" / "engines"


CACHE = folder()
