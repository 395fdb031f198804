"""Ends a call with the status of an error."""

from typing import Any

import grpc

from gateway.errors import GatewayError, to_status

CODES = {code.value[0]: code for code in grpc.StatusCode}


def let_go(error: BaseException) -> None:
    """Lets go of the frames that an error went through.

    They and the error refer to each other. What they hold, a request of megabytes perhaps, would stay
    until the collector comes, and that is seldom here (gateway/memory.py).
    """
    above: BaseException | None = error
    while above is not None:
        above.__traceback__ = None
        above = above.__cause__ or above.__context__


async def abort(context: Any, error: GatewayError) -> None:
    """Ends the call with the error's status and details."""
    status = to_status(error)
    await context.abort(
        CODES[status.code],
        status.message,
        (("grpc-status-details-bin", status.SerializeToString()),),
    )
