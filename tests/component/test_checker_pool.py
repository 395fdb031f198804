"""Checking in other processes says the same as checking here, and survives the loss of a process."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.config import Client, Limits
from gateway.errors import GatewayError, NotAuthority, Unavailable
from gateway.exchange.access import Access, Caller
from gateway.exchange.check_process import settings
from gateway.exchange.checker_pool import CheckerPool
from gateway.exchange.checking import Checked, CheckedDraft, Checker
from tests.support.builders import NOW, draft, incident_body, resource_body

CALLER = Caller("310000", "console")
CLIENTS = (Client(system="*", roles=frozenset({"publisher"})),)
LIMITS = Limits(max_draft_bytes=2048)  # type: ignore[call-arg]  # the rest has defaults
DRAFTS = [
    draft().SerializeToString(),
    draft(incident_body(title="")).SerializeToString(),
    draft(resource_body("320000"), "resourceStatus").SerializeToString(),
    draft(incident_body(description="x" * 3000)).SerializeToString(),
    b"\xff\xff",
    *(draft().SerializeToString() for _ in range(25)),  # more than is checked at once
]


@pytest.fixture
async def pool() -> AsyncIterator[CheckerPool]:
    checker = Checker("310000", Access("310000", CLIENTS, ()), LIMITS)
    made = CheckerPool(checker, settings("310000", CLIENTS, LIMITS), 1, NOW.timestamp)
    yield made
    await made.close()


def told(checked: Checked) -> object:
    """A result without its random salts."""
    if isinstance(checked, GatewayError):
        return type(checked), checked.message, checked.fields, checked.metadata
    return checked[:4], checked.content[:2], [part.group for part in checked.content.parts]


def children() -> list[int]:
    """Checking processes of this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if parent == os.getpid() and b"check_process" in command:
            found.append(int(folder.name))
    return found


async def started(pool: CheckerPool) -> list[int]:
    """Sends batches until a process has taken over."""
    while not pool.ready:
        await pool.check(CALLER, DRAFTS)
        await asyncio.sleep(0.01)
    return children()


async def test_both_say_the_same_in_order(pool: CheckerPool) -> None:
    here = [result for data in DRAFTS for result in await pool.check(CALLER, [data])]
    assert [isinstance(result, CheckedDraft) for result in here] == [
        True,
        *[False] * 4,
        *[True] * 25,
    ]
    assert isinstance(here[2], NotAuthority)
    assert not children(), "small batches need no process"
    await started(pool)
    for _ in range(3):
        assert [told(r) for r in await pool.check(CALLER, DRAFTS)] == [told(r) for r in here]


async def test_a_lost_process_costs_its_batch_and_is_replaced(pool: CheckerPool) -> None:
    (first,) = await started(pool)
    os.kill(first, signal.SIGKILL)
    waiting = [asyncio.ensure_future(pool.check(CALLER, DRAFTS)) for _ in range(3)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert [error.retry_seconds is not None for error in refused] == [True]
    assert all(len(a) == len(DRAFTS) for a in answers if isinstance(a, list))
    assert children() != [first]


async def test_closing_ends_the_processes(pool: CheckerPool) -> None:
    await started(pool)
    await pool.close()
    assert children() == []
