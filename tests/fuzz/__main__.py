"""`make fuzz`: a million mutated inputs, or as many as are asked for, to every decoder.

python -m tests.fuzz [--inputs N] [--seed N] [--only NAME]
"""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from integration import certs
from tests.fuzz.fuzzing import FuzzError, fuzz
from tests.fuzz.targets import targets
from tests.support.materials import Materials

LEAST = 1_000_000


def main() -> int:
    """1 if a decoder could not deal with an input."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=LEAST, help="in all, at least")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--only", default="", help="targets whose name has this in it")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    total, failed = 0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        certs.make_all(Path(folder) / "certs")
        found = targets(Materials(Path(folder) / "certs"), Path(folder))
        chosen = [target for target in found if asked.only in target.name]
        share = asked.inputs / (sum(target.weight for target in chosen) or 1)
        for target in chosen:
            try:
                ran = fuzz(target, int(share * target.weight) + 1, asked.seed)
            except FuzzError as error:
                failed += 1
                print(f"FAILED {error}", flush=True)
                continue
            total += ran.inputs
            print(
                f"{ran.name:<24} {ran.inputs:>9,} inputs {ran.inputs / ran.seconds:>9,.0f} a second, "
                f"{ran.taken / ran.inputs:>4.0%} taken, peak memory +{ran.grown_mb:.0f} MB",
                flush=True,
            )
    print(f"{total:,} inputs, {len(chosen)} decoders, {failed} failed; seed {asked.seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
