"""A board knows what of it a browser has not seen."""

import asyncio
import json

from integration.page.board import Board


def test_only_what_changed_is_news() -> None:
    board = Board()
    assert board.put({"a": 1, "b": [1]}) == ["a", "b"]
    assert board.put({"a": 1, "b": [2]}) == ["b"]
    assert board.put({"a": 1}) == []
    assert board.version == 2
    assert json.loads(board.news(0)) == {"a": 1, "b": [2]}
    assert json.loads(board.news(1)) == {"b": [2]}
    assert json.loads(board.news(2)) == {}


def test_news_is_made_anew_when_something_was_put_up() -> None:
    board = Board()
    board.put({"a": 1})
    assert json.loads(board.news(0)) == {"a": 1}
    board.put({"a": 2})
    assert json.loads(board.news(0)) == {"a": 2}


async def test_who_waits_is_woken_by_a_change_and_by_the_end_of_time() -> None:
    board = Board()
    waiting = asyncio.create_task(board.changed(0, 60))
    await asyncio.sleep(0)
    board.put({"a": 1})
    assert await waiting
    assert await board.changed(0, 60)
    assert not await board.changed(1, 0.01)
