"""What a refusal says, read from the bare status, and whether it keeps what is promised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from integration.kit.promises import DOMAIN, PROMISES
from yrd.exchange.v1.errors_pb2 import ErrorReason

DETAILS = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with its details. `reason` is empty where there was no ErrorInfo.

    `fields` are (path, rule, remedy); `problems` say which promises the status breaks.
    """

    code: str
    message: str
    domain: str
    reason: str
    metadata: Mapping[str, str]
    fields: tuple[tuple[str, str, str], ...]
    retry_seconds: float | None
    problems: tuple[str, ...] = ()

    def told(self) -> str:
        """In one line."""
        said = [f"{self.code} {self.reason or '(no ErrorInfo)'}"]
        said += [f"{path or 'message'}: {rule}" for path, rule, _ in self.fields]
        said += [f"{key}={value}" for key, value in sorted(self.metadata.items())]
        if self.retry_seconds is not None:
            said.append(f"retry in {self.retry_seconds:g} s")
        return "; ".join([*said, self.message[:160]] if not self.fields else said)


def of_status(status: Status) -> Refusal:
    """Reads the status of one draft."""
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    there = [_unpack(status, detail) for detail in (info, bad, retry)]
    code = _code_name(status.code)
    refusal = Refusal(
        code,
        status.message,
        info.domain,
        info.reason,
        dict(info.metadata),
        tuple((v.field, v.reason, v.description) for v in bad.field_violations),
        retry.retry_delay.ToMilliseconds() / 1000 if there[2] else None,
    )
    return _with_problems(refusal, has_info=there[0])


def of_call(error: grpc.RpcError) -> Refusal:
    """Reads the status of a whole call; what gRPC says itself must agree with the details."""
    call: Any = error
    code, said = call.code().name, call.details() or ""
    data = next((v for k, v in call.trailing_metadata() or () if k == DETAILS), None)
    try:
        status = Status.FromString(data) if isinstance(data, bytes) else None
    except DecodeError:
        status = None
    if status is None:
        return Refusal(code, said, "", "", {}, (), None, (f"no readable {DETAILS}",))
    refusal = of_status(status)
    if (refusal.code, refusal.message) == (code, said):
        return refusal
    odd = f"the call's status is {code} {said!r}, its details say {refusal.code}"
    return _adding(refusal, odd)


def _unpack(status: Status, into: Message) -> bool:
    return any(detail.Unpack(into) for detail in status.details)


def _code_name(number: int) -> str:
    try:
        return str(code_pb2.Code.Name(number))
    except ValueError:
        return f"code {number}"


def _adding(refusal: Refusal, *problems: str) -> Refusal:
    return replace(refusal, problems=(*refusal.problems, *problems))


def _with_problems(refusal: Refusal, *, has_info: bool) -> Refusal:
    if not has_info:
        return _adding(refusal, "no google.rpc.ErrorInfo in the status's details")
    return _adding(refusal, *_broken_promises(refusal))


def _broken_promises(refusal: Refusal) -> Iterator[str]:
    if refusal.domain != DOMAIN:
        yield f"ErrorInfo.domain is {refusal.domain!r}, not {DOMAIN!r}"
    if f"ERROR_REASON_{refusal.reason}" not in ErrorReason.keys():  # noqa: SIM118  # an enum wrapper
        yield f"ErrorInfo.reason {refusal.reason!r} is not in errors.proto"
    if not refusal.message:
        yield "the status has no message: say what is wrong and what to do"
    promise = PROMISES.get(refusal.reason)
    if promise is None:
        return
    if refusal.code != promise.code:
        yield f"{refusal.reason} came with {refusal.code}, not {promise.code}"
    if set(refusal.metadata) != promise.metadata:
        yield f"metadata is {sorted(refusal.metadata)}, not {sorted(promise.metadata)}"
    if (refusal.retry_seconds is not None) != promise.retry:
        yield "RetryInfo is missing" if promise.retry else "RetryInfo where a retry can't help"
    if promise.fields is not None and bool(refusal.fields) != promise.fields:
        yield "BadRequest is missing" if promise.fields else "BadRequest where no field is at fault"
    for path, rule, remedy in refusal.fields:
        if not rule or not remedy:
            yield f"the violation of {path or 'the message'} has no rule or no remedy"
