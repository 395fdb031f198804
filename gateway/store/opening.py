"""The store that a configuration names."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gateway.store.port import StoreError
from gateway.store.sql_store import SqlStore
from gateway.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from gateway.store.postgres_lease import Seen

Free: TypeAlias = "Seen | None"
"""The lease of a holder that is known to be dead."""

FILE = "gateway.db"
NO_DRIVER = (
    "store: PostgreSQL needs the package asyncpg: pip install 'yangtze-delta-exchange[postgres]'"
)


def is_file(store: str) -> bool:
    """Whether the store is a file in the data folder."""
    return store == "sqlite"


def open_store(store: str, data_dir: Path, participant: str, free: Free = None) -> SqlStore:
    """Opens or makes it, to write into it. Raises StoreError, also if it belongs to someone else."""
    if is_file(store):
        return SqliteStore(data_dir / FILE, participant)
    require_driver()
    from gateway.store.postgres import PostgresStore  # noqa: PLC0415  # not everyone has its driver

    return PostgresStore(store, participant, free)


def await_store(store: str, data_dir: Path, log: str) -> tuple[bool, Free]:
    """Waits while another gateway writes into it. Whether there is a store; its lease.

    Raises StoreError.
    """
    if is_file(store):
        return (data_dir / FILE).exists(), None
    require_driver()
    from gateway.store.postgres_standby import Standby  # noqa: PLC0415

    free = Standby(store, data_dir, log).wait()
    return free is not None, free


def require_driver() -> None:
    """Raises StoreError if PostgreSQL can't be spoken to."""
    try:
        import asyncpg  # noqa: F401, PLC0415
    except ImportError:
        raise StoreError(NO_DRIVER, lasting=True) from None
