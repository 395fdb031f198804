"""What a line of a log has, in either form; and that each of our lines begins with the name of an event."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from integration import logs
from integration.logs import FORM, LEVEL, JsonLines, TextLines

ROOT = Path(__file__).parents[3]
ROOMS = ("client", "gateway", "integration", "pipelines", "schemas")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def record(name: str, text: str, **extra: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(
        name, logging.WARNING, "f", 1, text, (), None, extra=extra
    )


def test_a_line_is_an_event_with_its_fields() -> None:
    line = json.loads(JsonLines().format(record("gateway.app", "store_lost", detail="磁盘")))
    assert line.pop("time")
    assert line == {
        "level": "warning",
        "event": "store_lost",
        "logger": "gateway.app",
        "detail": "磁盘",
    }


def test_as_text_it_is_one_line_too() -> None:
    line = TextLines().format(record("gateway.app", "store_lost", detail="磁盘\n满"))
    assert line.partition(" ")[2] == ('warning store_lost logger="gateway.app" detail="磁盘\\n满"')


def test_what_a_library_says_in_its_words_is_no_name_of_an_event() -> None:
    line = json.loads(JsonLines().format(record("grpc._cython", "Something odd happened")))
    assert (line["event"], line["detail"]) == ("library_says", "Something odd happened")


def test_within_a_trace_a_line_names_it() -> None:
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("work") as span:
        inside = json.loads(JsonLines().format(record("gateway.app", "event")))
    place = span.get_span_context()
    assert inside["trace_id"] == trace.format_trace_id(place.trace_id)
    assert inside["span_id"] == trace.format_span_id(place.span_id)
    assert "trace_id" not in json.loads(JsonLines().format(record("gateway.app", "event")))


@pytest.mark.parametrize(
    ("form", "level", "formatter", "number"),
    [
        ("", "", JsonLines, logging.INFO),
        ("text", "warning", TextLines, logging.WARNING),
        ("json", "debug", JsonLines, logging.DEBUG),
    ],
)
def test_the_environment_chooses(
    form: str, level: str, formatter: type, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(logging, "basicConfig", lambda **settings: told.update(settings))
    monkeypatch.setenv(FORM, form)
    monkeypatch.setenv(LEVEL, level)
    logs.to_stderr()
    (handler,) = told["handlers"]
    assert isinstance(handler.formatter, formatter)
    assert told["level"] == number


def said() -> Iterator[tuple[str, ast.expr]]:
    """Where, and what comes first in each call of a logger."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"), attr=attribute)):
                    if attribute in LEVELS:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args[0]


def test_every_line_of_ours_begins_with_an_events_name() -> None:
    found = dict(said())
    assert len(found) > 50
    for where, first in found.items():
        assert isinstance(first, ast.Constant), where
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", str(first.value)), where
