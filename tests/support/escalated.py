"""What is noticed about incidents."""

from datetime import datetime

from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.incidents.escalations import evaluate
from tests.support.builders import NOW
from tests.support.situation import us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Escalation, EscalationKind


def escalations(*told: Message, at: datetime = NOW) -> list[Escalation]:
    """All of them, at an instant."""
    return evaluate(Known(fold(told), us(at)))


def noticed(kind: str, *told: Message, at: datetime = NOW) -> list[Escalation]:
    """Those of a kind, without its prefix."""
    value = EscalationKind.Value(f"ESCALATION_KIND_{kind}")
    return [found for found in escalations(*told, at=at) if found.kind == value]
