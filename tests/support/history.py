"""A long history of four provinces, from a seed: late, corrected, withdrawn, over, and told again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.support.builders import need
from tests.support.situation import (
    after,
    answer,
    exercise,
    incident,
    movement,
    offer,
    request,
    resource,
    stock,
    text,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message

PROVINCES = ("310000", "320000", "330000", "340000")
_DELAYS = (timedelta(seconds=1),) * 6 + (
    timedelta(minutes=40),
    timedelta(hours=9),
    timedelta(days=3),
)
_KINDS = ("FOLLOW_UP", "FOLLOW_UP", "FINAL", "CORRECTION", "WITHDRAWAL")


class History:
    """Makes messages in the order in which they were told. Equal seeds make equal histories."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._sequences = dict.fromkeys(PROVINCES, 0)
        self._revisions: dict[str, int] = {}
        self._begun: dict[str, datetime] = {}

    def days(self, count: int, each: int) -> list[Message]:
        """`each` messages on each of some days, as one gateway received them, in that order."""
        told = [message for day in range(count) for message in self._day(day, each)]
        return sorted(told, key=lambda m: (m.receipt.received_time.ToNanoseconds(), m.stamp.origin))

    def _day(self, day: int, each: int) -> Iterator[Message]:
        minutes = sorted(self._random.sample(range(24 * 60), each))
        for minute in minutes:
            yield self._message(after(days=day, minutes=minute))

    def _message(self, at: datetime) -> Message:
        makers = (self._incident, self._incident, self._warning, self._resource, self._aid)
        origin = self._random.choice(PROVINCES)
        maker = self._random.choice((*makers, self._movement))
        made = maker(origin, at)
        made.receipt.received_time.FromDatetime(at + self._random.choice(_DELAYS))
        return made

    def _header(self, entity: str, at: datetime, **changes: Any) -> dict[str, Any]:
        origin = entity[:6]
        revision = self._revisions[entity] = self._revisions.get(entity, 0) + 1
        sequence = self._sequences[origin]
        self._sequences[origin] += 1
        occurred = self._begun.setdefault(entity, at)
        header = {"revision": revision, "sequence": sequence, "sealed": at}
        header |= {"occurredTime": text(occurred), "reportedTime": text(at)}
        if self._random.random() < 0.1:
            header |= exercise("drill-3")
        return header | changes

    def _incident(self, origin: str, at: datetime) -> Message:
        entity = f"{origin}/flood/{self._random.randrange(12)}"
        kind = self._random.choice(_KINDS) if entity in self._begun else "INITIAL"
        body: dict[str, Any] = {"kind": f"REPORT_KIND_{kind}"}
        body["casualties"] = {"dead": self._random.randrange(5)}
        if self._random.random() < 0.3:
            body["needs"] = [need(self._random.randrange(1, 9))]
        over = {"expireTime": text(at + timedelta(days=5))} if self._random.random() < 0.3 else {}
        return incident(entity, body, **self._header(entity, at, **over))

    def _warning(self, origin: str, at: datetime) -> Message:
        entity = f"{origin}/warning/{at:%m%d}"
        times = {"issueTime": text(at), "expireTime": text(at + timedelta(hours=30))}
        over = {"expireTime": times["expireTime"]}
        return warning(entity, times, **self._header(entity, at, **over))

    def _resource(self, origin: str, at: datetime) -> Message:
        entity = f"{origin}/pumps/{self._random.randrange(3)}"
        return resource(entity, stock(self._random.randrange(12)), **self._header(entity, at))

    def _aid(self, origin: str, at: datetime) -> Message:
        if origin == "310000":
            entity = f"310000/request/{self._random.randrange(3)}"
            return request(entity, **self._header(entity, at))
        entity = f"{origin}/answer/{self._random.randrange(3)}"
        changes = {"requestId": f"310000/request/{self._random.randrange(3)}"}
        return answer(entity, [offer(3)], changes, **self._header(entity, at))

    def _movement(self, origin: str, at: datetime) -> Message:
        if self._random.random() < 0.2:
            return waybill(f"{origin}/waybill/1", **self._header(f"{origin}/waybill/1", at))
        entity = f"{origin}/trip/{at:%m%d}"
        self._begun[entity] = at - timedelta(minutes=self._random.randrange(90))
        changes = {"waybillId": f"{origin}/waybill/1"}
        return movement("POSITION", entity, changes, **self._header(entity, at))
