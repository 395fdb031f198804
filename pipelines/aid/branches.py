"""Branches of help: for each line of a request, what each lender said and did, from all messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.aid import lines as aid
from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from yrd.aid.v1.aid_pb2 import AidRequestLine, AidResponseLine
from yrd.aid.v1.order_pb2 import AidCommitmentLine, AidOrderLine
from yrd.exchange.v1.message_pb2 import Message

Index = dict[tuple[str, ...], list[Message]]


@dataclass(frozen=True, slots=True)
class Branch:
    """What one lender does for one line: as far as it has come, one for each committed resource.

    Deployments, returns and settlements come with their earlier steps, oldest step first.
    """

    request: Message
    line: AidRequestLine
    provider: str
    response: Message | None = None
    answer: AidResponseLine | None = None
    order: Message | None = None
    ordered: AidOrderLine | None = None
    commitment: Message | None = None
    committed: AidCommitmentLine | None = None
    deployments: tuple[Message, ...] = ()
    extensions: tuple[Message, ...] = ()
    releases: tuple[Message, ...] = ()
    returns: tuple[Message, ...] = ()
    settlements: tuple[Message, ...] = ()

    def messages(self) -> list[Message]:
        """All that it rests on."""
        heads = [self.request, self.response, self.order, self.commitment]
        told = [m for m in heads if m is not None]
        for group in (self.deployments, self.extensions, self.releases, self.returns):
            told += group
        return [*told, *self.settlements]


@dataclass(frozen=True, slots=True)
class _Told:
    """Messages by what they refer to."""

    orders: Index = field(default_factory=dict)
    commitments: Index = field(default_factory=dict)
    deployments: Index = field(default_factory=dict)
    extensions: Index = field(default_factory=dict)
    releases: Index = field(default_factory=dict)
    returns: Index = field(default_factory=dict)
    settlements: Index = field(default_factory=dict)


def branches(known: Known) -> dict[tuple[str, str], list[Branch]]:
    """Branches by request and line; also lines to which nobody has answered yet, with who was asked."""
    return known.once("branches of aid", lambda: _branches(known))


def _branches(known: Known) -> dict[tuple[str, str], list[Branch]]:
    told = _told(known)
    found: dict[tuple[str, str], list[Branch]] = {}
    for request in sorted(known.newest("aid_request"), key=_entity):
        for line in request.aid_request.lines:
            key = request.header.entity_id, line.need.line_id
            found.setdefault(key, []).extend(_of_line(known, told, request, line))
    return found


def _told(known: Known) -> _Told:
    told = _Told()
    for message in known.current("aid_order"):
        _put(told.orders, message, message.aid_order.request_id)
    for message in known.current("aid_commitment"):
        _put(told.commitments, message, message.aid_commitment.order_id)
    for message in known.kept("aid_deployment"):
        deployment = message.aid_deployment
        _put(told.deployments, message, deployment.commitment_id, deployment.commitment_line_id)
    for message in known.current("aid_extension"):
        _put(told.extensions, message, message.aid_extension.commitment_id)
    for message in known.current("aid_release"):
        _put(told.releases, message, message.aid_release.commitment_id)
    for message in known.kept("aid_return"):
        _put(told.returns, message, message.aid_return.commitment_id)
    for message in known.kept("aid_settlement"):
        _put(told.settlements, message, message.aid_settlement.commitment_id)
    _ask_about_strays(known)
    return told


def _put(index: Index, message: Message, *key: str) -> None:
    index.setdefault(key, []).append(message)


def _entity(message: Message) -> tuple[str, str]:
    return message.stamp.origin, message.header.entity_id


_REFERENCES = (
    ("aid_response", "request_id", "aid_request"),
    ("aid_order", "request_id", "aid_request"),
    ("aid_commitment", "order_id", "aid_order"),
    ("aid_deployment", "commitment_id", "aid_commitment"),
    ("aid_extension", "commitment_id", "aid_commitment"),
    ("aid_release", "commitment_id", "aid_commitment"),
    ("aid_return", "commitment_id", "aid_commitment"),
    ("aid_settlement", "commitment_id", "aid_commitment"),
)
"""Field, where it refers to something, and what that is."""


def _ask_about_strays(known: Known) -> None:
    """What refers to something that was never told here is no part of any life of help."""
    for name, reference, target in _REFERENCES:
        there = {message.header.entity_id for message in known.newest(target)}
        for message in known.newest(name):
            named = getattr(getattr(message, name), reference)
            if named not in there:
                ask(
                    known,
                    about(
                        message,
                        "aid_reference_unknown",
                        f"{name}.{reference}",
                        f"所指的{named}在此未见报送",
                        f"{named} was never told here",
                    ),
                )


def _of_line(known: Known, told: _Told, request: Message, line: AidRequestLine) -> Iterator[Branch]:
    request_id, line_id = request.header.entity_id, line.need.line_id
    answers: dict[str, list[tuple[Message, AidResponseLine]]] = {}
    for message, answer in sorted(aid.answers_to(known, request_id, line_id), key=_by_entity):
        answers.setdefault(message.stamp.origin, []).append((message, answer))
    orders: dict[str, list[tuple[Message, AidOrderLine]]] = {}
    for order, ordered in _orders(told, request, line_id):
        orders.setdefault(order.aid_order.provider, []).append((order, ordered))
    asked = set(request.aid_request.addressed_to)
    for provider in sorted(asked | set(answers) | set(orders)):
        found = answers.get(provider, [])
        if provider in orders:
            for order, ordered in orders[provider]:
                yield from _ordered(told, request, line, order, ordered, found)
        elif found:
            for message, answer in found:
                yield Branch(request, line, provider, message, answer)
        else:
            yield Branch(request, line, provider)


def _by_entity(item: tuple[Message, AidResponseLine]) -> tuple[str, str]:
    return _entity(item[0])


def _orders(told: _Told, request: Message, line_id: str) -> Iterator[tuple[Message, AidOrderLine]]:
    """Only who asked orders."""
    for order in sorted(told.orders.get((request.header.entity_id,), ()), key=_entity):
        for ordered in order.aid_order.lines:
            if ordered.request_line_id == line_id and order.stamp.origin == request.stamp.origin:
                yield order, ordered


def _ordered(
    told: _Told,
    request: Message,
    line: AidRequestLine,
    order: Message,
    ordered: AidOrderLine,
    answers: Iterable[tuple[Message, AidResponseLine]],
) -> Iterator[Branch]:
    provider = order.aid_order.provider
    named = order.aid_order.response_id
    response, answer = next(
        ((m, a) for m, a in answers if m.header.entity_id == named), (None, None)
    )
    branch = Branch(request, line, provider, response, answer, order, ordered)
    committed = list(_commitments(told, order, ordered.line_id))
    for commitment, commits in committed:
        yield _deployed(told, branch, commitment, commits)
    if not committed:
        yield branch


def _commitments(
    told: _Told, order: Message, line_id: str
) -> Iterator[tuple[Message, AidCommitmentLine]]:
    """Only the provider commits."""
    for commitment in sorted(told.commitments.get((order.header.entity_id,), ()), key=_entity):
        for commits in commitment.aid_commitment.lines:
            if (
                commits.order_line_id == line_id
                and commitment.stamp.origin == order.aid_order.provider
            ):
                yield commitment, commits


def _deployed(
    told: _Told, branch: Branch, commitment: Message, commits: AidCommitmentLine
) -> Branch:
    name, line_id = commitment.header.entity_id, commits.line_id
    extensions = [
        m
        for m in told.extensions.get((name,), ())
        if line_id in m.aid_extension.commitment_line_ids
    ]
    releases = [
        m
        for m in told.releases.get((name,), ())
        if any(line.commitment_line_id == line_id for line in m.aid_release.lines)
    ]
    returns = [
        m
        for m in told.returns.get((name,), ())
        if any(line.commitment_line_id == line_id for line in m.aid_return.lines)
    ]
    return Branch(
        branch.request,
        branch.line,
        branch.provider,
        branch.response,
        branch.answer,
        branch.order,
        branch.ordered,
        commitment,
        commits,
        _in_order(told.deployments.get((name, line_id), ())),
        _in_order(extensions),
        _in_order(releases),
        _in_order(returns),
        _in_order(told.settlements.get((name,), ())),
    )


def _in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    return tuple(sorted(messages, key=lambda m: (_entity(m), m.header.revision)))
