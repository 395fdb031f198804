"""The page's state in one event loop: what comes is taken in, turned into parts, and put up for browsers."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from integration.acts.known import Ledger
from integration.page.board import Board
from integration.page.desk import Desk, Shown
from integration.page.following import Came, Lost
from integration.page.views.parts import history, parts, scopes
from pipelines.facts.scope import ACTUAL
from pipelines.words import EN, ZH, Words
from yrd.exchange.v1.message_pb2 import Message

logger = logging.getLogger(__name__)
LANGUAGES: dict[str, Words] = {"zh": ZH, "en": EN}
PAUSE_SECONDS = 0.2
"""Between two looks at the desk: many messages make one change."""
MOST_IDLE = 8
"""Boards that are kept up though nobody looks."""
Fetch = Callable[[str], Message]
"""A message of the joint duty room by its id. Raises ExchangeError."""


class NoSuchPicture(Exception):
    """There is no picture of that scope at that instant; the text says which there are."""


class Room:
    """Desk and boards. All but `deliver` belongs to the loop that `run` runs in."""

    def __init__(self, owner: str = "", now: Callable[[], float] = time.time) -> None:
        self.desk = Desk()
        self.ledger: Ledger | None = None
        self.closing = False
        self.since_ms = 0
        """Since when what the gateway received was read at the start."""
        self._waiting: list[dict[str, Any]] = []
        self.taken = self.losses = 0
        self._owner, self._now = owner, now
        self._boards: OrderedDict[tuple[str, str], Board] = OrderedDict()
        self._dirty: set[str] = set()
        self._wanted = asyncio.Event()
        self._link: dict[str, Any] = {
            "connected": False,
            "since_ms": self.now_ms(),
            "problem": "",
            "caught_up": False,
        }

    def now_ms(self) -> int:
        """The server's clock."""
        return int(self._now() * 1000)

    def deliver(self, loop: asyncio.AbstractEventLoop, what: Came | Lost) -> None:
        """From the follower's thread. What comes when the loop has ended is nobody's."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self.take, what)

    def take(self, what: Came | Lost) -> None:
        """Takes it in; it is put up a moment later."""
        if isinstance(what, Lost):
            self.losses += 1
            self._set_link(connected=False, problem=what.problem)
        else:
            messages = [*what.messages]
            self.taken += len(messages)
            self._dirty |= self.desk.take(messages)
            if self.ledger is not None:
                self.ledger.take(messages)
            self._set_link(connected=True, caught_up=what.caught_up or self._link["caught_up"])
        self._wanted.set()

    def put_waiting(self, waiting: list[dict[str, Any]]) -> None:
        """What waits for a second person, for all who look."""
        self._waiting = waiting
        self._wanted.set()

    def _set_link(self, **changes: Any) -> None:
        was = self._link
        self._link = was | {"problem": ""} | changes
        if self._link["connected"] != was["connected"]:
            self._link["since_ms"] = self.now_ms()

    async def run(self) -> None:
        """Puts up what is new, until it is cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                self.refresh()
            except (
                Exception
            ):  # a picture that can't be shown must not look like one that stands still
                logger.exception("page_defect")
                self.broken()
                raise
            await asyncio.sleep(PAUSE_SECONDS)

    def broken(self) -> None:
        """Says on all boards that what is shown goes no further."""
        self._set_link(connected=False, problem="a defect of this page; see its log")
        for board in self._boards.values():
            board.put({"link": self._told_link()})

    def refresh(self) -> None:
        """Puts up what changed. While it reads what the gateway has from before, the link only."""
        every = self._every()
        dirty, self._dirty = self._dirty, set()
        for (scope, language), board in self._boards.items():
            made = self._parts(scope, language) if scope in dirty else {}
            board.put(made | every)

    def close(self) -> None:
        """Ends every stream."""
        self.closing = True
        for board in self._boards.values():
            board.wake()

    @contextmanager
    def reading(self, scope: str, language: str) -> Iterator[Board]:
        """The board that a browser looks at, made when the first one does."""
        key = scope, language
        board = self._boards.get(key)
        if board is None:
            board = self._boards[key] = Board()
            board.put(self._parts(scope, language) | self._every())
        self._boards.move_to_end(key)
        board.readers += 1
        try:
            yield board
        finally:
            board.readers -= 1
            self._tidy()

    @property
    def boards(self) -> int:
        """How many are kept up."""
        return len(self._boards)

    @property
    def readers(self) -> int:
        """How many look."""
        return sum(board.readers for board in [*self._boards.values()])

    @property
    def connected(self) -> bool:
        """Whether the gateway is being followed."""
        return bool(self._link["connected"])

    def _tidy(self) -> None:
        """Of boards that nobody looks at, those of the last readers stay, for who comes back."""
        idle = [key for key, board in self._boards.items() if not board.readers]
        for key in idle[: max(0, len(idle) - MOST_IDLE)]:
            del self._boards[key]

    def _every(self) -> dict[str, Any]:
        """What stands on all boards."""
        return {
            "link": self._told_link(),
            "scopes": scopes(self.desk.scopes.values()),
            "waiting": self._waiting,
        }

    def _told_link(self) -> dict[str, Any]:
        return self._link | {"owner": self._owner}

    def _parts(self, scope: str, language: str) -> dict[str, Any]:
        known = self.desk.scopes.get(scope)
        made = parts(known.shown() if known else None, LANGUAGES[language])
        return made | {"history": history(known.marks if known else [])}

    def usual_scope(self) -> str:
        """The scope for who names none: the real one; where that has no picture, the newest exercise."""
        found = scopes(self.desk.scopes.values())
        return str(found[0]["scope"]) if found else ACTUAL

    def shown(self, scope: str) -> Shown | None:
        """The newest picture of a scope."""
        known = self.desk.scopes.get(scope)
        return known.shown() if known else None

    async def shown_at(self, scope: str, at_us: int, fetch: Fetch) -> Shown:
        """The picture as it was published by an instant. Raises NoSuchPicture, ExchangeError."""
        known = self.desk.scopes.get(scope)
        mark = known.mark_at(at_us) if known else None
        if known is None or mark is None:
            there = (
                f"the first is of {known.marks[0].as_of_us // 1000}"
                if known and known.marks
                else "none"
            )
            raise NoSuchPicture(f"scope {scope}: no picture at or before that instant; {there}")
        summary = await asyncio.to_thread(fetch, mark.message_id)
        told = [await asyncio.to_thread(fetch, m.message_id) for m in known.proposals_at(at_us)]
        return known.shown_at(at_us, summary, [message.aid_proposal for message in told])
