"""Resources by participant and capability, and what could be spared."""

from collections.abc import Iterable

from pipelines.known import Known
from pipelines.stocktake import Holding, take
from yrd.common.v1.common_pb2 import Code
from yrd.situation.v1.situation_pb2 import ResourceSummary


def code_key(code: Code) -> tuple[str, str]:
    """A code as a key."""
    return code.scheme, code.value


def evaluate(known: Known, as_of_us: int) -> list[ResourceSummary]:
    """One line for each participant, kind, capability and unit."""
    lines: dict[tuple[str, int, str, str, str], ResourceSummary] = {}
    for holding in take(known, as_of_us):
        message, status = holding.message, holding.status
        for capability in _distinct(status.capabilities):
            unit = status.stock.unit
            key = (message.stamp.origin, status.kind, *code_key(capability), unit)
            line = lines.setdefault(
                key,
                ResourceSummary(
                    participant=message.stamp.origin,
                    kind=status.kind,
                    capability=capability,
                    unit=unit,
                ),
            )
            _add(line, holding)
    return [lines[key] for key in sorted(lines)]


def _distinct(capabilities: Iterable[Code]) -> list[Code]:
    return list({code_key(code): code for code in capabilities}.values())


def _add(line: ResourceSummary, holding: Holding) -> None:
    line.message_ids.append(holding.message.header.message_id)
    figures = holding.figures
    if figures is None:
        line.outdated += 1
        return
    line.total += figures.total
    line.available += figures.available
    line.committed += figures.committed
    line.spare += figures.spare
