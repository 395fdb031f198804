"""A small world for tests of the checker: one log of five messages."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.faults.harness.checker import Checker, Row
from tests.faults.harness.entitlement import (
    INCIDENT,
    PARTICIPANTS,
    RESOURCE,
    WAYBILL,
    Kind,
    parts_at,
)
from tests.faults.harness.record import Acknowledged, Connection, Delivered, Record, Sent

ORIGIN, NEIGHBOUR, FAR = PARTICIPANTS
KINDS = (INCIDENT, WAYBILL, RESOURCE, INCIDENT, WAYBILL)


def hash_of(sequence: int) -> bytes:
    return sha256(b"%d" % sequence).digest()


@dataclass
class World:
    """One origin's log of five messages, as everyone sees it. Tests change what somebody sees."""

    record: Record = field(default_factory=Record)
    listings: dict[str, list[Delivered]] = field(default_factory=dict)
    readings: dict[str, list[Connection]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sequence, body in enumerate(KINDS):
            kind = Kind(ORIGIN, body)
            self.record.sending([Sent(f"m{sequence}", kind, False, float(sequence))])
            self.acknowledge(sequence)
        for holder in PARTICIPANTS:
            listing = [self.delivered(holder, n) for n in range(len(KINDS))]
            self.listings[holder] = [d for d in listing if d.parts]
            self.readings[holder] = [Connection(0, list(self.listings[holder]))]
            self.rows[holder] = [
                Row(n, hash_of(n), not parts_at(Kind(ORIGIN, body), holder))
                for n, body in enumerate(KINDS)
            ]

    def acknowledge(self, number: int, **changes: Any) -> None:
        answer = Acknowledged(number, hash_of(number), 1)._replace(**changes)
        self.record.acknowledge(f"m{number}", answer)

    def delivered(self, holder: str, sequence: int) -> Delivered:
        kind = Kind(ORIGIN, KINDS[sequence])
        parts = parts_at(kind, holder)
        return Delivered(sequence + 1, f"m{sequence}", kind, sequence, False, parts)

    def problems(self) -> list[str]:
        checker = Checker(self.record)
        found = [*checker.acknowledgements()]
        for holder in PARTICIPANTS:
            found += checker.listing(holder, self.listings[holder])
            for connection in self.readings[holder]:
                found += checker.reader(holder, connection)
            found += checker.log(holder, ORIGIN, self.rows[holder])
        return [*found, *checker.readers_done(), *checker.level()]
