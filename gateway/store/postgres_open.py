"""What a server must be, and bringing the tables of a database up to date."""

from collections.abc import Sequence
from pathlib import Path

from gateway.store.port import StoreError
from gateway.store.postgres_sql import Connection

MIGRATIONS = Path(__file__).with_name("migrations")
ADVISORY = 0x59524453  # "YRDS"
OLDEST = 130_000  # PostgreSQL 13: pg_current_xact_id
UNREPLICATED = (
    "`store` names several servers, and synchronous_standby_names is empty at the primary: a failover of "
    "the database may lose what was acknowledged; set it to a standby or two, ANY 1 (a, b)"
)
_UNSAFE = "fsync", "full_page_writes"


async def require_safe(connection: Connection) -> None:
    """Refuses a server that would lose what it has acknowledged. Raises StoreError."""
    found = int(await connection.fetchval("SHOW server_version_num"))
    if found < OLDEST:
        raise StoreError(
            f"PostgreSQL: the server is version {found // 10_000}; it must be 13 or newer",
            lasting=True,
        )
    for setting in _UNSAFE:
        if await connection.fetchval(f"SHOW {setting}") == "off":
            raise StoreError(
                f"PostgreSQL: {setting} is off: what was acknowledged would be lost with the power; "
                "set it to on in postgresql.conf",
                lasting=True,
            )


async def warnings(connection: Connection, several: bool) -> list[str]:
    """What may be lost by a failover of the database, which there may be if it has several servers."""
    if not several or await connection.fetchval("SHOW synchronous_standby_names"):
        return []
    return [UNREPLICATED]


def scripts() -> list[str]:
    """The migrations in order; the first one is number 1."""
    return [path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("*.sql"))]


async def version(connection: Connection) -> int:
    """How far a database is; 0 if it is empty."""
    if await connection.fetchval("SELECT to_regclass('migration')") is None:
        return 0
    return int(await connection.fetchval("SELECT coalesce(max(number), 0) FROM migration"))


async def migrate(connection: Connection, wanted: Sequence[str]) -> None:
    """Runs the scripts that a database has not had, one transaction each; others wait meanwhile.

    Raises StoreError if it has had more than there are.
    """
    await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY)
    try:
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration "
            "(number BIGINT PRIMARY KEY, time TIMESTAMPTZ NOT NULL DEFAULT now())"
        )
        found = await version(connection)
        require_known(found, len(wanted))
        for number, script in enumerate(wanted[found:], found + 1):
            async with connection.transaction():
                await connection.execute(script)
                await connection.execute("INSERT INTO migration (number) VALUES ($1)", number)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", ADVISORY)


def require_known(found: int, known: int) -> None:
    """Raises StoreError if a database is newer than this program."""
    if found > known:
        raise StoreError(
            f"the database's tables are version {found}, and this gateway knows versions up to "
            f"{known}: install the gateway that was used last, or a newer one",
            lasting=True,
        )
