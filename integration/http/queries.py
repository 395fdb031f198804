"""What a query string asks for. Unknown parameters are refused: a filter that is overheard is none."""

import difflib
from collections.abc import Collection

from starlette.datastructures import QueryParams

from gateway.errors import MalformedRequest
from integration.http.problems import Refused
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Mode
from yrd.exchange.v1.service_pb2 import Filter

FILTERS = ("type", "origin", "incident", "mode")
"""May stand several times; lists are combined with "and"."""
MODES = {name.removeprefix("MODE_").lower(): number for name, number in Mode.items() if number}
_LARGEST = (1 << 64) - 1


def require_known(query: QueryParams, known: Collection[str]) -> None:
    """Raises Refused for a parameter that is not known here, or that stands twice and may not."""
    for name in query:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {near[0]}?" if near else f"known here: {', '.join(known) or 'none'}"
            )
            raise wrong(name, f"unknown parameter; {hint}")
        if name not in FILTERS and len(query.getlist(name)) > 1:
            raise wrong(name, "stands twice: keep one")


def filter_of(query: QueryParams) -> Filter:
    """Which messages. Raises Refused."""
    types = query.getlist("type")
    for name in types:
        if name not in BODY_FIELDS:
            near = difflib.get_close_matches(name, BODY_FIELDS, n=1)
            raise wrong(
                "type", f"{name!r} is no type{f'; did you mean {near[0]}?' if near else ''}"
            )
    return Filter(
        types=types,
        origins=query.getlist("origin"),
        incident_ids=query.getlist("incident"),
        modes=[_mode(name) for name in query.getlist("mode")],
    )


def modes_of(query: QueryParams) -> frozenset[int]:
    """Modes that a map shows: what is real, unless another is asked for. Raises Refused."""
    return frozenset(_mode(name) for name in query.getlist("mode") or ["actual"])


def _mode(name: str) -> Mode:
    if name not in MODES:
        raise wrong("mode", f"{name!r}: one of {', '.join(MODES)}")
    return MODES[name]  # type: ignore[return-value]  # the stubs know numbers of enums as a type


def number(text: str, name: str, largest: int = _LARGEST) -> int:
    """A whole number from 0. Raises Refused."""
    if text.isascii() and text.isdigit() and len(text) <= 20 and int(text) <= largest:
        return int(text)
    raise wrong(name, f"{text[:40]!r}: send a whole number from 0 to {largest}")


def wrong(name: str, text: str) -> Refused:
    """The refusal of a parameter or header."""
    error = MalformedRequest(f"{name}: {text}", fields=[(name, "request.form", text)], field=name)
    return Refused(error)
