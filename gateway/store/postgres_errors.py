"""What an error of PostgreSQL, or of the way to it, says."""

import asyncpg

from gateway.store.port import CorruptStore, StoreError

REJECTED = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
)
_BROKEN = (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError)
_LOST = (
    OSError,  # TimeoutError among them
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
)
ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""All that a statement raises."""


class Rejected(StoreError):
    """The server does not let us in, or not do what we must."""

    remedy = "then restart"

    def __str__(self) -> str:
        return f"{super().__str__()}; check `store` and the role's rights"


class Unreachable(StoreError):
    """No server that may be written to answers."""


def lost(error: Exception) -> bool:
    """Whether the connection, or the server behind it, is of no use any more; another one may be."""
    return isinstance(error, _LOST) and not isinstance(error, ValueError)


def told(error: Exception) -> StoreError:
    """The store's error. Lasting where bytes are damaged or the server doesn't let us in.

    A full disk is not lasting, and neither is a server that is away: it may come back.
    """
    text = str(error) or type(error).__name__
    if isinstance(error, asyncpg.DiskFullError):
        return StoreError(f"database or disk is full: {text}", lasting=False)
    if isinstance(error, _BROKEN):
        return CorruptStore(f"PostgreSQL: {text}")
    if isinstance(error, REJECTED):
        return Rejected(f"PostgreSQL: {text}", lasting=True)
    if lost(error):
        return Unreachable(f"PostgreSQL can't be reached: {text}", lasting=False)
    return StoreError(f"PostgreSQL: {text}", lasting=isinstance(error, asyncpg.PostgresIOError))
