"""What in a view is news, and what only moves: a position or a count changes with every message."""

from hashlib import sha256
from typing import Any, NamedTuple

IMMATERIAL = (
    "as_of_time",
    "input_digest",
    "coverage.message_count",
    "coverage.last_sequence",
    "coverage.last_told_time",
    "hazmat.last_place",
    "hazmat.last_time",
    "hazmat.message_ids",
    "hazmat.next_border.distance_km",
    "hazmat.next_border.expected_time",
    "hazmat.notices.since_time",
    "hazmat.notices.value",
    "hazmat.notices.message_ids",
    "handovers.since_time",
    "handovers.due_time",
    "handovers.expected_time",
    "handovers.message_ids",
    "isolation_zones.resources.message_id",
    "isolation_zones.vehicles.distance_km",
    "isolation_zones.vehicles.message_id",
    "hazmat_counts",
    "readings.message_ids",
    "readings.comparable",
    "readings.stations.value",
    "readings.stations.read_time",
    "readings.stations.passed_time",
    "readings.stations.not_passed_time",
    "readings.stations.change",
    "readings.stations.change_since_time",
    "readings.stations.message_ids",
    "storms.tracks.cities.distance_km",
    "storms.tracks.cities.closest_km",
    "storms.tracks.cities.closest_hours",
    "storms.tracks.cities.winds.earliest_hours",
    "storms.tracks.cities.winds.latest_hours",
    "questions",
    "question_counts.count",
)
"""Fields of a summary that alone make no new one between two regular ones."""


_INSTANT = ("as_of_time", "input_digest")
"""Those of a repeat are newer."""


class Digests(NamedTuple):
    """Of what is news in a view, and of all that it says but for its instant and its input."""

    material: str
    content: str


def digests(body: Any) -> Digests:
    """Both, of one copy."""
    bare = type(body)()
    bare.CopyFrom(body)
    for path in _INSTANT:
        _clear(bare, [path])
    content = _digest(bare)
    for path in IMMATERIAL:
        _clear(bare, path.split("."))
    return Digests(_digest(bare), content)


def _digest(body: Any) -> str:
    return sha256(body.SerializeToString(deterministic=True)).hexdigest()


def _clear(item: Any, path: list[str]) -> None:
    field = item.DESCRIPTOR.fields_by_name.get(path[0])
    if field is None:
        return
    if len(path) == 1:
        item.ClearField(path[0])
        return
    value = getattr(item, path[0])
    for inner in value if field.is_repeated else [value]:
        _clear(inner, path[1:])
