"""What a browser sends: small JSON objects, read within bounds."""

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from integration.acts.engine import Request as Asked
from integration.acts.refusals import Malformed, TooLarge
from integration.acts.seam import Said

MOST_BYTES = 128 << 10
SECONDS = 15.0
MOST_NAMES = 500


async def object_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises Malformed, TooLarge."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise _wrong("content-type", "application/json")
    found = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                found += part
                if len(found) > MOST_BYTES:
                    raise TooLarge(
                        Said("内容过长", f"the body has more than {MOST_BYTES} bytes"),
                        Said("请缩短后再发", "shorten it"),
                    )
        read = json.loads(found)
    except (TimeoutError, ClientDisconnect, ValueError, RecursionError):
        raise _wrong("body", "one JSON object") from None
    if not isinstance(read, dict):
        raise _wrong("body", "one JSON object")
    return read


def asked(told: Mapping[str, Any]) -> Asked:
    """What is asked for. Raises Malformed."""
    return Asked(
        act=text(told, "act"),
        about=text(told, "about"),
        key=text(told, "key"),
        seen=texts(told, "seen"),
        fields=texts(told, "fields"),
    )


def text(told: Mapping[str, Any], name: str, most: int = 400) -> str:
    """A text by its name. Raises Malformed."""
    value = told.get(name)
    if not isinstance(value, str) or len(value) > most:
        raise _wrong(name, f"a text of at most {most} characters")
    return value


def choice(told: Mapping[str, Any], name: str, values: Collection[str]) -> str:
    """One of some texts by its name. Raises Malformed."""
    value = text(told, name)
    if value not in values:
        raise _wrong(name, " or ".join(values))
    return value


def texts(told: Mapping[str, Any], name: str) -> dict[str, str]:
    """An object of texts by its name. Raises Malformed."""
    value = told.get(name)
    if not isinstance(value, dict) or len(value) > MOST_NAMES:
        raise _wrong(name, f"an object of at most {MOST_NAMES} texts")
    if not all(isinstance(one, str) for one in value.values()):
        raise _wrong(name, "an object whose values are texts")
    return value


def _wrong(name: str, right: str) -> Malformed:
    return Malformed(
        Said(f"{name}：请求有误", f"{name}: the request is wrong"),
        Said("请重新载入页面", f"send {right}; a page loads again"),
    )
