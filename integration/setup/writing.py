"""YAML as a person would write it: a comment at each key, and texts quoted where they must be."""

import json
import re
from collections.abc import Iterable, Iterator

PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9_./-]*")
_WORDS_OF_YAML = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def text(value: str) -> str:
    """A text as a YAML scalar that is read back as this text."""
    plain = PLAIN.fullmatch(value) and value.lower() not in _WORDS_OF_YAML and value != "."
    return value if plain else json.dumps(value, ensure_ascii=False)


def texts(values: Iterable[str]) -> str:
    """A list of texts in brackets."""
    return f"[{', '.join(text(value) for value in values)}]"


def line(key: str, value: str, comment: str = "", indent: int = 0) -> str:
    """A key with its value and a comment."""
    left = f"{' ' * indent}{key}: {value}".rstrip()
    return f"{left:<38} # {comment}" if comment else left


def head(program: str, guide: str) -> Iterator[str]:
    """The first lines of a file."""
    yield f"# {program}：由 yrd config init 写成，可以修改；相对路径从本文件所在目录算起。"
    yield f"# Settings of `{program}`, written by `yrd config init`; change them as you like. Relative paths"
    yield f"# start at the folder of this file. All keys: {guide}. 检查 check: yrd config check FILE"


def joined(folder: str, name: str) -> str:
    """A file's path in a folder as it was answered."""
    return name if folder in ("", ".") else f"{folder.rstrip('/')}/{name}"
