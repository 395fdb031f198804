"""Ends a call with the status of an error."""

from typing import Any

import grpc

from gateway.errors import GatewayError, to_status

CODES = {code.value[0]: code for code in grpc.StatusCode}


async def abort(context: Any, error: GatewayError) -> None:
    """Ends the call with the error's status and details."""
    status = to_status(error)
    await context.abort(
        CODES[status.code],
        status.message,
        (("grpc-status-details-bin", status.SerializeToString()),),
    )
