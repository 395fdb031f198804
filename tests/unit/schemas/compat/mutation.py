"""One mutation of the probe contract, with the verdicts that the table gives it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.compat import Surface
from tests.unit.schemas.compat.probe import Probe

RETYPED = "FIELD_SAME_TYPE FIELD_WIRE_JSON_COMPATIBLE_TYPE"
FIELD_DELETED = (
    "FIELD_NO_DELETE FIELD_NO_DELETE_UNLESS_NAME_RESERVED FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED"
)
VALUE_DELETED = (
    "ENUM_VALUE_NO_DELETE ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED"
    " ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED"
)
AVRO_WHY = {
    "": "",
    "lost": "a default makes it readable, and the value is lost without a word",
    "no schema": "there is no Avro schema of the type any more, so nothing for Apache to compare",
}
Mutate = Callable[[Probe], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """`breaks` and `notes` are ours by surface; `buf` the ids of buf's rules (FILE and WIRE_JSON).

    `why` explains where we and buf differ, `avro_why` where we and Apache's checker do.
    """

    name: str
    mutate: Mutate
    breaks: frozenset[Surface]
    notes: frozenset[Surface]
    buf: tuple[str, ...]
    why: str
    avro_why: str


@dataclass(slots=True)
class Table:
    """A part of the table of mutations, filled by decorated functions."""

    title: str
    why: str = ""
    """Where a row's verdict differs from buf's and the row doesn't say why itself."""
    rows: list[Mutation] = field(default_factory=list)

    def row(
        self,
        name: str,
        *,
        breaks: str = "",
        notes: str = "",
        buf: str = "",
        why: str = "",
        avro_why: str = "",
    ) -> Callable[[Mutate], Mutate]:
        """Adds a row. Surfaces and buf's rules are separated by spaces; avro_why is a key of AVRO_WHY."""

        def add(mutate: Mutate) -> Mutate:
            self.rows.append(
                Mutation(
                    name=name,
                    mutate=mutate,
                    breaks=frozenset(map(Surface, breaks.split())),
                    notes=frozenset(map(Surface, notes.split())),
                    buf=tuple(buf.split()),
                    why=why or (self.why if bool(breaks) != bool(buf) else ""),
                    avro_why=AVRO_WHY[avro_why],
                )
            )
            return mutate

        return add
