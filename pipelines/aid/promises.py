"""What resources are promised to, what that leaves of them, and what is promised twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.aid.branches import Branch, branches
from pipelines.aid.stages import PROMISED, quantity, released, resource_ids, stage
from pipelines.amounts import amount
from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.facts.scope import micros
from pipelines.supplies.stocktake import Holding
from yrd.common.v1.common_pb2 import Quantity
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import DoublePromise, Promise

Resource = tuple[str, str]
"""Owner and entity id."""
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Promised:
    """A branch that holds resources, how much of them together, and the message that says so last."""

    branch: Branch
    resources: tuple[Resource, ...]
    value: float
    message: Message

    @property
    def unit(self) -> str:
        """Unit of the amount."""
        return quantity(self.branch).unit


def standing_promises(known: Known) -> list[Promised]:
    """Promises that stand: offered, ordered, committed or under way."""
    return known.once("standing promises", lambda: list(_promises(known)))


def _promises(known: Known) -> Iterator[Promised]:
    for _, of_line in sorted(branches(known).items()):
        for branch in of_line:
            if stage(branch) not in PROMISED:
                continue
            owner = branch.provider
            named = tuple(sorted({(owner, name) for name in resource_ids(branch)}))
            said = branch.commitment or branch.order or branch.response
            value = max(0.0, quantity(branch).value - released(branch))
            if said is not None and named:
                yield Promised(branch, named, value, said)


def held(known: Known, holdings: Iterable[Holding]) -> dict[Resource, float]:
    """What newer promises hold back of each resource: its stated figures can't know of them yet.

    A promise that names several takes from them in their order, as far as each could spare.
    """
    spare = {_name(h.message): (h, h.figures.spare) for h in holdings if h.figures is not None}
    found: dict[Resource, float] = {}
    for promise in standing_promises(known):
        rest = promise.value
        for name in promise.resources:
            if name not in spare or not _knows_not(spare[name][0].message, promise):
                continue
            taken = min(rest, spare[name][1] - found.get(name, 0.0))
            found[name] = found.get(name, 0.0) + taken
            rest -= taken
    return found


def _name(message: Message) -> Resource:
    return message.stamp.origin, message.header.entity_id


def _knows_not(message: Message, promise: Promised) -> bool:
    """Whether a resource's figures are older than a promise of it, in the same unit."""
    told = micros(promise.message.header.reported_time)
    same = message.resource_status.stock.unit == promise.unit
    return same and micros(message.header.occurred_time) < told


def double(known: Known) -> list[DoublePromise]:
    """Resources that are promised to several lines beyond all there is of them.

    Of a promise that names several resources only what the others can't bear counts, so that nobody is
    accused of what may be in order.
    """
    there = {_name(message): message for message in known.current("resource_status")}
    by_resource: dict[Resource, list[tuple[Promised, float]]] = {}
    for promise in standing_promises(known):
        for name in promise.resources:
            others = [there.get(other) for other in promise.resources if other != name]
            if None not in others:
                borne = sum(m.resource_status.stock.total for m in others if m is not None)
                least = max(0.0, promise.value - borne)
                by_resource.setdefault(name, []).append((promise, least))
    found: list[DoublePromise] = []
    for name, promised in sorted(by_resource.items()):
        message = there.get(name)
        if message is not None:
            found += _double(known, message, promised)
    return found


def _double(
    known: Known, message: Message, promised: list[tuple[Promised, float]]
) -> Iterator[DoublePromise]:
    stock, origin = message.resource_status.stock, message.stamp.origin
    mine = [(p, value) for p, value in promised if p.unit == stock.unit and value > 0]
    total = sum(value for _, value in mine)
    lines = {(p.branch.request.header.entity_id, p.branch.line.need.line_id) for p, _ in mine}
    if len(lines) < 2 or total <= stock.total + _EPSILON:
        return
    last = max((p.message for p, _ in mine), key=_told)
    ask(
        known,
        about(
            last,
            "double_promise",
            "",
            f"{message.resource_status.name}共{amount(stock.total)}{stock.unit}，已承诺{amount(total)}{stock.unit}",
            f"{message.resource_status.name}: {amount(stock.total)} {stock.unit} in all, "
            f"{amount(total)} {stock.unit} promised",
        ),
    )
    yield DoublePromise(
        participant=origin,
        resource_id=message.header.entity_id,
        resource_name=message.resource_status.name,
        total=stock.total,
        unit=stock.unit,
        promised=total,
        promises=[_view(promise, value, stock.unit) for promise, value in mine],
        message_ids=sorted(
            {message.header.message_id, *(p.message.header.message_id for p, _ in mine)}
        ),
    )


def _told(message: Message) -> tuple[int, str]:
    return micros(message.header.reported_time), message.header.message_id


def _view(promise: Promised, value: float, unit: str) -> Promise:
    branch = promise.branch
    return Promise(
        request_id=branch.request.header.entity_id,
        line_id=branch.line.need.line_id,
        requester=branch.request.stamp.origin,
        quantity=Quantity(value=value, unit=unit),
        stage=stage(branch),
        message_id=promise.message.header.message_id,
    )
