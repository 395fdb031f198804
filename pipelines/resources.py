"""Resources by participant and capability, and what could be spared."""

from collections.abc import Iterable

from pipelines.known import Known
from pipelines.scope import expired, micros
from yrd.common.v1.common_pb2 import Code
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import ResourceSummary


def holds(message: Message, as_of_us: int) -> bool:
    """Whether neither the stated validity nor the message's use is over."""
    status = message.resource_status
    if expired(message, as_of_us):
        return False
    return not status.HasField("valid_until_time") or micros(status.valid_until_time) > as_of_us


def spare(message: Message) -> float:
    """What is available above the minimum that the owner keeps."""
    stock = message.resource_status.stock
    return max(0.0, stock.available - stock.minimum_kept)


def code_key(code: Code) -> tuple[str, str]:
    """A code as a key."""
    return code.scheme, code.value


def evaluate(known: Known, as_of_us: int) -> list[ResourceSummary]:
    """One line for each participant, kind, capability and unit."""
    lines: dict[tuple[str, int, str, str, str], ResourceSummary] = {}
    for message in known.newest("resource_status"):
        status = message.resource_status
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
            _add(line, message, as_of_us)
    return [lines[key] for key in sorted(lines)]


def _distinct(capabilities: Iterable[Code]) -> list[Code]:
    return list({code_key(code): code for code in capabilities}.values())


def _add(line: ResourceSummary, message: Message, as_of_us: int) -> None:
    stock = message.resource_status.stock
    line.message_ids.append(message.header.message_id)
    if not holds(message, as_of_us):
        line.outdated += 1
        return
    line.total += stock.total
    line.available += stock.available
    line.committed += stock.committed
    line.spare += spare(message)
