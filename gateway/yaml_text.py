"""What a YAML text says, of whoever wrote it."""

from typing import Any

import yaml


def said(text: str, source: str, error: type[Exception]) -> Any:
    """The text's content. Raises `error`, which names the source, if it is no YAML."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:  # a day that no month has
        raise error(f"{source}: not YAML: {problem}") from None
