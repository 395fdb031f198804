"""The retention policy (留存与销毁策略): one YAML file that says what is destroyed when, and why."""

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gateway.retention.terms import Term
from gateway.yaml_text import said
from schemas.catalog import BODY_FIELDS
from schemas.disclosure import groups

DEFAULT = Path(__file__).with_name("policy.yaml")
"""The policy that is shipped: the terms of the law."""

WAYBILL, WAYBILL_MONTHS = "yrd.hazmat.v1.Waybill", 12
ACCESS_MONTHS, PROVISION_MONTHS = 6, 36

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
MessageId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Words = Annotated[str, Field(min_length=1, max_length=90)]
Reason = Literal["incident_closed", "term_over", "person_asked", "ordered"]


class PolicyError(Exception):
    """A policy that can't be used; the text names file, key, rule and remedy, a line for each."""


class Part(BaseModel):
    """A part of the file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Due(Part):
    """From when a term runs: exactly one of the three.

    `incident_closed`: the newest report of the incidents, once all of them are closed. `reported` and
    `occurred`: the times in the message's header.
    """

    incident_closed: Term | None = None
    reported: Term | None = None
    occurred: Term | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (
            len([term for term in (self.incident_closed, self.reported, self.occurred) if term])
            != 1
        ):
            raise ValueError("say one of incident_closed, reported, occurred: keep one of them")
        return self


class Rule(Part):
    """Destroys groups of fields of some types once a term is over.

    `types` and `groups` are names or patterns. `without_incident`: only messages that belong to no
    incident. `messages`: only these.
    """

    id: Name
    types: tuple[str, ...] = Field(min_length=1)
    except_types: tuple[str, ...] = ()
    groups: tuple[str, ...] = Field(min_length=1)
    due: Due
    without_incident: bool = False
    messages: tuple[MessageId, ...] = ()
    reason: Reason
    basis: str = Field(min_length=1, max_length=400)

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        known = self.covered()
        for pattern in (*self.types, *self.except_types):
            if not any(fnmatchcase(name, pattern) for name in BODY_FIELDS):
                raise ValueError(f"types: {pattern!r} names no type of the contract; correct it")
        known_groups = frozenset[str]().union(*(groups(name) for name in known))
        for pattern in self.groups:
            if not any(fnmatchcase(group, pattern) for group in known_groups):
                raise ValueError(
                    f"groups: {pattern!r} is no group of these types; known: {sorted(known_groups)}"
                )
        if self.without_incident and self.due.incident_closed:
            raise ValueError(
                "without_incident: such messages have no incident that could be closed"
            )
        if WAYBILL in known and self.reason != "ordered":
            self._require_waybill_term()
        return self

    def _require_waybill_term(self) -> None:
        term = self.due.reported or self.due.occurred
        if term is None or max(term.months or 0, (term.days or 0) // 31) < WAYBILL_MONTHS:
            raise ValueError(
                f"due: a waybill is kept for at least {WAYBILL_MONTHS} months "
                f"(危险货物道路运输安全管理办法 Art. 24): add {WAYBILL} to except_types, or say "
                f"reported: {{months: {WAYBILL_MONTHS}}}"
            )

    def covered(self) -> list[str]:
        """Full names of the types that it speaks of."""
        return [name for name in BODY_FIELDS if self.covers(name)]

    def covers(self, type_name: str) -> bool:
        """Whether it speaks of that type."""
        return _any(type_name, self.types) and not _any(type_name, self.except_types)

    def takes(self, group: str) -> bool:
        """Whether it speaks of that group."""
        return _any(group, self.groups)

    @property
    def reason_name(self) -> str:
        """The reason as notices say it (yrd.governance.v1.ErasureReason)."""
        return f"ERASURE_REASON_{self.reason.upper()}"


class Backup(Part):
    """A copy that may still hold what was destroyed, and when it no longer does, in words."""

    name: Words
    place: Words
    overwritten: Words

    def __str__(self) -> str:
        return f"{self.name} ({self.place}): {self.overwritten}"


class Ledger(Part):
    """How long a ledger is kept."""

    months: int = Field(ge=1, le=1_200)

    @property
    def term(self) -> Term:
        """The same as a term."""
        return Term(days=None, months=self.months)


class Ledgers(Part):
    """Terms of the ledgers, which are kept apart from what the log says."""

    access: Ledger = Ledger(months=ACCESS_MONTHS)
    provisions: Ledger = Ledger(months=PROVISION_MONTHS)

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if self.access.months < ACCESS_MONTHS:
            raise ValueError(
                f"access.months: access logs are kept for at least {ACCESS_MONTHS} months "
                "(网络安全法 Art. 21(3)); raise it"
            )
        if self.provisions.months < PROVISION_MONTHS:
            raise ValueError(
                f"provisions.months: records of provision are kept for at least {PROVISION_MONTHS} "
                "months (网络数据安全管理条例 Art. 12); raise it"
            )
        return self


class Policy(Part):
    """All of it. Where several rules ask for the same, the first one is named."""

    rules: tuple[Rule, ...]
    backups: tuple[Backup, ...] = Field((), max_length=50)
    ledgers: Ledgers = Ledgers()

    @model_validator(mode="after")
    def _ids(self) -> Self:
        names = [rule.id for rule in self.rules]
        if len(set(names)) != len(names):
            raise ValueError("rules: give each rule an id of its own")
        return self

    def rules_for(self, type_name: str, group: str) -> Iterable[Rule]:
        """Rules that speak of a group of a type."""
        return (rule for rule in self.rules if rule.covers(type_name) and rule.takes(group))


def load(path: Path) -> Policy:
    """Reads a policy file. Raises PolicyError."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: can't be read ({error}); check the path") from None


def parse(text: str, source: str) -> Policy:
    """Reads a policy from YAML. `source` is named in errors. Raises PolicyError."""
    content = said(text, source, PolicyError)
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        lines = (_explain(item) for item in error.errors())
        raise PolicyError("\n".join(f"{source}: {line}" for line in lines)) from None


def _explain(error: Any) -> str:
    path = ".".join(str(part) for part in error["loc"]) or "file"
    if error["type"] != "extra_forbidden":
        return f"{path}: {error['msg'].removeprefix('Value error, ')}"
    name = str(error["loc"][-1])
    near = difflib.get_close_matches(name, _KEYS, n=1)
    return f"{path}: unknown key; " + (f"did you mean {near[0]!r}?" if near else "remove it")


_KEYS = sorted(
    {name for part in (Policy, Rule, Due, Term, Backup, Ledgers) for name in part.model_fields}
)


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
