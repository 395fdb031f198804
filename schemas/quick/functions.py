"""What the functions that are made call by name."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from schemas.codes.lookup import problem
from schemas.instants import is_time
from schemas.sums import wrong_totals
from yrd.common.v1.common_pb2 import Code


def _time(time: Timestamp) -> tuple[int, int]:
    if not is_time(time):
        raise ValueError(f"{time.seconds} s {time.nanos} ns is no time")
    return time.seconds, time.nanos


def _at(items: Sequence[Any], index: int) -> Any:
    if index < 0:
        raise IndexError(index)  # CEL counts from the front only
    return items[index]


def _holds(result: object) -> bool:
    return result is True or result == ""


def _listed(table: str, value: str) -> bool:
    return not value or problem(table, "", value) is None  # an empty string is not looked up


def _code_listed(table: str, code: Code) -> bool:
    return problem(table, code.scheme, code.value) is None


def _are_sums(message: Message) -> bool:
    return not any(wrong_totals(message))


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "_time": _time,
        "_is_time": is_time,
        "_at": _at,
        "_holds": _holds,
        "_finite": math.isfinite,
        "_listed": _listed,
        "_code_listed": _code_listed,
        "_are_sums": _are_sums,
    }
)
