"""Events as a browser reads them: who comes back gets what it missed; all of it from another server."""

import asyncio
import json

import pytest

from integration.page.board import Board
from integration.page.stream import events, seen_before


async def read(board: Board, last: str, count: int, beat: float = 60.0) -> list[dict[str, str]]:
    """The first events of a stream, by their fields."""
    found = []
    async for chunk in events(board, last, lambda: 7, lambda: False, beat):
        lines = chunk.decode().strip().splitlines()
        found.append(dict(line.split(": ", maxsplit=1) for line in lines))
        if len(found) == count:
            break
    return found


async def test_a_new_browser_gets_everything_and_an_id() -> None:
    board = Board("r")
    board.put({"a": "文"})
    retry, hello, parts = await read(board, "", 3)
    assert retry == {"retry": "1000"}
    assert json.loads(hello["data"]) == {"now_ms": 7, "whole": True, "run": "r"}
    assert (parts["event"], parts["id"], json.loads(parts["data"])) == ("parts", "r.1", {"a": "文"})


async def test_who_comes_back_gets_what_it_missed() -> None:
    board = Board("r")
    board.put({"a": 1, "b": 1})
    board.put({"b": 2})
    _, hello, parts = await read(board, "r.1", 3)
    assert not json.loads(hello["data"])["whole"]
    assert json.loads(parts["data"]) == {"b": 2}
    *_, beat = await read(board, "r.2", 3, beat=0.01)
    assert beat["event"] == "beat"


async def test_a_stream_ends_when_the_server_closes() -> None:
    board, closing = Board(), [False]
    told = events(board, "", lambda: 0, lambda: closing[0], 60)
    assert await anext(told) and await anext(told)
    rest = asyncio.ensure_future(anext(told, b"ended"))
    await asyncio.sleep(0)
    closing[0] = True
    board.wake()
    assert await rest == b"ended"


@pytest.mark.parametrize("last", ["", "r", "r.", "r.x", "r.9", "r.-1", "r.1.5", "other.1", "."])
def test_an_id_that_is_not_of_this_server_counts_for_nothing(last: str) -> None:
    board = Board("r")
    board.put({"a": 1})
    assert seen_before(board, last) == 0
