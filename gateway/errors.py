"""Every error that a gateway answers with, and the one way from an error to a status.

GatewayError
├── ContractViolated      INVALID_ARGUMENT
├── MalformedRequest      INVALID_ARGUMENT
├── TypeUnknown           FAILED_PRECONDITION
├── TransitionRefused     FAILED_PRECONDITION
├── LogInconsistent       FAILED_PRECONDITION
├── IdentityUnknown       UNAUTHENTICATED
├── NotPermitted          PERMISSION_DENIED
├── NotAuthority          PERMISSION_DENIED
├── MessageNotFound       NOT_FOUND
├── MessageIdReused       ALREADY_EXISTS
├── RevisionStale         ABORTED
├── CursorOutOfRange      OUT_OF_RANGE
├── QuotaExceeded         RESOURCE_EXHAUSTED, RetryInfo
├── MessageTooLarge       RESOURCE_EXHAUSTED
├── Unavailable           UNAVAILABLE, RetryInfo
├── DataLoss              DATA_LOSS
└── Internal              INTERNAL
"""

from collections.abc import Sequence
from typing import ClassVar

from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from yrd.exchange.v1.errors_pb2 import ErrorReason

DOMAIN = "yrd"


class GatewayError(Exception):
    """A refusal. `metadata` goes into ErrorInfo; `fields` are (path, rule, remedy)."""

    code: ClassVar[int] = code_pb2.INTERNAL
    reason: ClassVar[int] = ErrorReason.ERROR_REASON_INTERNAL
    retry_seconds: float | None = None

    def __init__(
        self,
        message: str,
        *,
        fields: Sequence[tuple[str, str, str]] = (),
        retry_seconds: float | None = None,
        **metadata: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)
        self.metadata = {key: str(value) for key, value in metadata.items()}
        if retry_seconds is not None:
            self.retry_seconds = retry_seconds


class ContractViolated(GatewayError):
    """The message violates the contract."""

    code = code_pb2.INVALID_ARGUMENT
    reason = ErrorReason.ERROR_REASON_CONTRACT_VIOLATED


class MalformedRequest(GatewayError):
    """The request itself is malformed."""

    code = code_pb2.INVALID_ARGUMENT
    reason = ErrorReason.ERROR_REASON_MALFORMED_REQUEST


class TypeUnknown(GatewayError):
    """Type or version not known to this gateway."""

    code = code_pb2.FAILED_PRECONDITION
    reason = ErrorReason.ERROR_REASON_TYPE_UNKNOWN


class TransitionRefused(GatewayError):
    """The step may not follow what the entity's earlier messages say."""

    code = code_pb2.FAILED_PRECONDITION
    reason = ErrorReason.ERROR_REASON_TRANSITION_REFUSED


class LogInconsistent(GatewayError):
    """A peer's log does not extend what was cosigned, or its signature is bad."""

    code = code_pb2.FAILED_PRECONDITION
    reason = ErrorReason.ERROR_REASON_LOG_INCONSISTENT


class IdentityUnknown(GatewayError):
    """No certificate, or one that names no participant."""

    code = code_pb2.UNAUTHENTICATED
    reason = ErrorReason.ERROR_REASON_IDENTITY_UNKNOWN


class NotPermitted(GatewayError):
    """The certificate does not allow this call or type."""

    code = code_pb2.PERMISSION_DENIED
    reason = ErrorReason.ERROR_REASON_NOT_PERMITTED


class NotAuthority(GatewayError):
    """Another participant is the authority for this fact."""

    code = code_pb2.PERMISSION_DENIED
    reason = ErrorReason.ERROR_REASON_NOT_AUTHORITY


class MessageNotFound(GatewayError):
    """No such message, or none that this caller may know of."""

    code = code_pb2.NOT_FOUND
    reason = ErrorReason.ERROR_REASON_MESSAGE_NOT_FOUND


class MessageIdReused(GatewayError):
    """The message_id was used for other content."""

    code = code_pb2.ALREADY_EXISTS
    reason = ErrorReason.ERROR_REASON_MESSAGE_ID_REUSED


class RevisionStale(GatewayError):
    """The revision is not newer than the known one."""

    code = code_pb2.ABORTED
    reason = ErrorReason.ERROR_REASON_REVISION_STALE


class CursorOutOfRange(GatewayError):
    """The cursor lies outside of what is kept."""

    code = code_pb2.OUT_OF_RANGE
    reason = ErrorReason.ERROR_REASON_CURSOR_OUT_OF_RANGE


class QuotaExceeded(GatewayError):
    """The caller asks too much too fast."""

    code = code_pb2.RESOURCE_EXHAUSTED
    reason = ErrorReason.ERROR_REASON_QUOTA_EXCEEDED
    retry_seconds = 1.0


class MessageTooLarge(GatewayError):
    """The message is larger than the gateway takes."""

    code = code_pb2.RESOURCE_EXHAUSTED
    reason = ErrorReason.ERROR_REASON_MESSAGE_TOO_LARGE


class Unavailable(GatewayError):
    """The store can't be written, or the gateway is shutting down."""

    code = code_pb2.UNAVAILABLE
    reason = ErrorReason.ERROR_REASON_UNAVAILABLE
    retry_seconds = 2.0


class DataLoss(GatewayError):
    """Stored bytes fail their hash."""

    code = code_pb2.DATA_LOSS
    reason = ErrorReason.ERROR_REASON_DATA_LOSS


class Internal(GatewayError):
    """Anything else."""


def by_name(name: str) -> type[GatewayError]:
    """The error class of that name. Raises KeyError for any other name."""
    return {kind.__name__: kind for kind in GatewayError.__subclasses__()}[name]


def to_status(error: GatewayError) -> Status:
    """The google.rpc.Status of an error, with ErrorInfo and what else belongs to its kind."""
    status = Status(code=error.code, message=error.message)
    reason = ErrorReason.Name(error.reason).removeprefix("ERROR_REASON_")
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN, metadata=error.metadata)
    ]
    if error.fields:
        details.append(_bad_request(error.fields))
    if error.retry_seconds is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(int(error.retry_seconds * 1000))
        details.append(retry)
    for detail in details:
        status.details.add().Pack(detail)
    return status


def _bad_request(fields: Sequence[tuple[str, str, str]]) -> error_details_pb2.BadRequest:
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=path, reason=rule, description=remedy)
            for path, rule, remedy in fields
        ]
    )
