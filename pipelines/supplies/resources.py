"""Resources by participant and capability, and what could be spared."""

from collections.abc import Iterator

from pipelines.facts.known import Known
from pipelines.supplies.following import Rollup, follow
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Tally
from yrd.common.v1.common_pb2 import Code
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.situation_pb2 import ResourceSummary

MOST_IDS = 20
"""Messages that a line names; its basis counts and proves all."""

_Key = tuple[str, ResourceKind, str, str, str]


def code_key(code: Code) -> tuple[str, str]:
    """A code as a key."""
    return code.scheme, code.value


def evaluate(known: Known, as_of_us: int) -> list[ResourceSummary]:
    """One line for each participant, kind, capability and unit."""
    return follow(known, as_of_us, "resources", rollup).lines()


def rollup() -> Rollup[_Key, Tally, ResourceSummary]:
    """Sums of nothing yet."""
    return Rollup(_keys_of, Tally, _line)


def _keys_of(holding: Holding) -> Iterator[_Key]:
    origin, status = holding.message.stamp.origin, holding.status
    for scheme, value in {code_key(code) for code in status.capabilities}:
        yield origin, status.kind, scheme, value, status.stock.unit


def _line(key: _Key, tally: Tally) -> ResourceSummary:
    participant, kind, scheme, value, unit = key
    sums = tally.figures
    return ResourceSummary(
        participant=participant,
        kind=kind,
        capability=Code(scheme=scheme, value=value),
        unit=unit,
        total=sums.total,
        available=sums.available,
        committed=sums.committed,
        spare=sums.spare,
        outdated=tally.outdated,
        message_ids=tally.first_ids(MOST_IDS),
        basis=tally.basis(),
    )
