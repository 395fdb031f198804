"""What an own log has accepted before, found in SQL."""

from collections.abc import Mapping, Sequence

from gateway.store.port import AcceptedEntry, Standing
from gateway.store.sql import Queries, marks, padded


def accepted(
    connection: Queries, log: int, message_ids: Sequence[bytes]
) -> dict[bytes, AcceptedEntry]:
    """PublishIndex.accepted."""
    asked = padded(message_ids)
    rows = connection.execute(
        "SELECT n.message_id, e.idx, e.hash, e.received, e.digest FROM naming n "
        "JOIN entry e ON e.offset = n.offset WHERE n.log = ? AND n.message_id IN "
        f"({marks(asked)})",
        (log, *asked),
    )
    return {row[0]: AcceptedEntry(*row[1:]) for row in rows}


def dispositions(connection: Queries, offsets: Sequence[int]) -> dict[int, int]:
    """HeldIndex.dispositions."""
    asked = padded(offsets)
    query = f"SELECT offset, disposition FROM entry WHERE offset IN ({marks(asked)})"
    return dict(connection.execute(query, asked).fetchall())


def standings(
    connection: Queries, types: Mapping[str, int], entities: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Standing]:
    """PublishIndex.standings."""
    known: dict[tuple[str, str], Standing] = {}
    by_type: dict[str, list[str]] = {}
    for type_name, entity_id in dict.fromkeys(entities):
        by_type.setdefault(type_name, []).append(entity_id)
    for name in by_type.keys() & types.keys():
        ids = padded(by_type[name])
        rows = connection.execute(
            "SELECT entity_id, revision, state FROM entity WHERE type = ? AND entity_id IN "
            f"({marks(ids)})",
            (types[name], *ids),
        )
        known.update({(name, entity): Standing(*found) for entity, *found in rows})
    return known
