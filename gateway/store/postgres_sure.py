"""Commits of which the server says no more than that they were made here.

Who waits for a synchronous replica may be told to wait no longer: by an administrator, a limit of time, a
restart. Then PostgreSQL answers as if all were well, with a warning: the commit is on this server alone, and
a failover may lose it.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from gateway.store.port import StoreError
from gateway.store.postgres_sql import Connection

Result = TypeVar("Result")


class Unreplicated(StoreError):
    """A commit that is not at the synchronous replica, as far as is known."""

    def __init__(self, warning: str) -> None:
        super().__init__(f"PostgreSQL warned: {warning}", lasting=False)


async def surely(connection: Connection, work: Callable[[], Awaitable[Result]]) -> Result:
    """Does work that commits. Raises Unreplicated if the server warned meanwhile."""
    warnings: list[str] = []

    def note(_: Connection, message: Any) -> None:
        if message.severity_en == "WARNING":
            warnings.append(f"{message.message} ({message.detail})")

    connection.add_log_listener(note)
    try:
        result = await work()
    finally:
        connection.remove_log_listener(note)
    if warnings:
        raise Unreplicated(warnings[0])
    return result
