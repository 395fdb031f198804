"""A database is brought up to date at the start, and never used by a program that is too old for it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TypeVar

import pytest

from gateway.store.port import StoreError
from gateway.store.postgres import PostgresStore
from gateway.store.postgres_open import migrate, scripts, version
from gateway.store.postgres_sql import Connection
from gateway.store.postgres_way import way
from tests.support.entries import OURS, entry
from tests.support.handmade import grown

Result = TypeVar("Result")
OWN = "310000"


def on(database: str, work: Callable[[Connection], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        connection = await way(database).connect("test")
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_version_1_is_migrated_with_what_is_in_it(database: str) -> None:
    new = [entry(1), entry(2)]

    async def fill(connection: Connection) -> None:
        await migrate(connection, scripts()[:1])
        assert await version(connection) == 1
        await connection.execute("INSERT INTO meta VALUES ('participant', $1)", OWN)
        await connection.execute("INSERT INTO log VALUES (1, $1, 'note', 2, 0, 0, 0)", OURS)
        await connection.execute("INSERT INTO type VALUES (1, $1)", new[0][0].type)
        for found, naming in new:
            assert naming is not None
            await connection.execute(
                "INSERT INTO entry VALUES ($1, 1, $2, $3, $4, 1, $5, $6, $7)",
                found.offset,
                found.sequence,
                found.hash,
                found.leaf,
                found.disposition,
                found.received_us,
                naming.digest,
            )
        await connection.execute("SELECT setval(pg_get_serial_sequence('log', 'id'), 1)")
        await connection.execute("SELECT setval(pg_get_serial_sequence('type', 'id'), 1)")

    on(database, fill)
    with closing(PostgresStore(database, OWN)) as store:
        assert store.entries(OURS, 0, 2) == [found for found, _ in new]
        store.commit(grown(store.heads()[OURS], [entry(3)]))
        assert store.heads()[OURS].size == 3
    assert on(database, version) == len(scripts())


def test_migrations_run_once_however_many_begin(database: str) -> None:
    async def both(connection: Connection) -> int:
        other = await way(database).connect("test")
        await asyncio.gather(migrate(connection, scripts()), migrate(other, scripts()))
        await other.close()
        return await version(connection)

    assert on(database, both) == len(scripts())


def test_a_migration_that_fails_leaves_the_version_before(database: str) -> None:
    async def fail(connection: Connection) -> int:
        broken = [*scripts(), "CREATE TABLE another (id BIGINT); SELECT 1 / 0"]
        with pytest.raises(Exception, match="division by zero"):
            await migrate(connection, broken)
        assert await connection.fetchval("SELECT to_regclass('another')") is None
        return await version(connection)

    assert on(database, fail) == len(scripts())


def test_a_newer_database_is_refused_with_the_remedy(database: str) -> None:
    async def newer(connection: Connection) -> None:
        await migrate(connection, [*scripts(), "SELECT 1"])

    on(database, newer)
    with pytest.raises(StoreError, match="install the gateway that was used last") as refused:
        PostgresStore(database, OWN)
    assert refused.value.lasting
