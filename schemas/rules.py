"""Every rule of the contract, at one point: protovalidate's, the code tables', and the clock's."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from protovalidate import EvaluationError, Validator

from schemas.catalog import BODY_FIELDS, body_of
from schemas.codes.tables import problem
from schemas.disclosure import marked_fields
from schemas.instants import is_time
from schemas.quick import make_ready, surely_valid
from schemas.sums import wrong_totals
from schemas.walk import Found, find, times
from yrd.common.v1.common_pb2 import Code
from yrd.exchange.v1.message_pb2 import Draft, Header


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: the field's path in the draft, the rule's id, and what to do."""

    field: str
    rule: str
    message: str


_TIME = "timestamp.range"
_NO_TIME = "no time: send seconds within the years 1 to 9999 and nanos from 0 to 999,999,999"


@cache
def _validator() -> Validator:
    return Validator()


def get_ready() -> None:
    """Does now what the first message of each type would wait for: some 0.2 s of processor, once."""
    header: Any = Header.DESCRIPTOR
    bodies: Any = [field.message_type for field in BODY_FIELDS.values()]
    make_ready([header, *bodies])


def violations(draft: Draft, now: datetime, skew_seconds: float = 300.0) -> list[Violation]:
    """All rules that a draft breaks. `now` (aware) is the gateway's clock; skew is forgiven."""
    return _joined(_contract(draft), _clock(draft, now.timestamp() + skew_seconds))


def violations_received(draft: Draft, absent_groups: frozenset[str]) -> list[Violation]:
    """Rules that a received message breaks, leaving out fields of groups that were not given.

    The clock is left out: it was the origin's to check.
    """
    found = _contract(draft)
    if not found or not absent_groups:
        return found
    absent = _absent_paths(draft, absent_groups)
    return [v for v in found if not any(f"{v.field}.".startswith(f"{p}.") for p in absent)]


def _absent_paths(draft: Draft, absent_groups: frozenset[str]) -> list[str]:
    field, body = draft.WhichOneof("body"), body_of(draft)
    if body is None:
        return []
    marked = marked_fields(body.DESCRIPTOR.full_name)
    return [".".join((str(field), *m.path)) for m in marked if m.group in absent_groups]


def _contract(draft: Draft) -> list[Violation]:
    """Rules of the contract and of the tables; a field that is malformed is not looked up, too.

    They are only asked one by one where a quick proof of all of them does not do.
    """
    body = body_of(draft)
    if body is not None and surely_valid(draft.header) and surely_valid(body):
        return []
    found = _joined(_times(draft), _static(draft))
    if body is None:
        return found
    field = str(draft.WhichOneof("body"))
    return _joined(found, _tables(field, body) + _sums(field, body))


def _joined(first: list[Violation], more: list[Violation]) -> list[Violation]:
    """Both, but of a field that the first names already, or what is inside it, nothing more."""
    if not first or not more:
        return first or more
    named = [f"{violation.field}." for violation in first]
    return [*first, *(v for v in more if not any(n.startswith(f"{v.field}.") for n in named))]


def _static(draft: Draft) -> list[Violation]:
    """What protovalidate finds, asked only for the half that a quick proof does not do for."""
    field = draft.WhichOneof("body")
    if field is None or not draft.HasField("header"):
        return _collected(draft, "")
    return [*_collected(draft.header, "header"), *_collected(getattr(draft, field), field)]


def _collected(message: Message, path: str) -> list[Violation]:
    if surely_valid(message):
        return []
    try:
        found = _validator().collect_violations(message)
    except EvaluationError as error:
        text = f"can't be checked, {error}: shorten its lists, or split it"
        return [Violation(path, "evaluation", text)]
    return [_described(violation.proto, path) for violation in found] if found else []


def _described(violation: Any, above: str) -> Violation:
    path = ".".join(filter(None, (above, field_path(violation.field))))
    text = violation.message
    if "." not in violation.rule_id or violation.rule_id.split(".")[0] in _STANDARD:
        text = f"{text}: correct {path or 'the message'}"
    return Violation(path, violation.rule_id, text)


_STANDARD = frozenset(
    [
        "string",
        "bytes",
        "bool",
        "enum",
        "repeated",
        "map",
        "timestamp",
        "duration",
        "double",
        "float",
        "int32",
        "int64",
        "uint32",
        "uint64",
        "required",
    ]
)


def field_path(field: Any) -> str:
    """The path of a protovalidate violation's field, for example "needs[0].quantity"."""
    if field is None:
        return ""
    parts = []
    for element in field.elements:
        subscript = element.subscript
        is_index = subscript is not None and subscript.field == "index"
        parts.append(f"{element.field_name}[{subscript.value}]" if is_index else element.field_name)
    return ".".join(parts)


def _times(draft: Draft) -> list[Violation]:
    field, body, header = draft.WhichOneof("body"), body_of(draft), draft.header
    found = [Violation(f"header.{f.path}", _TIME, _NO_TIME) for f in _none(header)]
    if body is not None:
        found += [Violation(f"{field}.{f.path}", _TIME, _NO_TIME) for f in _none(body)]
    return found


def _none(message: Message) -> list[Found]:
    return [found for found in times(message) if not is_time(found.value)]


def _tables(field: str, body: Message) -> list[Violation]:
    found = []
    for marked in find(body, "code_table"):
        text = _problem(marked)
        if text:
            found.append(Violation(f"{field}.{marked.path}", f"code_table.{marked.option}", text))
    return found


def _sums(field: str, body: Message) -> list[Violation]:
    return [Violation(f"{field}.{name}", "sum_of", text) for name, text in wrong_totals(body)]


def _problem(marked: Found) -> str | None:
    value = marked.value
    if isinstance(value, Code):
        return problem(marked.option, value.scheme, value.value)
    # an empty string is protovalidate's to judge
    return problem(marked.option, "", value) if value else None


def _clock(draft: Draft, latest: float) -> list[Violation]:
    header = draft.header
    if header.occurred_time.seconds <= latest and header.reported_time.seconds <= latest:
        return []
    told = {"occurred_time": header.occurred_time, "reported_time": header.reported_time}
    return [
        Violation(
            f"header.{name}",
            "header.time_in_future",
            f"{_text(time)} lies in the future: send UTC (Beijing time less 8 hours), "
            "and check the clock",
        )
        for name, time in told.items()
        if time.seconds > latest
    ]


def _text(time: Timestamp) -> str:
    return str(time.ToJsonString()) if is_time(time) else f"second {time.seconds}"
