"""An instant's two pictures narrowed to a province, a border segment or an incident."""

from pipelines.pictures.as_of import AsOf, NoSuchScope
from pipelines.pictures.differences import differences
from pipelines.pictures.narrow import empty, incident_scope, names, parts
from pipelines.pictures.picture import Picture
from yrd.situation.v1.situation_pb2 import SituationSummary


def narrowed(found: AsOf, part: str) -> AsOf:
    """Both pictures narrowed to a part, "province/310000" for example, and what differs in it.

    A part that only one of the pictures has is empty in the other. Raises NoSuchScope if neither has it.
    """
    then, now = _parts(found.known_then), _parts(found.known_now)
    if part not in then and part not in now:
        there = ", ".join(dict.fromkeys([*then, *now])) or "none"
        raise NoSuchScope(f"part {part}: neither picture has it at that instant; there is {there}")
    before = _narrow(found.known_then, then.get(part), part)
    after = _narrow(found.known_now, now.get(part), part)
    return AsOf(found.at_us, found.scope, before, after, tuple(differences(before, after)))


def _parts(picture: Picture) -> dict[str, SituationSummary]:
    return {part.scope: part for part in parts(picture.summary)}


def _narrow(picture: Picture, summary: SituationSummary | None, part: str) -> Picture:
    if summary is None:
        return Picture(picture.scope, empty(picture.summary, part), ())
    named = _named(summary, part)
    proposals = tuple(p for p in picture.proposals if named & names(p))
    return Picture(picture.scope, summary, proposals)


def _named(summary: SituationSummary, part: str) -> set[str]:
    """Codes of the provinces, or entity ids of the incident, that the part is about."""
    kind, _, rest = part.partition("/")
    if kind != "incident":
        return set(rest.split("-"))
    own = [i for i in summary.incidents if incident_scope(i.joint_id) == part]
    return {member.entity_id for incident in own for member in incident.members}
