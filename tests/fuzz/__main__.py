"""`make fuzz`: a million mutated inputs, or as many as are asked for, to every decoder.

python -m tests.fuzz [--inputs N] [--seed N] [--only NAME] [--processes N]
"""

import argparse
import multiprocessing
import os
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.share import Share, run

LEAST = 1_000_000


def main() -> int:
    """1 if a decoder could not deal with an input."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=LEAST, help="in all, at least")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--only", default="", help="targets whose name has this in it")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    print(f"seed {asked.seed}, {asked.processes} processes", flush=True)
    started, part = time.monotonic(), -(-asked.inputs // asked.processes)
    shares = [Share(part, asked.seed + at, asked.only) for at in range(asked.processes)]
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.processes, spawning) as pool:
        done = list(pool.map(run, shares))
    total, failed = sum(one.inputs for one in done), sum(one.failed for one in done)
    print(
        f"{total:,} inputs, {done[0].decoders} decoders, {failed} failed; seed {asked.seed}, "
        f"{time.monotonic() - started:.0f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
