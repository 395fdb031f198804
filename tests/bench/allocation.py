"""Planning mutual aid, from facts to proposals with their reasons: `make bench-allocation`, or --help.

Prints where the time goes. Kinds, units and capabilities are those of the table of capabilities; what has two
capabilities makes the needs of both compete.
"""

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

from pipelines.aid import need_lines, needs, planning, proposals
from pipelines.allocation import plan as plans
from pipelines.facts.known import Known
from pipelines.facts.scope import timestamp
from pipelines.facts.state import fold
from schemas.codes.tables import PROVINCES, capability
from tests.bench.exchange import machine
from yrd.common.v1.common_pb2 import Code, Place, Point, Quantity
from yrd.exchange.v1.message_pb2 import Header, Message, Mode, Stamp
from yrd.incident.v1.incident_pb2 import IncidentReport, ReportKind
from yrd.resource.v1.resource_pb2 import Need, ResourceStatus, Stock

CAPABILITIES = (
    "flood.pump",
    "flood.boat",
    "flood.barrier",
    "flood.team",
    "rescue.water",
    "rescue.urban",
    "rescue.engine",
    "rescue.firefighter",
    "rescue.crane",
    "hazmat.team",
    "hazmat.transfer",
    "hazmat.foam",
    "hazmat.detection",
    "medical.team",
    "medical.ambulance",
    "power.generator",
    "comms.satellite",
    "shelter.tent",
    "supplies.bedding",
    "supplies.food",
    "supplies.water",
    "road.clearing",
    "sea.rescue",
    "air.helicopter",
    "oil.boom",
    "expert.flood",
    "expert.hazmat",
)
UNITS = {"FORCE": "人", "EXPERT": "人", "SUPPLIES": "件", "VEHICLE": "辆", "VESSEL": "艘"}
NOW_US, MINUTE_US = 1_780_315_200_000_000, 60_000_000
NEEDS_EACH = 10
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("open needs", needs, "_all"),
    ("resources as supplies", planning, "_supply"),
    ("markets as arrays", plans, "stand"),
    ("candidates: distance, way, order", plans, "candidates"),
    ("flows by all costs", plans, "flows"),
    ("second best", plans, "_option"),
    ("reasons and relaxations", proposals, "_line"),
)
"""What is timed: a module's function by its name."""


def main() -> None:
    """Makes facts, plans, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=1000)
    parser.add_argument("--resources", type=int, default=20_000)
    parser.add_argument("--several", type=float, default=0.1, help="part with two capabilities")
    parser.add_argument("--tight", type=float, default=1.0, help="how many times as much is needed")
    asked = parser.parse_args()
    chance = random.Random(7)
    told = [_incident(chance, n, asked.tight) for n in range(asked.needs // NEEDS_EACH)]
    told += [_resource(chance, n, asked.several) for n in range(asked.resources)]
    known = Known(fold(told), NOW_US)
    spent = {label: _timed(module, name) for label, module, name in STEPS}
    wall, cpu = time.perf_counter(), time.process_time()
    whole = planning.planned(known, NOW_US)
    planned = time.perf_counter() - wall, time.process_time() - cpu
    proposed = proposals.evaluate(known, NOW_US)
    lines = need_lines.evaluate(whole)
    whole_time = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{machine()}\n{len(whole.needs)} needs, {len(whole.supplies)} resources")
    for label, seconds in spent.items():
        print(f"  {label:<36}{sum(seconds):7.2f} s")
    print(f"  {'the plan':<36}{planned[0]:7.2f} s, {planned[1]:.2f} s of processor time")
    print(f"  {'with proposals and need lines':<36}{whole_time[0]:7.2f} s, {whole_time[1]:.2f} s")
    allocations = [a for p in proposed for line in p.lines for a in line.allocations]
    short = sum(1 for line in lines if line.shortage)
    print(f"{len(allocations)} allocations, {short} needs not wholly met")


def _timed(module: Any, name: str) -> list[float]:
    """Counts the processor time of a function of a module from now on."""
    plain: Callable[..., Any] = getattr(module, name)
    seconds: list[float] = []

    def timed(*given: Any, **more: Any) -> Any:
        begun = time.process_time()
        try:
            found = plain(*given, **more)
            return list(found) if name == "_all" else found
        finally:
            seconds.append(time.process_time() - begun)

    setattr(module, name, timed)
    return seconds


def _header(entity: str, number: int) -> Header:
    return Header(
        message_id=f"{number:08x}-0000-7000-8000-000000000000",
        entity_id=entity,
        revision=1,
        mode=Mode.MODE_ACTUAL,
        occurred_time=timestamp(NOW_US - number % 600 * MINUTE_US),
        reported_time=timestamp(NOW_US),
    )


def _stamp(province: str) -> Stamp:
    return Stamp(origin=province, sealed_time=timestamp(NOW_US))


def _place(chance: random.Random, province: str) -> Place:
    point = Point(latitude=chance.uniform(28, 34.5), longitude=chance.uniform(116, 122))
    return Place(admin_code=f"{province[:2]}0100", point=point)


def _kind(value: str) -> str:
    listed = capability(value)
    if listed is None:
        raise LookupError(value)
    return listed.kind


def _incident(chance: random.Random, number: int, tight: float) -> Message:
    province = chance.choice(PROVINCES)
    entity = f"{province}/incident/{number}"
    report = IncidentReport(
        kind=ReportKind.REPORT_KIND_INITIAL,
        primary_type=Code(scheme="GB/T 35561", value=f"11A0{number % 4 + 1}"),
        place=_place(chance, province),
        needs=[_need(chance, line, tight) for line in range(NEEDS_EACH)],
    )
    return Message(header=_header(entity, number), stamp=_stamp(province), incident_report=report)


def _need(chance: random.Random, line: int, tight: float) -> Need:
    able = chance.choice(CAPABILITIES)
    by_us = NOW_US + chance.choice((120, 240, 480)) * MINUTE_US
    return Need(
        line_id=f"{line}",
        kind=f"RESOURCE_KIND_{_kind(able)}",
        capability=Code(scheme="yrd-capability", value=able),
        quantity=Quantity(value=round(chance.randint(5, 60) * tight), unit=_unit(able)),
        needed_by_time=timestamp(by_us) if chance.random() < 0.7 else None,
        life_saving=chance.random() < 0.4,
    )


def _resource(chance: random.Random, number: int, several: float) -> Message:
    province, able = chance.choice(PROVINCES), chance.choice(CAPABILITIES)
    abilities = {able}
    if chance.random() < several:
        abilities.add(chance.choice([c for c in CAPABILITIES if _kind(c) == _kind(able)]))
    available = chance.randint(0, 20)
    status = ResourceStatus(
        owner=province,
        name=f"资源{number}",
        kind=f"RESOURCE_KIND_{_kind(able)}",
        capabilities=[Code(scheme="yrd-capability", value=a) for a in sorted(abilities)],
        place=_place(chance, province),
        stock=Stock(
            unit=_unit(able), total=20, available=available, minimum_kept=chance.randint(0, 10)
        ),
        mobilize_minutes=chance.choice((15, 30, 60, 120)),
    )
    header = _header(f"{province}/resource/{number}", number + 1_000_000)
    return Message(header=header, stamp=_stamp(province), resource_status=status)


def _unit(able: str) -> str:
    return UNITS.get(_kind(able), "台")


if __name__ == "__main__":
    main()
