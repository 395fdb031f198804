"""Errors of a gateway as Python exceptions, with all that their status carries."""

from dataclasses import dataclass

import grpc
from google.protobuf.message import DecodeError
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

_DETAILS = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field that breaks a rule, and what to do."""

    field: str
    rule: str
    remedy: str


class ExchangeError(Exception):
    """A refusal, or a gateway that can't be reached.

    `code` is the name of the gRPC status, `reason` that of the ErrorReason without its prefix (empty
    if the gateway gave none), `retry_seconds` how long to wait before another try.
    """

    def __init__(
        self,
        code: str,
        message: str,
        reason: str = "",
        metadata: dict[str, str] | None = None,
        fields: tuple[FieldProblem, ...] = (),
        retry_seconds: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.reason = code, message, reason
        self.metadata, self.fields = metadata or {}, fields
        self.retry_seconds = retry_seconds


def describe(status: Status) -> ExchangeError:
    """The exception for a google.rpc.Status, for example of one refused draft."""
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    retry_seconds = None
    for detail in status.details:
        detail.Unpack(info)
        detail.Unpack(bad)
        if detail.Unpack(retry):
            retry_seconds = retry.retry_delay.ToMilliseconds() / 1000
    return ExchangeError(
        code_pb2.Code.Name(status.code),
        status.message,
        info.reason,
        dict(info.metadata),
        tuple(FieldProblem(v.field, v.reason, v.description) for v in bad.field_violations),
        retry_seconds,
    )


def from_call(error: grpc.RpcError) -> ExchangeError:
    """The exception for a failed call."""
    call: grpc.Call = error  # type: ignore[assignment]  # grpc raises errors that are calls
    for key, value in call.trailing_metadata() or ():
        if key == _DETAILS and isinstance(value, bytes):
            try:
                return describe(Status.FromString(value))
            except DecodeError:
                break
    return ExchangeError(call.code().name, call.details() or "")
