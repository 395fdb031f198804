"""What checking a draft costs its gateway: `make bench-check`, or this file with --help.

Prints microseconds of CPU a draft, for each type of the load of `make bench` and for all of it in its
shares: the whole check, and steps of it one by one. The best of some rounds counts: the machine may
have other things to do.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Any

from gateway import memory
from gateway.config import Client, Limits
from gateway.errors import GatewayError
from gateway.exchange.access import Access, Caller
from gateway.exchange.check_process import pack
from gateway.exchange.checking import Checker
from gateway.exchange.salts import salts
from gateway.log.sealing import prepare
from integration.drill.load import generate
from schemas.authority import foreign_claims
from schemas.catalog import body_of, type_name
from schemas.quick import surely_valid
from schemas.states.steps import step_of
from yrd.exchange.v1.message_pb2 import Draft

ORIGIN = "310000"
CALLER = Caller(ORIGIN, "bench")


ACCESS = Access(ORIGIN, [Client(system="*", roles=frozenset({"publisher"}))], ())
LIMITS = Limits()  # type: ignore[call-arg]  # all has defaults


def checker() -> Checker:
    """As a gateway has it."""
    return Checker(ORIGIN, ACCESS, LIMITS)


def cost(step: Callable[[Any], object], items: Sequence[Any], rounds: int) -> float:
    """Microseconds of an item: the best round."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for item in items:
            step(item)
        best = min(best, time.process_time() - begun)
    return 1e6 * best / len(items)


def row(made: Sequence[Draft], rounds: int) -> dict[str, float]:
    """Microseconds of a draft: all of the check, then steps of it."""
    check, fresh, now = checker(), salts(), datetime.now(UTC)
    data = [draft.SerializeToString(deterministic=True) for draft in made]
    bodies = [body_of(draft) for draft in made]
    checked = check.check_all(CALLER, data, now, fresh)
    refused = [result.message for result in checked if isinstance(result, GatewayError)]
    if refused:
        raise SystemExit(f"refused: {refused[0]}")

    def whole(each: bytes) -> object:
        return check.check_all(CALLER, (each,), now, fresh)

    return {
        "check": cost(whole, data, rounds),
        "parse": cost(Draft.FromString, data, rounds),
        "serialise": cost(lambda d: d.SerializeToString(deterministic=True), made, rounds),
        "digest": cost(lambda each: sha256(each).digest(), data, rounds),
        "prove header": cost(surely_valid, [draft.header for draft in made], rounds),
        "prove body": cost(surely_valid, bodies, rounds),
        "claims": cost(lambda body: foreign_claims(body, ORIGIN), bodies, rounds),
        "prepare": cost(lambda draft: prepare(draft, fresh), made, rounds),
        "step": cost(step_of, bodies, rounds),
        "pack": cost(pack, checked, rounds),
    }


def table(rows: dict[str, dict[str, float]]) -> Iterable[str]:
    """The measurements as a table (Markdown)."""
    steps = list(next(iter(rows.values())))
    yield f"| µs a draft | {' | '.join(steps)} |"
    yield f"|---|{'---:|' * len(steps)}"
    for name, found in rows.items():
        yield f"| {name} | {' | '.join(f'{found[step]:.1f}' for step in steps)} |"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000, help="drafts of all types")
    parser.add_argument("--size", type=int, default=1024, help="bytes of each draft")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many counts")
    return parser.parse_args()


def main() -> None:
    """Measures and prints."""
    chosen = arguments()
    start = datetime.now(UTC) - timedelta(days=30)
    by_type = defaultdict[str, list[Draft]](list)
    for draft in generate(ORIGIN, chosen.messages, 1, start, chosen.size):
        by_type[(type_name(draft) or "").rpartition(".")[2]].append(draft)
    memory.for_batches()
    made = by_type | {"all": list(chain.from_iterable(by_type.values()))}
    print("\n".join(table({name: row(drafts, chosen.rounds) for name, drafts in made.items()})))


if __name__ == "__main__":
    main()
