"""What commands say: templates, endings with their statuses, logs, results."""

import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from client import ExchangeError, FieldProblem
from integration import json_file
from integration.cli.ending import explain, fail_exchange
from integration.logs import JsonLines
from integration.templates import KINDS, make, samples_of
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations


@pytest.mark.parametrize("kind", KINDS)
def test_templates_keep_the_contract(kind: str) -> None:
    sample = samples_of(kind)["minimal"]
    made, again = make(sample), make(sample)
    body = body_of(made)
    assert body is not None
    assert made.WhichOneof("body") == kind
    assert violations(made, datetime.now(UTC)) == []
    assert foreign_claims(body, sample.participant) == []
    assert made.header.message_id != again.header.message_id
    assert made.header.entity_id != again.header.entity_id


def test_an_error_with_fields_is_told_field_by_field() -> None:
    fields = (
        FieldProblem("header.revision", "uint32.gte", "must be at least 1"),
        FieldProblem("", "incident.grade", "state the basis"),
    )
    error = ExchangeError("INVALID_ARGUMENT", "two", "CONTRACT_VIOLATED", fields=fields)
    assert explain(error).splitlines() == [
        "INVALID_ARGUMENT [CONTRACT_VIOLATED]",
        "  header.revision: must be at least 1 (rule uint32.gte)",
        "  message: state the basis (rule incident.grade)",
    ]


def test_an_error_without_fields_is_told_in_its_words() -> None:
    error = ExchangeError("RESOURCE_EXHAUSTED", "too fast", "QUOTA", retry_seconds=1.5)
    assert explain(error).splitlines() == [
        "RESOURCE_EXHAUSTED [QUOTA]: too fast",
        "  try again in 1.5 s",
    ]


ENDINGS = [
    (ExchangeError("UNAVAILABLE", "failed to connect"), 3, "no gateway answers"),
    (ExchangeError("DEADLINE_EXCEEDED", "too late"), 3, "no gateway answers"),
    (ExchangeError("UNAVAILABLE", "disk full", "UNAVAILABLE"), 1, "disk full"),
    (ExchangeError("PERMISSION_DENIED", "not yours", "NOT_PERMITTED"), 1, "not yours"),
    (ExchangeError("UNIMPLEMENTED", "no such method"), 1, "no such method"),
]


@pytest.mark.parametrize(("error", "status", "words"), ENDINGS)
def test_a_refusal_and_no_answer_end_differently(
    capsys: pytest.CaptureFixture[str], error: ExchangeError, status: int, words: str
) -> None:
    with pytest.raises(SystemExit) as ending:
        fail_exchange(error)
    said = capsys.readouterr()
    assert (ending.value.code, said.out) == (status, "")
    assert said.err.startswith("error: ")
    assert words in said.err


def _logged(message: str, **record: object) -> str:
    made = logging.LogRecord("gateway.app", logging.WARNING, "f.py", 1, message, (), None)
    vars(made).update(record)
    return JsonLines().format(made)


def test_a_log_line_is_one_json_object() -> None:
    line = _logged("link_interrupted", peer="320000", detail="关闭\nclosed")
    assert "\n" not in line
    assert "关闭" in line
    found = json.loads(line)
    assert datetime.fromisoformat(found.pop("time")).tzinfo is not None
    assert found == {
        "level": "warning",
        "event": "link_interrupted",
        "logger": "gateway.app",
        "peer": "320000",
        "detail": "关闭\nclosed",
    }


def test_a_log_line_takes_what_json_does_not_know() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        line = _logged("failed", path=Path("/a"), exc_info=sys.exc_info())
    found = json.loads(line)
    assert found["path"] == "/a"
    assert "ValueError: why" in found["trace"]


def test_results_are_written_or_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "台风", "checks": [1]}
    json_file.write(tmp_path / "r.json", value)
    json_file.write(Path("-"), value)
    text = (tmp_path / "r.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(capsys.readouterr().out) == value
    assert "台风" in text
