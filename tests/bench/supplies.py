"""What the supplies' part of a picture costs at many resources: `make bench-supplies`, or --help.

All of them at once, as when the pipeline is started; then one and some that are news; then none, as at most
ticks. Time of the processor.
"""

import argparse
import random
import time
from collections.abc import Iterator
from typing import Any

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.incidents import cascades, incidents
from pipelines.supplies import resources, supplies
from schemas.codes.tables import PROVINCES, admin
from tests.bench.exchange import machine
from tests.support.builders import NOW, place
from tests.support.situation import incident, resource, us
from tests.support.stores import stocked
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

INCIDENTS = 40
KINDS = [
    f"{a}{b:02}{c:02}{d:02}"
    for a in (1, 2, 3)
    for b in range(1, 5)
    for c in (1, 2, 3)
    for d in (1, 2)
]


def counties() -> list[str]:
    """All counties in force."""
    codes = (f"{p[:2]}{n:04}" for p in PROVINCES for n in range(1, 10000))
    found = [(code, admin(code)) for code in codes]
    return [c for c, area in found if area and area.level == "county" and not area.retired]


def told(count: int, chance: random.Random) -> Iterator[Message]:
    """Half of them supplies, a quarter each equipment and shelters, all over the four provinces."""
    codes = counties()
    beds = {"unit": "床", "total": 100, "available": 50, "committed": 50}
    for number in range(count):
        code = chance.choice(codes)
        province = f"{code[:2]}0000"
        if number % 4 < 2:
            amount, kind = chance.randint(1, 1000), chance.choice(KINDS)
            yield stocked(f"{province}/store/{number}", amount, code, kind)
        elif number % 4 == 2:
            yield resource(f"{province}/pumps/{number}", {"place": place(code)})
        else:
            shelter = {"kind": "RESOURCE_KIND_SHELTER", "place": place(code), "stock": beds}
            yield resource(f"{province}/shelter/{number}", shelter)
    for number, code in enumerate(chance.sample(codes, INCIDENTS)):
        moved = {"place": place(code), "casualties": {"evacuated": 100}}
        yield incident(f"{code[:2]}0000/flood/{number}", moved)


def evaluated(facts: Facts, memo: dict[str, Any]) -> tuple[float, int]:
    """Seconds of the processor, and bytes of what came of it."""
    known = Known(facts, us(NOW), memo)
    joint = incidents.evaluate(known)
    chains = cascades.evaluate(known)
    begun = time.process_time()
    summary = SituationSummary(resources=resources.evaluate(known, us(NOW)))
    supplies.fill(summary, known, us(NOW), joint, chains)
    return time.process_time() - begun, summary.ByteSize()


def revised(messages: list[Message], chance: random.Random, count: int) -> Iterator[Message]:
    """A newer revision of some of them."""
    for message in chance.sample(messages[:-INCIDENTS], count):
        message.header.revision += 1
        message.resource_status.stock.available -= 1
        yield message


def main() -> None:
    """Prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    messages = list(told(options.resources, chance))
    facts, memo = Facts(fold(messages)), dict[str, Any]()
    print(machine())
    print(f"{options.resources:,} resources, {INCIDENTS} open incidents")
    for name, count in (
        ("all are news", 0),
        ("one is news", 1),
        ("100 are news", 100),
        ("none is", 0),
    ):
        facts.update(fold(revised(messages, chance, count)))
        seconds, size = evaluated(facts, memo)
        print(f"{name:20} {seconds * 1000:8.1f} ms   {size / 1000:,.0f} kB in the summary")


if __name__ == "__main__":
    main()
