"""How many people were harmed in all. Nobody counts twice, and the unknown are no zeros."""

from collections.abc import Iterable

from pipelines.incidents.figures import FIGURES
from pipelines.incidents.shared_people import Edge, least_people
from yrd.situation.v1.incidents_pb2 import Cascade
from yrd.situation.v1.situation_pb2 import CasualtySums, CasualtyTotals, JointIncident

_LARGEST = (1 << 32) - 1


def totals(incidents: list[JointIncident], cascades: Iterable[Cascade] = ()) -> CasualtyTotals:
    """Sums over distinct incidents; the unknown are counted beside them.

    Where one incident brought another about, both may count the same people: the least and the most that
    the figures can mean. A sum beyond what fits is shown as the largest that does.
    """
    edges = [(link.cause_id, link.effect_id) for c in cascades for link in c.links]
    known, at_most, unknown = CasualtySums(), CasualtySums(), CasualtySums()
    for figure in FIGURES:
        given = [i for i in incidents if i.casualties.HasField(figure)]
        setattr(unknown, figure, len(incidents) - len(given))
        if given:
            least, most = _bounds(given, figure, edges)
            setattr(known, figure, min(least, _LARGEST))
            setattr(at_most, figure, min(most, _LARGEST))
    return CasualtyTotals(
        known=known,
        open_incidents=sum(not incident.closed for incident in incidents),
        incidents=len(incidents),
        incidents_with_unknown_dead=unknown.dead,
        at_most=at_most,
        incidents_unknown=unknown,
    )


def _bounds(given: list[JointIncident], figure: str, edges: list[Edge]) -> tuple[int, int]:
    counted: dict[str, int] = {}
    for incident in given:
        people = getattr(incident.casualties, figure)
        counted[incident.joint_id] = counted.get(incident.joint_id, 0) + people
    return least_people(counted, edges), sum(counted.values())
