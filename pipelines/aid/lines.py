"""Aid: each line of each request with its newest answers."""

from collections.abc import Iterator

from pipelines.facts.known import Known
from yrd.aid.v1.aid_pb2 import AidDecision, AidRequestLine, AidResponseLine
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidAnswer, AidLine, AidLineState

OFFERS = (AidDecision.AID_DECISION_ACCEPT, AidDecision.AID_DECISION_PARTIAL)


def evaluate(known: Known) -> list[AidLine]:
    """Lines of all requests that still stand and have not expired, by request and line."""
    lines = [
        _line(request, line, list(answers_to(known, request.header.entity_id, line.need.line_id)))
        for request in known.current("aid_request")
        if not request.aid_request.withdrawn
        for line in request.aid_request.lines
    ]
    return sorted(lines, key=lambda line: (line.request_id, line.line_id))


def answers_to(
    known: Known, request_id: str, line_id: str
) -> Iterator[tuple[Message, AidResponseLine]]:
    """Newest answers of each responder to a line, but for those that have expired."""
    for message in known.current("aid_response"):
        if message.aid_response.request_id == request_id:
            for line in message.aid_response.lines:
                if line.request_line_id == line_id:
                    yield message, line


def offered(answers: list[tuple[Message, AidResponseLine]], unit: str) -> float:
    """How much the answers offer together in that unit; what is offered in another can't be added."""
    return sum(
        line.quantity.value
        for _, line in answers
        if line.decision in OFFERS and line.quantity.unit == unit
    )


def _line(
    request: Message, line: AidRequestLine, answers: list[tuple[Message, AidResponseLine]]
) -> AidLine:
    total = offered(answers, line.need.quantity.unit)
    asked = set(request.aid_request.addressed_to)
    return AidLine(
        request_id=request.header.entity_id,
        line_id=line.need.line_id,
        requester=request.stamp.origin,
        incident_id=request.aid_request.incident_id,
        capability=line.need.capability,
        requested=line.need.quantity,
        offered=total,
        state=_state(total, line.need.quantity.value, asked, answers),
        answers=[
            AidAnswer(
                participant=message.stamp.origin,
                decision=answer.decision,
                quantity=answer.quantity.value,
            )
            for message, answer in answers
        ],
        message_ids=[
            request.header.message_id,
            *(message.header.message_id for message, _ in answers),
        ],
    )


def _state(
    total: float, wanted: float, asked: set[str], answers: list[tuple[Message, AidResponseLine]]
) -> AidLineState:
    if total >= wanted:
        return AidLineState.AID_LINE_STATE_COVERED
    if total > 0:
        return AidLineState.AID_LINE_STATE_PARTIAL
    declined = AidDecision.AID_DECISION_DECLINE
    refusing = {message.stamp.origin for message, line in answers if line.decision == declined}
    if refusing >= asked:
        return AidLineState.AID_LINE_STATE_DECLINED
    return AidLineState.AID_LINE_STATE_OPEN
