"""What a gateway refuses with: one exception, and its google.rpc.Status."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

DOMAIN = "yrd"
CODES: Mapping[str, int] = MappingProxyType(
    {
        "CONTRACT_VIOLATED": code_pb2.INVALID_ARGUMENT,
        "MALFORMED_REQUEST": code_pb2.INVALID_ARGUMENT,
        "TRANSITION_REFUSED": code_pb2.FAILED_PRECONDITION,
        "TYPE_UNKNOWN": code_pb2.FAILED_PRECONDITION,
        "IDENTITY_UNKNOWN": code_pb2.UNAUTHENTICATED,
        "NOT_PERMITTED": code_pb2.PERMISSION_DENIED,
        "NOT_AUTHORITY": code_pb2.PERMISSION_DENIED,
        "MESSAGE_NOT_FOUND": code_pb2.NOT_FOUND,
        "MESSAGE_ID_REUSED": code_pb2.ALREADY_EXISTS,
        "REVISION_STALE": code_pb2.ABORTED,
        "CURSOR_OUT_OF_RANGE": code_pb2.OUT_OF_RANGE,
        "QUOTA_EXCEEDED": code_pb2.RESOURCE_EXHAUSTED,
        "MESSAGE_TOO_LARGE": code_pb2.RESOURCE_EXHAUSTED,
        "UNAVAILABLE": code_pb2.UNAVAILABLE,
        "INTERNAL": code_pb2.INTERNAL,
    }
)
"""ErrorInfo.reason → status code, as in errors.proto."""


class Refusal(Exception):
    """Why a draft or a call is refused. `fields` are (path, rule, remedy); the rest is metadata."""

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        fields: Sequence[tuple[str, str, str]] = (),
        retry_seconds: float | None = None,
        **metadata: object,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason, self.message, self.fields = reason, message, tuple(fields)
        self.retry_seconds = retry_seconds
        self.metadata = {key: str(value) for key, value in metadata.items()}

    def status(self) -> Status:
        """ErrorInfo, then BadRequest and RetryInfo where they apply."""
        details: list[Message] = [
            error_details_pb2.ErrorInfo(reason=self.reason, domain=DOMAIN, metadata=self.metadata)
        ]
        if self.fields:
            bad = error_details_pb2.BadRequest()
            for path, rule, remedy in self.fields:
                bad.field_violations.add(field=path, reason=rule, description=remedy)
            details.append(bad)
        if self.retry_seconds is not None:
            retry = error_details_pb2.RetryInfo()
            retry.retry_delay.FromMilliseconds(round(self.retry_seconds * 1000))
            details.append(retry)
        status = Status(code=CODES[self.reason], message=self.message)
        for detail in details:
            status.details.add().Pack(detail)
        return status


def malformed(field: str, message: str, fields: Sequence[tuple[str, str, str]] = ()) -> Refusal:
    """A request that is wrong as such."""
    return Refusal("MALFORMED_REQUEST", message, fields=fields, field=field)
