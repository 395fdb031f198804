"""Answers as JSON and as problems."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from integration.http.bodies import JSON
from integration.http.problems import MEDIA_TYPE, written

PLAIN: Mapping[str, str] = MappingProxyType(
    {"cache-control": "no-store", "x-content-type-options": "nosniff"}
)
"""With every answer: kept by nobody on the way, and never taken for a page with scripts."""


def as_bytes(body: bytes | str, media_type: str, status: int = 200) -> Response:
    """A body that is written already."""
    return Response(body, status, {**PLAIN, "content-type": media_type})


def as_json(value: Any, status: int = 200) -> Response:
    """A value."""
    return as_bytes(json.dumps(value, ensure_ascii=False), JSON, status)


def as_problem(found: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem, with its status."""
    again = {}
    if "retryAfterSeconds" in found:
        again["retry-after"] = str(max(1, round(found["retryAfterSeconds"])))
    answer = as_bytes(written(found), MEDIA_TYPE, found["status"])
    answer.headers.update({**again, **(headers or {})})
    return answer
