"""A failure of the store as callers are told it."""

from gateway.errors import DataLoss, GatewayError, Unavailable
from gateway.store.port import CorruptStore, StoreError


def refusal(error: StoreError) -> GatewayError:
    """DataLoss where stored bytes are damaged, Unavailable otherwise."""
    if isinstance(error, CorruptStore):
        index = "" if error.index is None else error.index
        return DataLoss(
            f"stored bytes are damaged: {error}; run `yrd audit verify`", log=error.log, index=index
        )
    return Unavailable(f"the store can't be used: {error}")
