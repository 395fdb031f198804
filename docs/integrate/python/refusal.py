"""What a google.rpc.Status of the exchange says, of one draft or of a whole call."""

from dataclasses import dataclass

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

# The codes that gRPC itself makes when the gateway goes or is away: nobody knows whether the call
# arrived, and thanks to the message ids it does no harm to repeat it.
AWAY = (code_pb2.UNAVAILABLE, code_pb2.DEADLINE_EXCEEDED, code_pb2.CANCELLED)


@dataclass(frozen=True)
class Refusal:
    """`again`: send the same once more, under the same ids, after `wait_seconds`.

    Otherwise a person must look. `fields` are (path, remedy, rule).
    """

    code: str
    reason: str
    message: str
    fields: tuple[tuple[str, str, str], ...]
    again: bool
    wait_seconds: float

    def __str__(self) -> str:
        """One line, and one more for each field."""
        text = f"{self.code} [{self.reason}]" if self.reason else self.code
        if not self.fields:
            return f"{text}: {self.message}"
        lines = (f"\n  {path}: {remedy} (rule {rule})" for path, remedy, rule in self.fields)
        return text + "".join(lines)


def of_status(status: status_pb2.Status) -> Refusal:
    """Reads a status with its details."""
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    again, wait_seconds = status.code in AWAY, 1.0
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
        if detail.Unpack(retry):
            again, wait_seconds = True, retry.retry_delay.ToTimedelta().total_seconds()
    return Refusal(
        code=code_pb2.Code.Name(status.code),
        reason=info.reason,
        message=status.message,
        fields=tuple((v.field, v.description, v.reason) for v in bad.field_violations),
        again=again,
        wait_seconds=wait_seconds,
    )


def of_error(error: grpc.RpcError) -> Refusal:
    """Reads the error of a call."""
    status = rpc_status.from_call(error)
    if status is None:  # made by gRPC itself, without details
        status = status_pb2.Status(code=error.code().value[0], message=error.details() or "")
    return of_status(status)
