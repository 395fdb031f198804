"""A database that can't be opened for now is waited for; what a person has to mend is told."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway import app
from gateway.starting import StartError, StoreAway


class Opening:
    """Fails so often, then serves."""

    def __init__(self, patch: pytest.MonkeyPatch, *failures: Exception) -> None:
        self._failures = list(failures)
        patch.setattr(app, "check_files", lambda _: 0)
        patch.setattr(app, "await_turn", lambda *_: None)
        patch.setattr(app, "_serve", self._serve)
        patch.setattr(app, "AGAIN_SECONDS", 0.0)

    async def _serve(self, *_: Any) -> bool:
        if self._failures:
            raise self._failures.pop(0)
        return True


def config(store: str) -> Any:
    return SimpleNamespace(store=store, participant="310000")


DATABASE = "postgresql://db1,db2/yrd"
AWAY = StoreAway("store: PostgreSQL can't be reached: TimeoutError")


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Opening(monkeypatch, AWAY, AWAY)
    assert app.serve(config(DATABASE)) == 0


@pytest.mark.parametrize(
    ("store", "new", "failure"),
    [
        (DATABASE, False, StartError("store: no such database")),
        (DATABASE, True, AWAY),
        ("sqlite", False, AWAY),
    ],
)
def test_otherwise_the_gateway_ends(
    monkeypatch: pytest.MonkeyPatch, store: str, new: bool, failure: StartError
) -> None:
    Opening(monkeypatch, failure)
    with pytest.raises(StartError) as told:
        app.serve(config(store), new=new)
    assert told.value is failure
