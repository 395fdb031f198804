"""Whose store it is."""

from collections.abc import Mapping

from gateway.store.port import StoreError
from gateway.store.sql import Queries


def require_owner(sql: Queries, expected: Mapping[str, str], where: str, check: str) -> None:
    """Writes into `meta` whose store it is. Raises StoreError if that is someone else."""
    for key, value in expected.items():
        sql.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value))
        found = sql.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if found[0] != value:
            raise StoreError(
                f"{where}: {key} is {found[0]!r}, this gateway is {value!r}; check {check}",
                lasting=True,
            )
