"""Five levels of reserve and three of support (五级储备、三级保障), rolled up by area and kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipelines.places.areas import EVERYWHERE
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Tally
from schemas.codes.tables import PROVINCES, supply_prefixes
from yrd.common.v1.common_pb2 import Code
from yrd.resource.v1.resource_pb2 import ReserveLevel, ResourceStatus
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


@dataclass(slots=True)
class _Line:
    all: Tally = field(default_factory=Tally)
    levels: dict[ReserveLevel, Tally] = field(default_factory=dict)

    def add(self, holding: Holding) -> None:
        self.all.add(holding)
        self.levels.setdefault(holding.status.reserve_level, Tally()).add(holding)


def by_focus(focus: Iterable[str]) -> Depth:
    """Two layers for provinces, one for the other areas in focus."""
    depths = dict.fromkeys(focus, 1) | dict.fromkeys((EVERYWHERE, *PROVINCES), 3)
    return lambda area: depths.get(area, 0)


def evaluate(holdings: Iterable[Holding], depth: Depth) -> list[SupplyLine]:
    """A line for each area, kind and unit, in one pass; by area, kind and unit."""
    lines: dict[tuple[str, _Kind, str], _Line] = {}
    for holding in holdings:
        status = holding.status
        kinds, unit = _kinds(status), status.stock.unit
        for area in holding.areas:
            deep = depth(area)
            if not deep:
                continue
            for kind in kinds:
                if len(kind[0]) <= deep:
                    lines.setdefault((area, kind, unit), _Line()).add(holding)
    return [_line(*key, lines[key]) for key in sorted(lines)]


def _kinds(status: ResourceStatus) -> list[_Kind]:
    """The kind in each layer of GB/T 38565; without such a code the first capability, or nothing."""
    if status.type.scheme == SCHEME:
        try:
            return [(prefix, "", "") for prefix in supply_prefixes(status.type.value)]
        except ValueError:
            pass  # a code that is none says nothing
    return [min((("", c.scheme, c.value) for c in status.capabilities), default=("", "", ""))]


def _line(area: str, kind: _Kind, unit: str, line: _Line) -> SupplyLine:
    prefix, scheme, value = kind
    return SupplyLine(
        admin_code=area,
        kind_prefix=prefix,
        capability=Code(scheme=scheme, value=value) if value else None,
        unit=unit,
        sums=line.all.sums(),
        levels=[_level(level, line.levels[level]) for level in sorted(line.levels)],
        support_available=sum(t.available for level, t in line.levels.items() if level in SUPPORT),
        expired=line.all.expired,
        expiring=line.all.expiring,
        outdated=line.all.outdated,
        basis=line.all.basis(),
    )


def _level(level: ReserveLevel, tally: Tally) -> LevelSums:
    return LevelSums(level=level, sums=tally.sums(), stocks=tally.stocks)
