"""Floods on the border of Shanghai and Jiangsu, told by both."""

from typing import Any

from pipelines.incidents.incidents import evaluate
from tests.support.builders import place
from tests.support.situation import SHANGHAI, SUZHOU, incident, known
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import JointIncident

FLOOD = {"primaryType": {"scheme": "GB/T 35561", "value": "11A02"}}
QINGPU = {"place": place("310118", SHANGHAI)}
KUNSHAN = {"place": place("320583", SUZHOU)}
KM_OF_A_DEGREE = 111.195


def shanghai(entity: str = "310000/flood", changes: Any = None, **header: Any) -> Message:
    """A flood in Qingpu, as Shanghai tells it."""
    return incident(entity, FLOOD | QINGPU | (changes or {}), **header)


def jiangsu(entity: str = "320000/flood", changes: Any = None, **header: Any) -> Message:
    """A flood in Kunshan, some kilometres from there, as Jiangsu tells it."""
    return incident(entity, FLOOD | KUNSHAN | (changes or {}), **header)


def north(kilometres: float) -> dict[str, Any]:
    """A place in Jiangsu so far north of the one in Shanghai."""
    return {"place": place("320583", (SHANGHAI[0] + kilometres / KM_OF_A_DEGREE, SHANGHAI[1]))}


def kind(value: str) -> dict[str, Any]:
    """An incident type of GB/T 35561."""
    return {"primaryType": {"scheme": "GB/T 35561", "value": value}}


def three_in_a_row() -> list[Message]:
    """Told by three, each ten kilometres from the next; the outer two are twenty apart."""
    zhejiang = incident("330000/flood", FLOOD | north(20))
    return [shanghai(), jiangsu(changes=north(10)), zhejiang]


def joint(*told: Message) -> list[JointIncident]:
    """Joint incidents of these reports."""
    return evaluate(known(*told))


def members(*told: Message) -> set[frozenset[str]]:
    """Which entities are held to be one event."""
    return {frozenset(m.entity_id for m in found.members) for found in joint(*told)}
