"""The published JSON Schema is that of the model, and judges files as the gateway does."""

import json
from datetime import date
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gateway.agreement_schema import FILE, rendered
from integration.stack import AGREEMENTS
from tests.unit.gateway.test_sharing import INCIDENT, agreement


def as_json(text: str) -> Any:
    """YAML as JSON has it: dates are text."""
    return json.loads(json.dumps(yaml.safe_load(text), default=date.isoformat))


VALIDATOR = Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))


def test_the_committed_schema_is_the_one_of_the_model() -> None:
    assert FILE.read_text(encoding="utf-8") == rendered(), "run `make contract`"


@pytest.mark.parametrize("path", sorted(AGREEMENTS.glob("*.yaml")), ids=lambda path: path.name)
def test_agreements_keep_it(path: Any) -> None:
    VALIDATOR.validate(as_json(path.read_text(encoding="utf-8")))


CLAUSE: dict[str, Any] = {"id": "c", "types": [INCIDENT], "to": ["320000"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"to": []},
        {"to": ["350000"]},
        {"whne": "true"},
        {"retention": "6 months"},
        {"retention": 0},
        {"id": "Not a name"},
        {"types": INCIDENT},
    ],
    ids=str,
)
def test_what_a_gateway_refuses_breaks_it(changes: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(as_json(agreement([CLAUSE])))
    assert not VALIDATOR.is_valid(as_json(agreement([CLAUSE | changes])))
