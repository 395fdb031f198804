"""Structured logs: one event a line on standard error, as JSON or as text. Never with personal data."""

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OURS = frozenset(("client", "gateway", "integration", "pipelines", "schemas", "__main__"))
FOREIGN = "library_says"
"""The event of what a library says in words of its own."""
FORM, LEVEL = "YRD_LOG_FORM", "YRD_LOG_LEVEL"
"""Variables of the environment: json or text; debug, info, warning or error."""


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """Level, event, logger and what was passed as extra; the trace, within one."""
    text, ours = record.getMessage(), record.name.partition(".")[0] in _OURS
    line = {
        "level": record.levelname.lower(),
        "event": text if ours else FOREIGN,
        "logger": record.name,
    }
    line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
    if not ours:
        line["detail"] = text
    return line | _trace()


def _trace() -> dict[str, str]:
    """Where it was said, if that is in a trace; of OpenTelemetry, if it is there at all."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return {}
    place = trace.get_current_span().get_span_context()
    if not place.is_valid:
        return {}
    return {"trace_id": f"{place.trace_id:032x}", "span_id": f"{place.span_id:016x}"}


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {"time": _time(record)} | fields(record)
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """For people at a terminal: time, level, event, then the rest as key=value; a traceback behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and more for a traceback."""
        told = fields(record)
        level, event = told.pop("level"), told.pop("event")
        rest = [f"{k}={json.dumps(v, ensure_ascii=False, default=str)}" for k, v in told.items()]
        line = " ".join((_time(record), f"{level:<7}", event, *rest))
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def to_stderr() -> None:
    """Sends all logs to standard error, as the environment wants them; else as JSON from info on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if os.environ.get(FORM) == "text" else JsonLines())
    level = os.environ.get(LEVEL, "info").upper()
    known = logging.getLevelNamesMapping()
    logging.basicConfig(level=known.get(level, logging.INFO), handlers=[handler])
