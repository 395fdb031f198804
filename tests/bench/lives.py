"""Short lives in any number: trips, incidents, readings and stocks that begin, are told of, end and are over.

What is known of them is kept as the live loop keeps it, pictures included; printed is how much there is and
what memory it takes, from a day's history to years of it.
"""

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL, Key, micros
from pipelines.facts.state import COVERAGE, Folding, merge
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import views
from tests.support.nature import level
from tests.support.situation import incident, movement, resource, waybill
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

BEGIN, APART = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=12.6)
"""Ten million messages so far apart are four years, more than any term in over.tsv."""

AT_ONCE, PICTURE_EVERY = 10_000, 500_000
STATIONS, STOCKS, TOGETHER = 200, 2000, 100
"""Stations and stocks are told of again and again; of each kind of life so many go on at a time."""

OF_USE = timedelta(days=2)
"""How long all but incidents are of use; those end by a final report."""

Life = Iterator[Message]
_WAYBILL, _STOCK, _LEVEL = waybill(), resource(), level()
_MOVES = [movement(kind) for kind in ("DEPARTED", *["POSITION"] * 4, "ARRIVED")]
_REPORTS = [
    incident(changes={"kind": f"REPORT_KIND_{kind}"}) for kind in ("INITIAL", "FOLLOW_UP", "FINAL")
]


def _copy(prototype: Message, entity: str, revision: int) -> Message:
    made = Message.FromString(prototype.SerializeToString())
    made.header.entity_id, made.header.revision = entity, revision
    return made


def _trip(number: int) -> Life:
    plate, id_ = f"沪A{number % 100_000:05}", f"310000/waybill/{number}"
    told = _copy(_WAYBILL, id_, 1)
    told.waybill.vehicle.number = plate
    yield told
    for revision, prototype in enumerate(_MOVES, start=1):
        told = _copy(prototype, f"310000/trip/{number}", revision)
        told.vehicle_movement.waybill_id, told.vehicle_movement.vehicle.number = id_, plate
        yield told


def _incident(number: int) -> Life:
    for revision, prototype in enumerate(_REPORTS, start=1):
        yield _copy(prototype, f"310000/flood/{number}", revision)


def _reading(number: int) -> Life:
    yield _copy(_LEVEL, f"310000/level/{number % STATIONS}", 1 + number // STATIONS)


def _stock(number: int) -> Life:
    yield _copy(_STOCK, f"320000/pumps/{number % STOCKS}", 1 + number // STOCKS)


def _going_on(begin: Callable[[int], Life]) -> Life:
    """Lives of one kind, TOGETHER at a time, each followed by the next."""
    numbers = count()
    lives = deque(begin(next(numbers)) for _ in range(TOGETHER))
    while True:
        told = next(lives[0], None)
        if told is None:
            lives[0] = begin(next(numbers))
        else:
            lives.rotate(-1)
            yield told


def told() -> Life:
    """Fourteen in twenty are of trips, four are readings, one is of an incident, one of a stock."""
    trips, readings = _going_on(_trip), _going_on(_reading)
    incidents, stocks = _going_on(_incident), _going_on(_stock)
    sequences = defaultdict[str, Iterator[int]](count)  # a log has no gaps
    turns = [*[trips] * 7, *[readings] * 2, incidents, *[trips] * 7, *[readings] * 2, stocks]
    for number in count():
        message, at = next(turns[number % len(turns)]), BEGIN + number * APART
        header, stamp = message.header, message.stamp
        header.message_id = f"{number:08x}-0000-7000-8000-000000000000"
        for stated in (header.occurred_time, header.reported_time, stamp.sealed_time):
            stated.FromDatetime(at)
        if not message.HasField("incident_report"):
            header.expire_time.FromDatetime(at + OF_USE)
        stamp.sequence = next(sequences[stamp.origin])
        yield message


def resident_mb() -> float:
    """Memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(events: int) -> None:
    """Takes in so many messages; prints memory as it goes."""
    print("\n| messages | days | slots kept | views | memory, MB | messages/s |", flush=True)
    print("|---:|---:|---:|---:|---:|---:|", flush=True)
    facts, memo, stream = Facts(), dict[str, Any](), told()
    coverage: dict[Key, State] = {}
    begun = time.process_time()
    for done in range(AT_ONCE, events + 1, AT_ONCE):
        at_us = _take_in(facts, coverage, islice(stream, AT_ONCE))
        if done % PICTURE_EVERY == 0 or done == events:
            picture = evaluate(ACTUAL, facts, at_us, Staleness(), memo)
            figures = (
                f"{done:,}",
                f"{done * APART / timedelta(days=1):,.0f}",
                f"{len(facts):,}",
                f"{len(list(views(picture)))}",
                f"{resident_mb():,.0f}",
                f"{done / (time.process_time() - begun):,.0f}",
            )
            print(f"| {' | '.join(figures)} |", flush=True)


def _take_in(facts: Facts, coverage: dict[Key, State], some: Iterable[Message]) -> int:
    """Takes messages in as the live loop does. Returns the instant of the last."""
    folding, at_us = Folding(), 0
    for message in some:
        folding.add(message)
        at_us = micros(message.stamp.sealed_time)
    states = folding.states()
    for key in [key for key in states if key.subject == COVERAGE]:
        states[key] = coverage[key] = merge(coverage.get(key, State()), states[key])
    facts.update(states)
    facts.compact(at_us)
    return at_us
