"""Server-sent events: what changed on a board, each with an id that a browser names when it comes back."""

import json
from collections.abc import AsyncIterator, Callable

from integration.page.board import Board

BEAT_SECONDS = 5.0
RETRY_MS = 1000


def event(name: str, data: str, id_: str = "") -> bytes:
    """One event. `data` is JSON without line ends."""
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode()


def seen_before(board: Board, last_id: str) -> int:
    """The version that an id stands for; 0 if it is not of this board's life."""
    run, _, version = last_id.partition(".")
    known = run == board.run and version.isdecimal() and int(version) <= board.version
    return int(version) if known else 0


async def events(
    board: Board,
    last_id: str,
    now_ms: Callable[[], int],
    closing: Callable[[], bool],
    beat_seconds: float = BEAT_SECONDS,
) -> AsyncIterator[bytes]:
    """What is new to a browser, then what becomes so; a beat when nothing does. Ends when the server closes.

    A slow browser gets the newest only: what it missed between is in it.
    """
    yield f"retry: {RETRY_MS}\n\n".encode()
    seen = seen_before(board, last_id)
    yield event("hello", json.dumps({"now_ms": now_ms(), "whole": not seen, "run": board.run}))
    while not closing():
        if board.version > seen:
            version, news = board.version, board.news(seen)
            seen = version
            yield event("parts", news, f"{board.run}.{version}")
        elif not await board.changed(seen, beat_seconds):
            yield event("beat", json.dumps({"now_ms": now_ms()}))
