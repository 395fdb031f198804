"""Areas that matter to vehicles, found by position without a look at each of them."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from shapely import Point, STRtree

from pipelines.hazmat.codes import prefixes, stem
from pipelines.hazmat.shapes import Shape
from pipelines.places.distance import LatLon
from yrd.common.v1.common_pb2 import Place
from yrd.situation.v1.hazmat_watch_pb2 import HazmatNoticeKind

_CELL_DEGREES = 0.1


class WatchedArea(NamedTuple):
    """An area for a time: from `from_us` until before `until_us`, or on and on.

    `id` is the warning, control, alert or incident that it belongs to. `shape` is drawn; without one,
    `codes` say where. A vehicle inside is noticed as `kind`; not those of `own`, a waybill; and if
    `quiet` it is only listed. `isolation`: the inner one of two areas of one source.
    """

    id: str
    kind: "HazmatNoticeKind"
    from_us: int
    until_us: int | None
    codes: tuple[str, ...]
    shape: Shape | None
    message_ids: tuple[str, ...]
    own: str = ""
    quiet: bool = False
    isolation: bool = False


class Areas:
    """An index of areas: by administrative code, and by shape in an R-tree."""

    __slots__ = ("_by_code", "_cells", "_drawn", "_tree")

    def __init__(self, areas: Iterable[WatchedArea]) -> None:
        listed = list(areas)
        self._drawn = [area for area in listed if area.shape is not None]
        self._tree = STRtree([area.shape for area in self._drawn]) if self._drawn else None
        # most places are far from every shape: a look at their cell is cheaper than one at the tree
        self._cells = {cell for area in self._drawn for cell in _cells(area.shape)}
        self._by_code: dict[str, list[WatchedArea]] = {}
        for area in listed:
            for code in dict.fromkeys(area.codes):
                self._by_code.setdefault(stem(code), []).append(area)

    def at(self, place: Place, position: LatLon | None) -> list[WatchedArea]:
        """Areas that a place lies in, whenever they are so; in a stable order.

        A shape decides where the place has a point; its codes decide where it has none.
        """
        exact = place.HasField("point")
        found: dict[int, WatchedArea] = {}
        for area in self._named(place.admin_code):
            if area.shape is None or not exact:
                found[id(area)] = area
        for area in self._around(position):
            if exact or not area.codes:
                found[id(area)] = area
        return sorted(found.values(), key=lambda a: (a.kind, a.id, a.from_us, not a.isolation))

    def _named(self, code: str) -> Iterable[WatchedArea]:
        for start in prefixes(code):
            yield from self._by_code.get(start, ())

    def _around(self, position: LatLon | None) -> Sequence[WatchedArea]:
        if self._tree is None or position is None or _cell(*position) not in self._cells:
            return ()
        hits = self._tree.query(Point(position[1], position[0]), predicate="intersects")
        return [self._drawn[i] for i in hits]


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return int(latitude // _CELL_DEGREES), int(longitude // _CELL_DEGREES)


def _cells(shape: Shape) -> Iterable[tuple[int, int]]:
    """Cells that a shape's bounds touch."""
    west, south, east, north = shape.bounds
    (low, left), (high, right) = _cell(south, west), _cell(north, east)
    return product(range(low, high + 1), range(left, right + 1))
