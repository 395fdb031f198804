"""Five levels of reserve and three of support (五级储备、三级保障), rolled up by area and kind."""

from collections.abc import Callable, Iterator
from math import fsum

from pipelines.places.areas import EVERYWHERE
from pipelines.supplies.following import Rollup
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Tally
from schemas.codes.tables import PROVINCES, supply_prefixes
from yrd.common.v1.common_pb2 import Code
from yrd.resource.v1.resource_pb2 import ReserveLevel, ResourceKind, ResourceStatus
from yrd.situation.v1.supplies_pb2 import LevelSums, SupplyLine

SCHEME = "GB/T 38565"
SUPPORT = (
    ReserveLevel.RESERVE_LEVEL_MUNICIPAL,
    ReserveLevel.RESERVE_LEVEL_DISTRICT,
    ReserveLevel.RESERVE_LEVEL_TOWN,
)
"""Levels that come to each other's help (三级保障): 沪府办发〔2021〕18号 §三(三)4."""

DEEPEST = 7
Depth = Callable[[str], int]
"""Digits of GB/T 38565 down to which an area is broken up; 0 leaves it out."""

_Kind = tuple[str, str, str]
"""Leading digits of GB/T 38565; or none, and scheme and value of a capability."""

_Key = tuple[str, _Kind, str]
"""Area, kind and unit."""


class _Sums:
    """All stocks of a line, and those of each level."""

    __slots__ = ("all", "levels")

    def __init__(self) -> None:
        self.all = Tally()
        self.levels: dict[ReserveLevel, Tally] = {}

    def add(self, holding: Holding) -> None:
        self.all.add(holding)
        self.levels.setdefault(holding.status.reserve_level, Tally()).add(holding)

    def remove(self, holding: Holding) -> None:
        level = holding.status.reserve_level
        self.all.remove(holding)
        self.levels[level].remove(holding)
        if not self.levels[level]:
            del self.levels[level]

    def __bool__(self) -> bool:
        return bool(self.all)


def depth(area: str) -> int:
    """Two layers for provinces and all of them together, one for other areas."""
    return 3 if area in (EVERYWHERE, *PROVINCES) else 1


def rollup(depth: Depth = depth) -> Rollup[_Key, _Sums, SupplyLine]:
    """A line for each area, kind and unit; of nothing yet."""

    def keys_of(holding: Holding) -> Iterator[_Key]:
        status = holding.status
        if status.kind == ResourceKind.RESOURCE_KIND_SUPPLIES:
            kinds, unit = _kinds(status), status.stock.unit
            for area in holding.areas:
                deep = depth(area)
                yield from ((area, k, unit) for k in kinds if deep and len(k[0]) <= deep)

    return Rollup(keys_of, _Sums, _line)


def _kinds(status: ResourceStatus) -> list[_Kind]:
    """The kind in each layer of GB/T 38565; without such a code the first capability, or nothing."""
    if status.type.scheme == SCHEME:
        try:
            return [(prefix, "", "") for prefix in supply_prefixes(status.type.value)]
        except ValueError:
            pass  # a code that is none says nothing
    return [min((("", c.scheme, c.value) for c in status.capabilities), default=("", "", ""))]


def _line(key: _Key, line: _Sums) -> SupplyLine:
    area, (prefix, scheme, value), unit = key
    levels = sorted(line.levels.items())
    return SupplyLine(
        admin_code=area,
        kind_prefix=prefix,
        capability=Code(scheme=scheme, value=value) if value else None,
        unit=unit,
        sums=line.all.sums(),
        levels=[LevelSums(level=k, sums=t.sums(), stocks=t.stocks) for k, t in levels],
        support_available=fsum(t.available for level, t in levels if level in SUPPORT),
        expired=line.all.figures.expired,
        expiring=line.all.figures.expiring,
        outdated=line.all.outdated,
        basis=line.all.basis(),
    )
