"""Experts and equipment (专家与装备) by area and capability."""

from collections.abc import Collection, Iterable

from pipelines.supplies.resources import code_key
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Tally
from yrd.common.v1.common_pb2 import Code
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.supplies_pb2 import CapabilityLine

KINDS = (
    ResourceKind.RESOURCE_KIND_EXPERT,
    ResourceKind.RESOURCE_KIND_EQUIPMENT,
    ResourceKind.RESOURCE_KIND_VEHICLE,
    ResourceKind.RESOURCE_KIND_AIRCRAFT,
    ResourceKind.RESOURCE_KIND_VESSEL,
)


def evaluate(holdings: Iterable[Holding], focus: Collection[str]) -> list[CapabilityLine]:
    """A line for each area in focus, kind, capability and unit."""
    sums: dict[tuple[str, ResourceKind, str, str, str], Tally] = {}
    for holding in holdings:
        status = holding.status
        for area in holding.areas:
            if area in focus:
                for scheme, value in sorted({code_key(code) for code in status.capabilities}):
                    key = (area, status.kind, scheme, value, status.stock.unit)
                    sums.setdefault(key, Tally()).add(holding)
    return [
        CapabilityLine(
            admin_code=area,
            kind=kind,
            capability=Code(scheme=scheme, value=value),
            unit=unit,
            sums=sums[area, kind, scheme, value, unit].sums(),
            outdated=sums[area, kind, scheme, value, unit].outdated,
            basis=sums[area, kind, scheme, value, unit].basis(),
        )
        for area, kind, scheme, value, unit in sorted(sums)
    ]
