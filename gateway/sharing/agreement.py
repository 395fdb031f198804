"""A sharing agreement (共享协议): who gives which types to whom, with which groups of fields.

The default is to give nothing: what no clause names is withheld, and a clause gives a group of
marked fields only if it names it.
"""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.catalog import BODY_FIELDS
from schemas.disclosure import groups

Participant = Literal["310000", "320000", "330000", "340000", "joint"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


MAX_TEXT_BYTES = 262_144
"""As large as an activation (yrd.governance.v1.AgreementActivation.text) can carry."""


class AgreementError(Exception):
    """An agreement that can't be used; the text names file, key, rule and remedy."""


class Clause(BaseModel):
    """Gives `types` (full names, or patterns such as "yrd.incident.*") to `to`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Name
    givers: tuple[Participant, ...] = Field((), alias="from")
    types: tuple[str, ...] = Field(min_length=1)
    to: tuple[Participant, ...] = Field(min_length=1)
    disclose: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known = frozenset().union(*(groups(t) for t in BODY_FIELDS if self.covers(t)))
        for pattern in self.types:
            if not any(fnmatchcase(name, pattern) for name in BODY_FIELDS):
                raise ValueError(f"types: {pattern!r} names no type of the contract")
        for group in self.disclose:
            if group not in known:
                raise ValueError(
                    f"disclose: {group!r} is no group of these types; known: {sorted(known)}"
                )
        return self

    def covers(self, type_name: str) -> bool:
        """Whether the clause speaks of that type."""
        return any(fnmatchcase(type_name, pattern) for pattern in self.types)


class Agreement(BaseModel):
    """One agreement. Both dates are included; they are days in Beijing (UTC+8)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Name
    title: str
    between: tuple[Participant, ...] = Field(min_length=2)
    legal_basis: str
    purpose: str
    valid_from: date
    valid_until: date
    clauses: tuple[Clause, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(set(self.between)) != len(self.between):
            raise ValueError("between: name each party once")
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until: lies before valid_from; swap the two dates")
        names = [clause.id for clause in self.clauses]
        if len(set(names)) != len(names):
            raise ValueError("clauses: give each clause an id of its own")
        for clause in self.clauses:
            strangers = {*clause.givers, *clause.to} - {*self.between}
            if strangers:
                raise ValueError(
                    f"clauses.{clause.id}: {sorted(strangers)} are not parties; add them to between"
                )
        return self


@dataclass(frozen=True, slots=True)
class Loaded:
    """An agreement with the very text that says it, and where that was read."""

    agreement: Agreement
    text: str
    source: str


def parse(text: str, source: str) -> Agreement:
    """Reads an agreement from YAML. `source` is named in errors. Raises AgreementError."""
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise AgreementError(
            f"{source}: file: has more than {MAX_TEXT_BYTES} bytes; split the agreement in two"
        )
    try:
        content: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a day that no month has
        raise AgreementError(f"{source}: not YAML: {error}") from None
    try:
        return Agreement.model_validate(content)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise AgreementError("\n".join(f"{source}: {line}" for line in lines)) from None
