"""What `yrd gateway recover --json` says of a log."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.faults.harness.entitlement import CORE


@dataclass(frozen=True, slots=True)
class RecoveredLog:
    """Entries before and after; by sequence, the parts of entries that are lost; how many are whole.

    Of an entry of which nothing is left the core is lost. `peers`: how many entries each of them held,
    and the verdict on it.
    """

    before: int
    after: int
    whole: int
    lost: dict[int, frozenset[str]]
    peers: dict[str, tuple[int, str]]


def recovered_log(report: Path) -> RecoveredLog:
    """Reads a report."""
    told = json.loads(report.read_text(encoding="utf-8"))
    lost = {entry["index"]: frozenset(entry["groups"]) for entry in told["incomplete"]}
    for start, stop in told["lost"]:
        lost |= dict.fromkeys(range(start, stop), frozenset({CORE}))
    peers = {peer["participant"]: (peer["size"], peer["verdict"]) for peer in told["peers"]}
    return RecoveredLog(told["before"], told["after"], told["whole"], lost, peers)
