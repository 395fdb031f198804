"""A part of the inputs to every decoder, as one process works it off."""

import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

from integration import certs
from tests.fuzz.fuzzing import FuzzError, fuzz
from tests.fuzz.targets import targets
from tests.support.materials import Materials


@dataclass(frozen=True)
class Share:
    """What one process does: its part of the inputs to each decoder, from a seed of its own."""

    inputs: int
    seed: int
    only: str


@dataclass(frozen=True)
class Done:
    """What became of a share."""

    inputs: int
    decoders: int
    failed: int


def run(share: Share) -> Done:
    """Does one share; prints what came of each decoder."""
    logging.disable()  # what decoders say of wrong inputs would fill the screen
    total, failed = 0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        certs.make_all(Path(folder) / "certs")
        with targets(Materials(Path(folder) / "certs"), Path(folder)) as found:
            chosen = [target for target in found if share.only in target.name]
            each = share.inputs / (sum(target.weight for target in chosen) or 1)
            for target in chosen:
                try:
                    ran = fuzz(target, int(each * target.weight) + 1, share.seed)
                except FuzzError as error:
                    failed += 1
                    print(f"FAILED seed {share.seed}: {error}", flush=True)
                    continue
                total += ran.inputs
                print(
                    f"{ran.name:<24} {ran.inputs:>9,} inputs {ran.inputs / ran.seconds:>9,.0f} a "
                    f"second, {ran.taken / ran.inputs:>4.0%} taken, peak memory +{ran.grown_mb:.0f} MB",
                    flush=True,
                )
    return Done(total, len(chosen), failed)
