"""A sharing agreement (共享协议): who gives which types to whom, with which groups of fields.

The default is to give nothing: what no clause names is withheld, and a clause gives a group of
marked fields only if it names it.
"""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from gateway.sharing.condition import MAX_LENGTH, Condition, ConditionError, compile_condition
from gateway.yaml_text import said
from schemas.catalog import BODY_FIELDS
from schemas.disclosure import groups

Participant = Literal["310000", "320000", "330000", "340000", "joint"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


GOVERNANCE = "yrd.governance."
TYPES = tuple(name for name in BODY_FIELDS if not name.startswith(GOVERNANCE))
"""Types that agreements speak of."""
_TERM = r"^P(\d+Y(\d+M)?(\d+W)?(\d+D)?|\d+M(\d+W)?(\d+D)?|\d+W(\d+D)?|\d+D)$"
MAX_TEXT_BYTES = 262_144
"""As large as an activation (yrd.governance.v1.AgreementActivation.text) can carry."""


class AgreementError(Exception):
    """An agreement that can't be used; the text names file, key, rule and remedy."""


class Clause(BaseModel):
    """Gives `types` to `to`, if `when` holds, with the groups of fields in `disclose`."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True
    )

    id: Name
    """Name of the clause, of its own in the agreement."""
    givers: tuple[Participant, ...] = Field((), alias="from")
    """Parties that give by it (提供方). Default: every party."""
    types: tuple[str, ...] = Field(min_length=1)
    """Full names of types, or patterns such as "yrd.incident.*" (数据类型)."""
    to: tuple[Participant, ...] = Field(min_length=1)
    """Parties that receive (接收方)."""
    when: str = Field("", max_length=MAX_LENGTH)
    """Condition in CEL over `header` and `body` without disclosure groups (共享条件). Default: always."""
    disclose: tuple[str, ...] = ()
    """Groups of marked fields given, such as "personal.driver" (可提供的字段组). Default: none."""
    retention: (
        Annotated[str, Field(pattern=_TERM)] | Annotated[int, Field(ge=1, strict=True)] | None
    ) = None
    """How long the receiver may keep it (保存期限): ISO 8601, such as P6M, or a number of days."""
    purpose: str = ""
    """Purpose of this clause (目的), where it is narrower than the agreement's."""
    legal_basis: str = ""
    """Legal basis of this clause (依据), beside the agreement's."""

    _condition: Condition | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for pattern in self.types:
            if pattern.startswith(GOVERNANCE):
                raise ValueError(
                    f"types: {pattern!r} needs no agreement: gateways tell each other; remove it"
                )
            if not any(fnmatchcase(name, pattern) for name in TYPES):
                raise ValueError(
                    f"types: {pattern!r} names no type of the contract; see docs/contract"
                )
        known = frozenset().union(*(groups(t) for t in self.covered()))
        for group in self.disclose:
            if group not in known:
                raise ValueError(
                    f"disclose: {group!r} is no group of these types; known: {sorted(known)}"
                )
        return self

    @model_validator(mode="after")
    def _compiles(self) -> Self:
        if self.when:
            try:
                self._condition = compile_condition(self.when, self.covered())
            except ConditionError as error:
                raise ValueError(f"when: {error}") from None
        return self

    @property
    def condition(self) -> Condition | None:
        """`when`, compiled; None: always."""
        return self._condition

    def covers(self, type_name: str) -> bool:
        """Whether the clause speaks of that type. None speaks of what gateways tell each other."""
        if type_name.startswith(GOVERNANCE):
            return False
        return any(fnmatchcase(type_name, pattern) for pattern in self.types)

    def covered(self) -> list[str]:
        """Full names of the types that it speaks of."""
        return [name for name in TYPES if self.covers(name)]


class Agreement(BaseModel):
    """A sharing agreement (共享协议) of the Yangtze Delta exchange, one YAML file each.

    Both dates are included; they are days in Beijing (UTC+8). What no clause gives is withheld.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: Name
    """Name of the agreement; the same through all of its versions."""
    title: str = Field(min_length=1)
    """Title (名称)."""
    between: tuple[Participant, ...] = Field(min_length=2)
    """Parties (缔约方)."""
    legal_basis: str = Field(min_length=1)
    """Legal basis (依据)."""
    purpose: str = Field(min_length=1)
    """Purpose (目的)."""
    valid_from: date
    """First day on which it is valid, in Beijing (生效日期)."""
    valid_until: date
    """Last day on which it is valid, in Beijing (截止日期)."""
    clauses: tuple[Clause, ...] = Field(min_length=1)
    """Clauses; they add up (条款)."""

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
    content = said(text, source, AgreementError)
    try:
        return Agreement.model_validate(content)
    except ValidationError as error:
        errors = error.errors()
        deeper = {e["loc"][0] for e in errors if len(e["loc"]) > 1}
        lines = (
            f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}"
            for e in errors
            # what is wrong in a list also leaves fewer items in it, which says nothing more
            if not (e["type"] == "too_short" and len(e["loc"]) == 1 and e["loc"][0] in deeper)
        )
        raise AgreementError("\n".join(f"{source}: {line}" for line in lines)) from None
