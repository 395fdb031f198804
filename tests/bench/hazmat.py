"""How long the hazmat watch takes over all trips: `make bench-hazmat`, or this file with --help.

For each number of trips: a whole evaluation (index, zones, every trip, counts, what is listed), a second one
a minute later without news, the trips alone, and the memory that messages and views take. One process.
"""

import argparse
import gc
import platform
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.hazmat import Watch, context_of, evaluate, told_by_waybill, views_of
from pipelines.nature.warnings import controls, warnings
from schemas.codes.tables import PROVINCES, points, province_of
from tests.support.builders import place
from tests.support.hazmat import handover, leak, moved, tanker
from tests.support.situation import after, control, text, us, warning
from yrd.exchange.v1.message_pb2 import Message

ROADS = [f"{kind}{number}" for kind, most in (("G", 99), ("S", 60)) for number in range(1, most)]
COUNTIES = [(code, at) for code, at in sorted(points().items()) if not code.endswith("00")]
_PAGE = 4096


def trips(count: int, chance: random.Random) -> Iterator[Message]:
    """Waybills between counties, each with a movement on the way; one in ten with a handover's notice."""
    bill, seen = tanker(), moved(changes={"speedKmh": 70, "road": "G15"})
    notice = handover("NOTICED", changes={"expectedCrossingTime": text(after(minutes=40))})
    for number in range(count):
        (start, begin), (goal, end) = chance.sample(COUNTIES, 2)
        name, plate = f"{province_of(start)}/waybill/{number}", f"沪A{number % 100_000:05}"
        declared = _waybill(bill, name, plate, (start, begin), (goal, end), chance)
        yield declared
        share = chance.random()
        at = tuple(a + (b - a) * share for a, b in zip(begin, end, strict=True))
        code = start if share < 0.5 else goal
        yield _movement(seen, name, plate, (code, at), declared.waybill.route_roads[0], chance)
        if number % 10 == 0:
            yield _notice(notice, name, province_of(start), province_of(goal))


def _copy(of: Message, entity: str) -> Message:
    made = Message()
    made.CopyFrom(of)
    made.header.entity_id, made.stamp.origin = entity, entity[:6]
    made.header.message_id = f"{entity}/{of.WhichOneof('body')}"
    return made


def _waybill(
    of: Message,
    name: str,
    plate: str,
    start: tuple[str, tuple[float, float]],
    goal: tuple[str, tuple[float, float]],
    chance: random.Random,
) -> Message:
    made = _copy(of, name)
    body = made.waybill
    body.vehicle.number = plate
    for where, (code, at) in ((body.origin, start), (body.destination, goal)):
        where.admin_code = code
        where.point.latitude, where.point.longitude = at
    provinces = [province_of(start[0]), province_of(goal[0])]
    body.route_provinces[:] = provinces if provinces[0] != provinces[1] else provinces[:1]
    body.route_roads[:] = chance.sample(ROADS, 3)
    return made


def _movement(
    of: Message,
    name: str,
    plate: str,
    where: tuple[str, tuple[float, ...]],
    road: str,
    chance: random.Random,
) -> Message:
    made = _copy(of, name.replace("waybill", "trip"))
    made.vehicle_movement.waybill_id, made.vehicle_movement.vehicle.number = name, plate
    here = made.vehicle_movement.place
    here.admin_code, (here.point.latitude, here.point.longitude) = where
    made.vehicle_movement.speed_kmh = min(80.0, chance.gauss(55, 8))
    made.vehicle_movement.road = road
    made.header.occurred_time.FromMicroseconds(us(after(minutes=-chance.uniform(0, 122))))
    return made


def _notice(of: Message, name: str, left: str, entered: str) -> Message:
    made = _copy(of, name.replace("waybill", "handover"))
    body = made.border_handover
    body.waybill_id, body.author, body.from_province, body.to_province = name, left, left, entered
    return made


def around(chance: random.Random) -> Iterator[Message]:
    """Fifty leaks, a hundred warnings in discs and counties, forty controls."""
    for number in range(50):
        code, at = chance.choice(COUNTIES)
        made = leak({"waybillId": "", "place": place(code, at)})
        yield _copy(made, f"{province_of(code)}/alert/{number}")
    for number in range(100):
        code, at = chance.choice(COUNTIES)
        disc = {"circle": {"center": place(code, at)["point"], "radiusMeters": 20_000}}
        area = disc if number % 2 else {"adminCodes": [code]}
        made = warning(changes={"area": area, "color": "WARNING_COLOR_ORANGE"})
        yield _copy(made, f"{province_of(code)}/warning/{number}")
    for number in range(40):
        area = {"adminCodes": [chance.choice(COUNTIES)[0]]}
        made = control(changes={"objectName": chance.choice(ROADS), "area": area})
        yield _copy(made, f"{PROVINCES[number % 4]}/control/{number}")


def resident_mib() -> float:
    """Memory of this process."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**20


def measure(count: int) -> str:
    """One row of the table."""
    chance = random.Random(count)
    empty = resident_mib()
    facts = Facts()
    for made in (trips(count, chance), around(chance)):
        facts.update(fold(made))
    held = resident_mib() - empty
    known = Known(facts, us(after()))
    found = controls(known, known.as_of_us), warnings(known, known.as_of_us)
    began = time.process_time()
    watch = evaluate(known, *found)
    whole = time.process_time() - began
    memo = known.memo
    for minute in (0, 1):  # the first fills the memory of what is in force at that instant
        later = Known(facts, us(after(minutes=minute)), memo)
        found = controls(later, later.as_of_us), warnings(later, later.as_of_us)
        began = time.process_time()
        evaluate(later, *found)
        again = time.process_time() - began
    told, context = told_by_waybill(known), context_of(known, *found)
    began = time.process_time()
    views = list(views_of(told, context, known.as_of_us))
    alone = time.process_time() - began
    seen = resident_mib() - empty - held
    cells = (
        f"{len(views):,}",
        f"{whole:.2f}",
        f"{again:.2f}",
        f"{alone / count * 1e6:.1f}",
        f"{held:.0f}",
        f"{seen:.0f}",
        f"{watch.counts.attention:,}",
        f"{len(watch.trips)}",
        f"{_size(watch) / 1024:.0f}",
    )
    return " | ".join(cells)


def _size(watch: Watch) -> int:
    items: list[Any] = [*watch.trips, *watch.handovers, *watch.zones, watch.counts]
    return sum(item.ByteSize() for item in items)


def main() -> None:
    """Prints a table, one row for each number of trips."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trips", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, one process")
    print(
        "trips | whole evaluation, CPU s | a minute later, CPU s | a trip alone, CPU us"
        " | messages, MiB | views, MiB | need attention | listed | what is said, KiB"
    )
    for count in options.trips:
        print(measure(count), flush=True)


if __name__ == "__main__":
    main()
