"""Conditions of clauses (`when`), in CEL over `header` and `body`.

They see the header and the core of the body only (what is in no disclosure group), so that an auditor
can decide again at any time, also when personal data are long destroyed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cel

from gateway.sharing.content import Content
from gateway.sharing.paths import Named, PathError, bound_in, named
from gateway.sharing.values import values
from gateway.sharing.work import Work, WorkError, work_of
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Header

logger = logging.getLogger(__name__)
MAX_LENGTH = 2000
FUNCTIONS = frozenset(
    [
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "string",
        "int",
        "uint",
        "double",
        "bytes",
        "dyn",
        "type",
        "timestamp",
        "duration",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ]
)
"""What an expression may call, beside operators and the macros has, all, exists, exists_one, filter, map."""


class ConditionError(ValueError):
    """A condition that can't be used; the text says why, and what to do."""


@dataclass(slots=True, eq=False)
class Condition:
    """A compiled condition. `failures` counts entries on which it could not be evaluated."""

    source: str
    program: cel.Program
    reads: Named
    work: Work
    failures: int = field(default=0)

    def holds(self, content: Content, clause: str = "") -> bool:
        """Whether it holds for an entry. What can't be evaluated does not: the default is to deny."""
        known: bool | None = content.verdicts.get(self)
        if known is None:
            try:
                known = self.evaluate(content) is True
            except Exception as error:  # noqa: BLE001  # whatever went wrong, nothing is given
                known = False
                self._failed(content, clause, error)
            content.verdicts[self] = known
        return known

    def _failed(self, content: Content, clause: str, error: Exception) -> None:
        self.failures += 1
        if self.failures == 1:
            what = {"clause": clause, "type": content.leaf.type, "detail": reason(error)}
            logger.warning("condition_failed", extra=what)

    def evaluate(self, content: Content) -> Any:
        """Its value for an entry. Raises WorkError, and whatever evaluating raises."""
        seen = self.values(content)
        self.work.require_bounded(seen)
        return self.program.execute(seen)

    def constant(self) -> Any:
        """Its value for any entry, if it names no field. Raises WorkError, and what evaluating raises."""
        self.work.require_bounded({})
        return self.program.execute({})

    def values(self, content: Content) -> dict[str, Any]:
        """The fields that it names, as it sees them."""
        seen = {}
        if self.reads.header:
            seen["header"] = values(content.header, self.reads.header)
        if self.reads.body:
            seen["body"] = values(content.core, self.reads.body)
        return seen


def reason(error: Exception) -> str:
    """Why evaluating failed, in a line."""
    if isinstance(error, KeyError):
        return f"{error.args[0]} is absent; ask has() first"
    return str(error).split(". ")[0].splitlines()[0]


def compile_condition(source: str, types: Sequence[str]) -> Condition:
    """Compiles a condition for entries of these types (full names). Raises ConditionError."""
    if len(source) > MAX_LENGTH:
        raise ConditionError(f"has {len(source)} characters; write it in at most {MAX_LENGTH}")
    try:
        program = cel.compile(source)
    except ValueError as error:
        line = str(error).partition("ERROR: ")[2].splitlines() or [str(error)]
        raise ConditionError(
            f"is not CEL: {line[0].removeprefix('<input>:')}; correct it"
        ) from None
    bodies: list[Any] = [BODY_FIELDS[name].message_type for name in types]
    header: Any = Header.DESCRIPTOR
    try:
        reads, work = named(source, header, bodies), work_of(source)
    except (PathError, WorkError) as error:
        raise ConditionError(str(error)) from None
    _require_known(program, bound_in(source))
    return Condition(source, program, reads, work)


def _require_known(program: cel.Program, bound: frozenset[str]) -> None:
    unknown = sorted({*program.variables()} - bound - {"header", "body"})
    if unknown:
        raise ConditionError(
            f"names {unknown[0]}, which is not there; a condition sees header.… and body.…"
        )
    called = {name for name in program.functions() if name[0] not in "_@!-"}
    strange = sorted(called - FUNCTIONS)
    if strange:
        known = ", ".join(sorted(FUNCTIONS))
        raise ConditionError(f"calls {strange[0]}(), which is not known; known: {known}")
