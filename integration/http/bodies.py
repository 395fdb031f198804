"""The body of a request: read within bounds, then as drafts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from gateway.errors import MalformedRequest, MessageTooLarge
from integration.http.config import Limits
from integration.http.problems import Refused
from schemas.json_faults import find_fault
from schemas.json_form import JsonFormError, draft_from_dict, text_of, values_in
from yrd.exchange.v1.message_pb2 import Draft

JSON, LINES = "application/json", "application/x-ndjson"
MOST_DRAFTS = 1000
RULE = "json.form"
_HINTS = {LINES: f"{JSON}, or {LINES} with a draft a line"}
BEGINNING = 10_000
FREE_VALUES, BYTES_A_VALUE = 50_000, 8
FREE_OBJECTS, BYTES_AN_OBJECT = 10_000, 28
"""A value, an object or array costs some microseconds however short it is. In the densest body of drafts,
all points of outlines, a value has 12 bytes and an object 36: this bounds the cost and refuses no draft.
"""


@dataclass(frozen=True, slots=True)
class Drafts:
    """What a body holds: each draft, or why it is none. `alone`: one that was not in an array."""

    items: list[Draft | MalformedRequest]
    alone: bool


async def body_of(request: Request, limits: Limits, kinds: Sequence[str] = (JSON, LINES)) -> bytes:
    """The body. Raises Refused, at the first byte too many, and before the first one if it was announced.

    Then nothing more of it is read, and the connection ends soon.
    """
    _require_plain(request, kinds)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limits.body_bytes:
        raise _too_large(limits.body_bytes)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _gathered(request.stream(), limits.body_bytes)
    except TimeoutError:
        text = f"the body did not come within {limits.body_seconds:g} s: send it faster, or less"
        raise Refused(MalformedRequest(text, field="body"), 408) from None
    except ClientDisconnect:
        text = "the connection ended within the body"
        raise Refused(MalformedRequest(text, field="body"), 400) from None


async def _gathered(parts: AsyncIterator[bytes], most: int) -> bytes:
    found = bytearray()
    async for part in parts:
        found += part
        if len(found) > most:
            raise _too_large(most)
    return bytes(found)


def _too_large(most: int) -> Refused:
    text = f"the body has more than {most} bytes: split it; each draft stands alone anyway"
    return Refused(MessageTooLarge(text, limit_bytes=most))


def _require_plain(request: Request, kinds: Sequence[str]) -> None:
    """Raises Refused for a form that is not read here."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        text = f"content-type: send {_HINTS.get(kinds[-1], ' or '.join(kinds))}"
        raise Refused(MalformedRequest(text, field="content-type"), 415)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        text = "content-encoding: send the body as it is, not compressed"
        raise Refused(MalformedRequest(text, field="content-encoding"), 415)


def drafts_in(body: bytes) -> Drafts:
    """The drafts of a body: one, an array, or one a line. Raises Refused if it is no JSON.

    What is JSON but no draft is told in its place: each stands or falls alone.
    """
    _require_content(body)
    try:
        text = text_of(body, "body")
        values = values_in(text, "body", MOST_DRAFTS)
    except JsonFormError as error:
        raise Refused(_malformed(error)) from None
    if not 1 <= len(values) <= MOST_DRAFTS:
        count = f"more than {MOST_DRAFTS} drafts" if values else "no draft"
        text = f"{count} in one body: send at least one and at most {MOST_DRAFTS}"
        raise Refused(MalformedRequest(text, fields=[("drafts", "count", text)], field="drafts"))
    alone = len(values) == 1 and not text.lstrip().startswith("[")
    return Drafts([_draft(value, where) for where, value in values], alone)


def _require_content(body: bytes) -> None:
    """Raises Refused for a body of very many values with next to nothing in them."""
    objects = body.count(b"{") + body.count(b"[")
    values = objects + body.count(b",")
    for count, free, least, what in (
        (objects, FREE_OBJECTS, BYTES_AN_OBJECT, "objects and arrays"),
        (values, FREE_VALUES, BYTES_A_VALUE, "values"),
    ):
        most = max(free, len(body) // least)
        if count > most:
            text = f"about {count} {what} in {len(body)} bytes, at most {most}: send drafts only"
            fault = find_fault(body[:BEGINNING].decode("utf-8", "ignore"))
            if fault is not None:  # which says more
                text = f"body: line {fault.line}: {fault.words}"
            raise Refused(MalformedRequest(text, fields=[("body", RULE, text)], field="body"))


def _draft(value: Any, where: str) -> Draft | MalformedRequest:
    try:
        return draft_from_dict(value, where)
    except JsonFormError as error:
        return _malformed(error)


def object_in(body: bytes) -> dict[str, Any]:
    """The one JSON object of a small request. Raises Refused."""
    try:
        values = values_in(text_of(body, "body"), "body", 1)
    except JsonFormError as error:
        raise Refused(_malformed(error)) from None
    if len(values) == 1 and isinstance(values[0][1], dict):
        return values[0][1]
    raise Refused(MalformedRequest("body: send one JSON object", field="body"))


def _malformed(error: JsonFormError) -> MalformedRequest:
    field = error.field or "body"
    return MalformedRequest(str(error), fields=[(field, RULE, error.remedy)], field=field)
