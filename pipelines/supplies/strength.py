"""Experts and equipment (专家与装备) by area and capability."""

from collections.abc import Iterator

from pipelines.supplies.following import Rollup
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


_Key = tuple[str, ResourceKind, str, str, str]


def rollup() -> Rollup[_Key, Tally, CapabilityLine]:
    """A line for each area, kind, capability and unit; of nothing yet."""
    return Rollup(_keys_of, Tally, _line)


def _keys_of(holding: Holding) -> Iterator[_Key]:
    status = holding.status
    if status.kind in KINDS:
        for scheme, value in {code_key(code) for code in status.capabilities}:
            for area in holding.areas:
                yield area, status.kind, scheme, value, status.stock.unit


def _line(key: _Key, tally: Tally) -> CapabilityLine:
    area, kind, scheme, value, unit = key
    return CapabilityLine(
        admin_code=area,
        kind=kind,
        capability=Code(scheme=scheme, value=value),
        unit=unit,
        sums=tally.sums(),
        outdated=tally.outdated,
        basis=tally.basis(),
    )
