"""What a refusal tells its caller, read from the bare status and not through the client."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from yrd.exchange.v1.service_pb2 import PublishResult

ERRORS_PROTO = Path(__file__).parents[2] / "proto" / "yrd" / "exchange" / "v1" / "errors.proto"
_DETAILS = "grpc-status-details-bin"
_REASON = re.compile(r"((?: *//.*\n)+) *ERROR_REASON_(\w+) = \d+;")


@dataclass(frozen=True, slots=True)
class Told:
    """A status with its details; fields are (path, rule, remedy)."""

    code: str
    message: str
    domain: str
    reason: str
    metadata: dict[str, str]
    fields: tuple[tuple[str, str, str], ...]
    retry_seconds: float | None


def told(status: Status) -> Told:
    """Reads a status."""
    info = error_details_pb2.ErrorInfo()
    bad, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    assert _unpack(status, info), f"no ErrorInfo: {status}"
    _unpack(status, bad)
    return Told(
        code_pb2.Code.Name(status.code),
        status.message,
        info.domain,
        info.reason,
        dict(info.metadata),
        tuple((v.field, v.reason, v.description) for v in bad.field_violations),
        retry.retry_delay.ToMilliseconds() / 1000 if _unpack(status, retry) else None,
    )


def _unpack(status: Status, into: Message) -> bool:
    return any(detail.Unpack(into) for detail in status.details)


def refusal(result: PublishResult) -> Told:
    """The refusal of one draft."""
    assert result.WhichOneof("outcome") == "error", f"expected a refusal: {result}"
    return told(result.error)


def refused(call: Callable[[], object]) -> Told:
    """The refusal of a whole call; what gRPC says itself must agree with the details."""
    with pytest.raises(grpc.RpcError) as caught:
        call()
    error: Any = caught.value
    found = dict(error.trailing_metadata() or ())
    assert _DETAILS in found, f"no details: {error.code().name}: {error.details()}"
    status = told(Status.FromString(found[_DETAILS]))
    assert (status.code, status.message) == (error.code().name, error.details())
    return status


def documented_metadata() -> dict[str, frozenset[str]]:
    """The names of the metadata that errors.proto promises for each reason."""
    text = ERRORS_PROTO.read_text(encoding="utf-8")
    return {name: _names(comment) for comment, name in _REASON.findall(text)}


def _names(comment: str) -> frozenset[str]:
    words = " ".join(line.strip().removeprefix("//").strip() for line in comment.splitlines())
    found = re.search(r"Metadata: ([\w, ]+)\.", words)
    return frozenset(found[1].split(", ")) if found else frozenset()
