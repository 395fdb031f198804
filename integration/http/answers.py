"""Answers as JSON and as problems."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from integration.http.bodies import JSON
from integration.http.problems import MEDIA_TYPE, written


def as_json(value: Any, status: int = 200) -> Response:
    """A value."""
    return Response(json.dumps(value, ensure_ascii=False), status, media_type=JSON)


def as_problem(found: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem, with its status."""
    again = {}
    if "retryAfterSeconds" in found:
        again["retry-after"] = str(max(1, round(found["retryAfterSeconds"])))
    told = {**again, **(headers or {})}
    return Response(written(found), found["status"], told, media_type=MEDIA_TYPE)
