"""The room keeps boards for who looks, and says if it can't go on."""

import asyncio
import json

import pytest

from integration.page.board import Board
from integration.page.following import Came, Lost
from integration.page.room import MOST_IDLE, Room
from pipelines.facts.scope import ACTUAL
from tests.unit.integration.page.test_desk import STORY, published


def told(board: Board) -> dict[str, object]:
    found: dict[str, object] = json.loads(board.news(0))
    return found


def test_what_comes_is_put_up_for_those_who_look() -> None:
    room = Room("joint")
    with room.reading(ACTUAL, "zh") as board, room.reading("exercise/drill", "en") as other:
        room.take(Came(STORY, True))
        room.refresh()
        assert told(board)["incidents"] and told(other)["incidents"] is None
        version = board.version
        room.take(Came([], True))
        room.refresh()
        assert board.version == version
        room.take(Lost("gone"))
        room.refresh()
        assert json.loads(board.news(version)).keys() == {"link"}


def test_what_waits_for_a_second_person_is_told_to_all_who_look() -> None:
    room = Room("joint")
    with room.reading(ACTUAL, "zh") as board, room.reading("exercise/drill", "en") as other:
        assert told(board)["waiting"] == []
        room.put_waiting([{"key": "k1"}])
        room.refresh()
        assert told(board)["waiting"] == told(other)["waiting"] == [{"key": "k1"}]


def test_boards_that_nobody_looks_at_do_not_pile_up() -> None:
    room = Room()
    with room.reading(ACTUAL, "zh") as kept:
        for number in range(5 * MOST_IDLE):
            with room.reading(f"exercise/{number}", "zh"):
                pass
        with room.reading(ACTUAL, "zh") as again:
            assert again is kept
    assert room.boards == MOST_IDLE


async def test_a_defect_is_said_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    with room.reading(ACTUAL, "zh") as board:
        monkeypatch.setattr(room, "refresh", lambda: 1 / 0)
        room.take(Came(published(1, 1), True))
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(room.run(), 60)
        link = told(board)["link"]
        assert isinstance(link, dict)
        assert (link["connected"], "defect" in link["problem"]) == (False, True)
