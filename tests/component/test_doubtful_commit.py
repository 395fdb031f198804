"""The writer, when it can't know whether a commit was made: nothing is written before it is known."""

from pathlib import Path

import pytest

from gateway.errors import Unavailable
from gateway.store.port import Change, DoubtfulCommit, StoreError
from gateway.store.sqlite import SqliteStore
from tests.component.test_failing_store import Append, writing


class Doubt:
    """A way to the store that breaks once in the midst of a commit, and `away` times more behind it."""

    def __init__(self, patch: pytest.MonkeyPatch, *, reaches: bool, away: int) -> None:
        self._commit, self._reaches, self._away = SqliteStore.commit, reaches, away
        self._broken = False

        def commit(store: SqliteStore, change: Change) -> None:
            self._try(store, change)

        patch.setattr(SqliteStore, "commit", commit)
        patch.setattr(SqliteStore, "made", lambda _: self._answer())

    def _try(self, store: SqliteStore, change: Change) -> None:
        first, self._broken = not self._broken, True
        if self._reaches or not first:
            self._commit(store, change)
        if first:
            raise DoubtfulCommit("the way is broken")

    def _answer(self) -> bool:
        if self._away:
            self._away -= 1
            raise StoreError("the way is broken", lasting=False)
        return self._reaches


@pytest.mark.parametrize("reaches", [True, False])
async def test_a_doubt_that_is_resolved_at_once_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reaches: bool
) -> None:
    async with writing(tmp_path) as writer:
        Doubt(monkeypatch, reaches=reaches, away=0)
        if reaches:
            assert await writer.submit(Append()) == 1
        else:
            with pytest.raises(Unavailable):
                await writer.submit(Append())
        assert await writer.submit(Append()) == (2 if reaches else 1)
        assert not writer.problem


@pytest.mark.parametrize("reaches", [True, False])
async def test_while_there_is_doubt_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reaches: bool
) -> None:
    async with writing(tmp_path) as writer:
        Doubt(monkeypatch, reaches=reaches, away=2)
        for _ in range(2):
            with pytest.raises(Unavailable, match="the way is broken"):
                await writer.submit(Append())
        assert await writer.submit(Append()) == (2 if reaches else 1)
        assert writer.heads == writer._store.heads()
