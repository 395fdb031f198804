"""A database for each gateway of a drill."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import asyncpg

from integration.drill.setting import DrillError


class Databases:
    """On a server, under names of their own. All methods raise DrillError."""

    def __init__(self, dsn: str, prefix: str, participants: Sequence[str]) -> None:
        self._dsn = dsn
        self._names = {p: f"{prefix}_{p}".replace("-", "_") for p in participants}

    def make(self) -> dict[str, str]:
        """Their DSNs by participant."""
        self._run([f'CREATE DATABASE "{name}"' for name in self._names.values()])
        return {p: self._at(name) for p, name in self._names.items()}

    def drop(self) -> None:
        """Takes them away again."""
        self._run([f'DROP DATABASE IF EXISTS "{name}"' for name in self._names.values()])

    def version(self) -> str:
        """Of the server."""
        return self._run(["SHOW server_version"]).split()[0]

    def _at(self, name: str) -> str:
        return urlsplit(self._dsn)._replace(path=f"/{name}").geturl()

    def _run(self, statements: Sequence[str]) -> str:
        async def run() -> str:
            connection = await asyncpg.connect(self._dsn, timeout=10)
            try:
                return str([await connection.fetchval(one) for one in statements][-1])
            finally:
                await connection.close()

        try:
            return asyncio.run(run())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
            raise DrillError(
                f"--postgres: {error or type(error).__name__}; name a server with a role that may create "
                "databases"
            ) from None
