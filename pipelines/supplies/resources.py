"""Resources by participant and capability, and what could be spared."""

from collections.abc import Iterable

from pipelines.facts.known import Known
from pipelines.supplies.stocktake import Holding, take
from pipelines.supplies.tally import Tally
from pipelines.supplies.unchanged import while_same
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
    taken = take(known, as_of_us)
    return while_same(known, "resources", taken, None, lambda: _lines(taken))


def _lines(taken: Iterable[Holding]) -> list[ResourceSummary]:
    sums: dict[_Key, Tally] = {}
    for holding in taken:
        origin, status = holding.message.stamp.origin, holding.status
        for scheme, value in {code_key(code) for code in status.capabilities}:
            key = (origin, status.kind, scheme, value, status.stock.unit)
            sums.setdefault(key, Tally()).add(holding)
    return [_line(key, sums[key]) for key in sorted(sums)]


def _line(key: _Key, tally: Tally) -> ResourceSummary:
    participant, kind, scheme, value, unit = key
    return ResourceSummary(
        participant=participant,
        kind=kind,
        capability=Code(scheme=scheme, value=value),
        unit=unit,
        total=tally.total,
        available=tally.available,
        committed=tally.committed,
        spare=tally.spare,
        outdated=tally.outdated,
        message_ids=tally.message_ids[:MOST_IDS],
        basis=tally.basis(),
    )
