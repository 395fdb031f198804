"""The rows that a commit's new entries make, all found in one pass: entries are cold in memory by then."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.log.sealing import MOST_PARTS
from gateway.store.port import NewEntry, Standing
from gateway.store.sql_about import OBJECTION, about_rows
from gateway.store.sql_activation import ACTIVATION
from gateway.store.sql_ahead import URGENT

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """By table. Of each entity the last standing counts."""

    entry: list[Row] = field(default_factory=list)
    naming: list[Row] = field(default_factory=list)
    about: list[Row] = field(default_factory=list)
    disclosure: list[Row] = field(default_factory=list)
    urgent: list[Row] = field(default_factory=list)
    activation: list[Row] = field(default_factory=list)
    standings: dict[tuple[int, str], Standing] = field(default_factory=dict)

    @property
    def entity(self) -> list[Row]:
        """One for each entity."""
        return [(*entity, *standing) for entity, standing in self.standings.items()]


def rows_of(
    new: Sequence[NewEntry], logs: Mapping[str, int], type_id: Callable[[str], int]
) -> Rows:
    """`type_id` gives the number of a type's name, which is asked for but once."""
    rows, types = Rows(), {"": 0}
    for entry, naming in new:
        offset, name, index, digest, leaf, kind, disposition, received, parts = entry
        log, content, number = logs[name], None, types.get(kind)
        if number is None:
            number = types[kind] = type_id(kind)
        if naming is not None:
            message_id, content, entity, standing, priority = naming
            rows.naming.append((message_id, log, offset))
            if entity:
                rows.standings[number, entity] = standing
            if priority in URGENT:
                rows.urgent.append((log, priority, index))
        place = offset * MOST_PARTS
        for group, data in parts:
            rows.disclosure.append((place, group, data))
            place += 1
        if kind == OBJECTION:
            rows.about.extend(about_rows(entry))
        elif kind == ACTIVATION:
            rows.activation.append((log, index, offset))
        rows.entry.append(
            (offset, log, index, digest, leaf, number, disposition, received, content)
        )
    return rows
