"""Controls on one road, ready to be asked by any number of trips."""

from collections.abc import Iterable, Iterator, Sequence

from pipelines.facts.instants import Instants
from pipelines.facts.scope import micros
from pipelines.hazmat.codes import prefixes, stem
from yrd.coordination.v1.coordination_pb2 import CONTROL_KIND_ROAD
from yrd.situation.v1.situation_pb2 import ActiveControl

Ids = tuple[str, ...]


class Closures:
    """Controls in force when this was made; `in_force` and `at` leave out those that have ended since."""

    __slots__ = ("_anywhere", "_by_stem", "_ends", "_first_end", "_ids")

    def __init__(self, controls: Iterable[ActiveControl]) -> None:
        listed = sorted(controls, key=lambda c: c.entity_id)
        self._ids: Ids = tuple(c.entity_id for c in listed)
        self._ends = [end_of(c) for c in listed]
        self._first_end = min((end for end in self._ends if end is not None), default=None)
        roads = [c for c in listed if c.kind == CONTROL_KIND_ROAD]
        # an outline without codes may be anywhere on the road
        self._anywhere = [c for c in roads if not c.area.admin_codes]
        self._by_stem: dict[str, list[ActiveControl]] = {}
        for control in roads:
            for code in dict.fromkeys(map(stem, control.area.admin_codes)):
                self._by_stem.setdefault(code, []).append(control)

    def in_force(self, instants: Instants) -> Ids:
        """Entity ids of all on the road, in order."""
        if self._first_end is None or not instants.reached(self._first_end):
            return self._ids
        both = zip(self._ids, self._ends, strict=True)
        return tuple(id_ for id_, end in both if instants.within(0, end))

    def at(self, code: str, instants: Instants) -> Iterator[ActiveControl]:
        """Road controls in whose area a place lies, as far as codes tell."""
        found: Sequence[ActiveControl] = [
            *self._anywhere,
            *(c for start in prefixes(code) for c in self._by_stem.get(start, ())),
        ]
        for control in {c.entity_id: c for c in found}.values():
            if instants.within(0, end_of(control)):
                yield control


def end_of(control: ActiveControl) -> int | None:
    """When a control ends, None if that is not known."""
    return micros(control.end_time) if control.HasField("end_time") else None
