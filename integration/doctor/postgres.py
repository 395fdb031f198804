"""PostgreSQL, where it has the store: whether it is safe, new enough and has room for connections."""

import asyncio
from collections.abc import Iterator

from gateway.store.opening import is_file, require_driver
from gateway.store.port import StoreError
from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, skipped, trouble

CHECK = "postgresql"
CONNECTIONS = 11
"""That a gateway uses (docs/operate.md)."""
_WHY = Words("网关不能启动，或不再接受消息", "the gateway does not start, or accepts nothing")


def check(asked: Asked) -> Iterator[Finding]:
    """Reads settings only."""
    store = asked.config.store
    if is_file(store):
        return
    if not asked.network:
        yield skipped(CHECK, "未检查 PostgreSQL", "PostgreSQL was not asked (--no-network)")
        return
    try:
        require_driver()
        yield from _looked(store)
    except StoreError as error:
        step = Words("按所述处理（docs/operate.md）", "do what is said (docs/operate.md)")
        yield trouble(CHECK, Words(f"PostgreSQL：{error}", str(error)), _WHY, step)


def _looked(dsn: str) -> list[Finding]:
    from gateway.store.postgres_errors import ERRORS, told  # noqa: PLC0415  # not everyone has its driver

    try:
        return asyncio.run(_look(dsn))
    except ERRORS as error:
        raise told(error) from error


async def _look(dsn: str) -> list[Finding]:
    from gateway.store import postgres_open as opening  # noqa: PLC0415
    from gateway.store.postgres_lease import LOOK  # noqa: PLC0415
    from gateway.store.postgres_way import way  # noqa: PLC0415

    to = way(dsn)
    connection = await to.connect(LOOK)
    try:
        await opening.require_safe(connection)
        found = await opening.version(connection)
        opening.require_known(found, len(opening.scripts()))
        lost = await opening.warnings(connection, to.several)
        left = await connection.fetchval(
            "SELECT current_setting('max_connections')::int - count(*)::int FROM pg_stat_activity"
        )
        server = await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    return [*_warned(lost), *_room(int(left)), _fine(str(server), found)]


def _warned(lost: list[str]) -> Iterator[Finding]:
    for words in lost:
        why = Words("数据库切换可能丢失已确认的消息", "a failover may lose what was acknowledged")
        step = Words("设置 synchronous_standby_names", "set synchronous_standby_names")
        yield attention(CHECK, Words(f"PostgreSQL：{words}", words), why, step)


def _room(left: int) -> Iterator[Finding]:
    if left < CONNECTIONS:
        yield attention(
            CHECK,
            Words(f"PostgreSQL 只剩 {left} 个连接", f"PostgreSQL has {left} connections left"),
            Words(f"网关最多用 {CONNECTIONS} 个", f"a gateway uses up to {CONNECTIONS}"),
            Words("调高 max_connections", "raise max_connections"),
        )


def _fine(server: str, tables: int) -> Finding:
    return good(
        CHECK,
        f"PostgreSQL {server}，表结构第 {tables} 版，fsync 等设置安全",
        f"PostgreSQL {server}, tables of version {tables}, fsync and the like are safe",
    )
