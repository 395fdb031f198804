"""yrd gateway reload, and SIGHUP: what changed, what is wrong, and that nothing changes then."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stack import Stack
from tests.support.commands import yrd
from tests.support.waiting import until


@pytest.fixture
def broken(stack: Stack) -> Iterator[Path]:
    """An agreement that can't be used, beside those of the stack."""
    path = stack.folder / "agreements" / "broken.yaml"
    path.write_text("id: broken\n", encoding="utf-8")
    yield path
    path.unlink()


def test_nothing_has_changed(shanghai: list[str]) -> None:
    ran = yrd("gateway", "reload", *shanghai)
    assert (ran.status, ran.out) == (0, "没有变化 · nothing has changed\n")
    assert yrd("gateway", "reload", *shanghai, "--json").json() == {}


def test_what_is_wrong_is_named_and_the_status_says_so(shanghai: list[str], broken: Path) -> None:
    ran = yrd("gateway", "reload", *shanghai)
    assert ran.status == 1
    assert "everything stays as it is" in ran.err
    assert f"{broken.name}: clauses: Field required" in ran.err


def test_a_hang_up_reloads_and_the_log_tells(stack: Stack, broken: Path) -> None:
    log = stack.folder / "logs" / "310000.log"

    def told(event: str) -> int:
        lines = log.read_text(encoding="utf-8").splitlines()
        return sum(json.loads(line).get("event") == event for line in lines)

    refused, done = told("reload_refused"), told("reloaded")
    stack.processes["310000"].send_signal(signal.SIGHUP)
    until(lambda: told("reload_refused") > refused, "the refusal")
    broken.rename(broken.with_suffix(".aside"))
    try:
        stack.processes["310000"].send_signal(signal.SIGHUP)
        until(lambda: told("reloaded") > done, "the reload")
    finally:
        broken.with_suffix(".aside").rename(broken)
