"""Faults in listing, subscribing and cursors."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.errors import Unavailable
from gateway.exchange import reader as reading
from gateway.exchange.reader import CursorJob, Reader
from gateway.exchange.reading import Wanted
from gateway.store.sqlite import SqliteStore
from tests.contract.kit.faults.fault import Fault, both, replaced, wrapped
from yrd.exchange.v1.service_pb2 import SubscribeOpen

_RESUME = ("subscribe", "cursors")


def _list_reversed(original: Any, *arguments: Any) -> Any:
    messages, token = original(*arguments)
    return messages[::-1], token


def _token_moved(by: int) -> Callable[..., Any]:
    return lambda original, offset, filter_: original(offset + by, filter_)


def _largest_page(original: Any, self: Any, filter_: Any, size: int, after: int) -> Any:
    return original(self, filter_, 1000, after)


def _no_more_pages(original: Any, *arguments: Any) -> Any:
    return original(*arguments)[0], ""


def _forgetting(*attributes: str) -> Callable[..., Any]:
    """A filter that ignores some of its lists."""

    def wrap(original: Any, self: Any, filter_: Any) -> None:
        original(self, filter_)
        for attribute in attributes:
            setattr(self, attribute, frozenset())

    return wrap


def _joined_by_or(original: Any, self: Any, entry: Any) -> bool:
    if not original(self, entry) and self._types and entry.leaf:
        return entry.type in self._types or bool(self._modes and self._header_matches(entry.leaf))
    return bool(original(self, entry))


def _never_moved(self: Any, round_: Any) -> None:
    return


def _last_acknowledged(patch: pytest.MonkeyPatch) -> None:
    """The cursor stands where it was acknowledged last, be it further back."""
    last: dict[tuple[str, str], int] = {}
    stage, cursor = CursorJob.stage, SqliteStore.cursor

    def noted(self: Any, round_: Any) -> None:
        last[self.system, self.name] = self.offset
        stage(self, round_)

    def found(self: Any, system: str, name: str) -> int | None:
        return last.get((system, name), cursor(self, system, name))

    patch.setattr(CursorJob, "stage", noted)
    patch.setattr(SqliteStore, "cursor", found)


def _shared(original: Any, system: str, *rest: Any, **more: Any) -> Any:
    return original("all", *rest, **more)


def _shared_cursor(original: Any, self: Any, system: str, name: str) -> Any:
    return original(self, "all", name)


def _skipping(original: Any, *arguments: Any) -> Any:
    batch = original(*arguments)
    if len(batch.messages) > 1:
        del batch.messages[1]
    return batch


def _twice(original: Any, *arguments: Any) -> Any:
    batch = original(*arguments)
    if batch.messages:
        batch.messages.append(batch.messages[-1])
    return batch


def _offset_ahead(original: Any, *arguments: Any) -> Any:
    batch = original(*arguments)
    batch.offset += 1 if batch.messages and not batch.caught_up else 0
    return batch


def _endless(original: Any, self: Any, caller: Any, opened: SubscribeOpen) -> Any:
    opened.until_caught_up = False
    return original(self, caller, opened)


async def _one_batch(
    original: Any, self: Any, caller: Any, opened: SubscribeOpen
) -> AsyncIterator[Any]:
    async for batch in original(self, caller, opened):
        yield batch
        if opened.until_caught_up:
            return


async def _ends_quietly(
    original: Any, self: Any, caller: Any, opened: SubscribeOpen
) -> AsyncIterator[Any]:
    try:
        async for batch in original(self, caller, opened):
            yield batch
    except Unavailable:
        return


async def _asleep(self: Any, offset: int) -> None:
    await asyncio.sleep(3600)


async def _zero_is_absent(original: Any, self: Any, caller: Any, opened: SubscribeOpen) -> Any:
    if not opened.after_offset:
        opened.ClearField("after_offset")
    return await original(self, caller, opened)


async def _any_origin(original: Any, self: Any, caller: Any, message_id: str, origin: str) -> Any:
    return await original(self, caller, message_id, "")


async def _newest_objection(original: Any, self: Any, message_id: str) -> Any:
    return (await original(self, message_id))[-1:]


def _batch(wrap: Callable[..., Any]) -> Any:
    return wrapped(Reader, "_batch", wrap)


FAULTS = (
    Fault(
        "list-out-of-order",
        "A page comes newest first",
        wrapped(Reader, "_page", _list_reversed),
        ("list",),
    ),
    Fault(
        "page-repeats-last",
        "A page begins with the last message of the one before",
        wrapped(reading, "_token", _token_moved(-1)),
        ("list",),
    ),
    Fault(
        "page-skips-one",
        "A message between two pages is left out",
        wrapped(reading, "_token", _token_moved(1)),
        ("list",),
    ),
    Fault(
        "page-size-ignored",
        "A page is larger than was asked for",
        wrapped(Reader, "_page", _largest_page),
        ("list",),
    ),
    Fault(
        "list-ends-early",
        "There is never a next page",
        wrapped(Reader, "_page", _no_more_pages),
        ("list",),
    ),
    Fault(
        "token-of-any-filter",
        "A page token is taken with any filter",
        replaced(reading, "_mark", lambda _: "x"),
        ("list",),
    ),
    Fault(
        "filter-ignores-modes",
        "A filter ignores modes",
        wrapped(Wanted, "__init__", _forgetting("_modes")),
        ("list", "subscribe"),
    ),
    Fault(
        "filter-ignores-types",
        "A filter ignores types",
        wrapped(Wanted, "__init__", _forgetting("_types")),
        ("list", "subscribe"),
    ),
    Fault(
        "filter-ignores-origins",
        "A filter ignores origins",
        wrapped(Wanted, "__init__", _forgetting("_logs")),
        ("list", "subscribe"),
    ),
    Fault(
        "filter-joined-by-or",
        "The lists of a filter are joined by or",
        wrapped(Wanted, "_wants", _joined_by_or),
        ("list",),
    ),
    Fault(
        "get-ignores-origin",
        "GetMessage looks into all logs whatever the origin",
        wrapped(Reader, "get", _any_origin),
        ("get",),
    ),
    Fault(
        "newest-objection-only",
        "Of the objections only the newest comes with a message",
        wrapped(Reader, "objections", _newest_objection),
        ("get/objections",),
    ),
    Fault(
        "cursor-never-moves",
        "Acknowledging moves nothing",
        replaced(CursorJob, "stage", _never_moved),
        ("cursors",),
    ),
    Fault("cursor-moves-back", "A cursor moves back", _last_acknowledged, ("cursors",)),
    Fault(
        "cursor-shared",
        "Systems share their cursors",
        both(
            wrapped(reading, "CursorJob", _shared), wrapped(SqliteStore, "cursor", _shared_cursor)
        ),
        ("cursors",),
    ),
    Fault(
        "offset-zero-is-absent",
        "after_offset 0 is taken for no offset",
        wrapped(Reader, "_start", _zero_is_absent),
        ("cursors",),
    ),
    Fault(
        "offset-out-of-range-accepted",
        "Offsets beyond the newest are accepted",
        replaced(Reader, "_in_range", lambda self, offset: offset),
        _RESUME,
    ),
    Fault("subscribe-skips-one", "A subscription skips a message", _batch(_skipping), _RESUME),
    Fault(
        "subscribe-repeats-one", "A subscription delivers a message twice", _batch(_twice), _RESUME
    ),
    Fault(
        "offset-ahead",
        "A batch's offset covers a message that it does not have",
        _batch(_offset_ahead),
        _RESUME,
    ),
    Fault(
        "never-caught-up",
        "Until caught up never ends",
        wrapped(Reader, "subscribe", _endless),
        ("subscribe/until-caught-up", "subscribe/caught-up-already"),
    ),
    Fault(
        "caught-up-early",
        "Until caught up ends behind the first batch",
        wrapped(Reader, "subscribe", _one_batch),
        _RESUME,
    ),
    Fault(
        "not-live",
        "What is published later is not delivered",
        replaced(Reader, "_wait_beyond", _asleep),
        ("subscribe",),
    ),
    Fault(
        "shutdown-untold",
        "A subscription ends with OK when the gateway stops",
        wrapped(Reader, "subscribe", _ends_quietly),
        ("restarts",),
    ),
)
