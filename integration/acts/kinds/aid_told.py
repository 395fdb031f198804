"""What was told of a request for help, by type and scope, for the acts on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integration.acts.kinds.target import newest
from integration.acts.seam import Known
from pipelines.supplies.resources import code_key
from yrd.aid.v1.aid_pb2 import AidDecision, AidRequest, AidRequestLine, AidResponse
from yrd.aid.v1.order_pb2 import AidCommitment, AidOrder
from yrd.aid.v1.return_pb2 import AidRelease, AidReturn
from yrd.common.v1.common_pb2 import Code
from yrd.exchange.v1.message_pb2 import Message
from yrd.resource.v1.resource_pb2 import ResourceStatus

TAKEN = (AidDecision.AID_DECISION_ACCEPT, AidDecision.AID_DECISION_PARTIAL)
MOST_LINES = 12
"""Lines that one form has; the rest come when these are done."""
MOST_RESOURCES = 8


@dataclass(frozen=True, slots=True)
class Aid:
    """The newest revisions of all that was told of help in one scope."""

    known: Known
    scope: str

    def requests(self) -> list[Message]:
        """Requests."""
        return newest(self.known, self.scope, AidRequest.DESCRIPTOR.full_name)

    def request(self, request_id: str) -> Message | None:
        """A request by its entity id."""
        return next((m for m in self.requests() if m.header.entity_id == request_id), None)

    def answers(self, request_id: str) -> list[Message]:
        """What was answered to a request."""
        told = newest(self.known, self.scope, AidResponse.DESCRIPTOR.full_name)
        return [m for m in told if m.aid_response.request_id == request_id]

    def orders(self, response_id: str) -> list[Message]:
        """Orders of what a response offered."""
        told = newest(self.known, self.scope, AidOrder.DESCRIPTOR.full_name)
        return [m for m in told if m.aid_order.response_id == response_id]

    def order(self, order_id: str) -> Message | None:
        """An order by its entity id."""
        told = newest(self.known, self.scope, AidOrder.DESCRIPTOR.full_name)
        return next((m for m in told if m.header.entity_id == order_id), None)

    def commitments(self, order_id: str) -> list[Message]:
        """What was committed to an order."""
        told = newest(self.known, self.scope, AidCommitment.DESCRIPTOR.full_name)
        return [m for m in told if m.aid_commitment.order_id == order_id]

    def releases(self, commitment_id: str) -> list[Message]:
        """What was released of a commitment."""
        told = newest(self.known, self.scope, AidRelease.DESCRIPTOR.full_name)
        return [m for m in told if m.aid_release.commitment_id == commitment_id]

    def returns(self, commitment_id: str) -> list[Message]:
        """What went home of a commitment."""
        told = newest(self.known, self.scope, AidReturn.DESCRIPTOR.full_name)
        return [m for m in told if m.aid_return.commitment_id == commitment_id]

    def own_resources(self, capability: Code, unit: str) -> list[Message]:
        """The participant's own that can do it and are counted in that unit, the most spare first."""
        told = newest(self.known, self.scope, ResourceStatus.DESCRIPTOR.full_name)
        fit = [
            m
            for m in told
            if m.resource_status.owner == self.known.me
            and m.resource_status.stock.unit == unit
            and code_key(capability) in map(code_key, m.resource_status.capabilities)
        ]
        return sorted(fit, key=lambda m: -spare(m))[:MOST_RESOURCES]

    def resource_name(self, owner: str, resource_id: str) -> str:
        """What a resource is called; its id where nobody told of it."""
        for message in newest(self.known, self.scope, ResourceStatus.DESCRIPTOR.full_name):
            if (message.stamp.origin, message.header.entity_id) == (owner, resource_id):
                return message.resource_status.name
        return resource_id


def spare(resource: Message) -> float:
    """What is free above the minimum that the owner keeps."""
    stock = resource.resource_status.stock
    return max(0.0, stock.available - stock.minimum_kept)


def line_of(request: Message | None, line_id: str) -> AidRequestLine | None:
    """A line of a request."""
    lines: Sequence[AidRequestLine] = request.aid_request.lines if request is not None else ()
    return next((line for line in lines if line.need.line_id == line_id), None)


def numbered(lines: Sequence[AidRequestLine]) -> Iterator[tuple[str, AidRequestLine]]:
    """The first lines, each with what its fields' names begin with."""
    for place, line in enumerate(lines[:MOST_LINES]):
        yield f"line{place + 1}", line
