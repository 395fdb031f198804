"""Event time throughout: nothing that makes a picture asks what time it is where it runs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pipelines

FOLDER = Path(pipelines.__file__).parent
SHELL = {"running/live.py", "running/gateway_source.py", "beam/kafka_source.py"}
"""They hand the clock in, and wait."""
ASKING = {"now", "today", "utcnow", "time_ns", "monotonic", "localtime", "gmtime"}


def clocks(source: str) -> Iterator[str]:
    """Where a program asks for the time."""
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in ASKING:
            yield f"{called.lineno}: {called.attr}"
        if isinstance(node, ast.Import) and any(name.name == "time" for name in node.names):
            yield f"{node.lineno}: import time"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield f"{node.lineno}: from time"


def test_no_clock() -> None:
    pure = [path for path in FOLDER.rglob("*.py") if str(path.relative_to(FOLDER)) not in SHELL]
    assert len(pure) > 20
    asking = {path.name: list(clocks(path.read_text(encoding="utf-8"))) for path in pure}
    assert {name: where for name, where in asking.items() if where} == {}


def test_the_shell_has_one() -> None:
    """So that this file would notice."""
    for name in SHELL:
        assert list(clocks((FOLDER / name).read_text(encoding="utf-8")))
