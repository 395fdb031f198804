"""Faults at real gateways for as long as one likes: `python -m tests.faults.soak --minutes 30`.

Each run has a seed of its own; `--seed N --runs 1` does that one again, in a fresh folder. The folder
of a failed run is kept.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, count, islice
from pathlib import Path

from tests.faults.harness.faults import FAULTS
from tests.faults.harness.matrix import markdown
from tests.faults.harness.run import Outcome, audit, fault_of, run
from tests.faults.harness.scene import scene

WORDS = """\
每次试验：三个真实网关，各有发布者和订阅者，在随机时刻注入一种故障；恢复后逐条核对全部确认、授权、次序，并审计全部存储。
“无丢失”指：已确认的消息在每个有权的参与方处恰好一次，序号与摘要不变；无权者一字未得。
“磁盘丢失”“旧备份”：本机日志由对端恢复。从未给过任何对端的内容随磁盘丢失；恢复报告与审计须逐条列明，不多不少。
“落后一周”：停机或断网一周，期间过期的消息到达时须标为已过期，其余不得如此标记，且不得告警。

Each run: three real gateways, each with a publisher and a reader, and a fault at a random moment.
Afterwards everything is held against the harness's own record. "Nothing lost" means: whatever was
acknowledged is at everyone entitled to it, once, at its place, with its hash; nothing is anywhere else;
the audits pass. Serving: from the start of a gateway until it accepts. Level: until it and its peers hold
each other's logs whole, while the load goes on.
A lost disk, an old backup: the log comes back from its peers. What had been given to no peer is gone, and the
recovery's report and the audit must name exactly that. A peer a week behind was down or cut off: what was
over when it came must be marked so, nothing else may be, and nobody is alarmed.
"""
RUNS_IN_A_SCENE = len(FAULTS)


def main() -> int:
    """Exit status 1 if a run has failed."""
    arguments = _arguments()
    seeds = _seeds(arguments.seed, arguments.runs, arguments.minutes, arguments.only)
    outcomes: list[Outcome] = []
    try:
        for outcome in soak(seeds, Path(arguments.folder), cold=arguments.cold):
            outcomes.append(outcome)
            print(_line(outcome), flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    table = markdown(outcomes)
    print(f"\n{table}")
    if arguments.table:
        write(Path(arguments.table), _page(table, outcomes, arguments.cold))
    return 1 if any(outcome.problems for outcome in outcomes) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the first run")
    parser.add_argument("--runs", type=int, help="how many; the default is as the time allows")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long, unless --runs says")
    parser.add_argument("--only", default="", help="faults with this in their name")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the stores lie")
    parser.add_argument("--table", help="file that gets the table as a Markdown page")
    parser.add_argument(
        "--cold", action="store_true", help="each start by a fresh interpreter, as an operator's"
    )
    return parser.parse_args()


def _seeds(first: int, runs: int | None, minutes: float, only: str) -> Iterator[int]:
    deadline = time.monotonic() + minutes * 60
    wanted = (seed for seed in count(first) if only in fault_of(seed).name)
    for number, seed in enumerate(wanted):
        if number >= runs if runs else time.monotonic() > deadline:
            return
        yield seed


def soak(seeds: Iterable[int], parent: Path, *, cold: bool = False) -> Iterator[Outcome]:
    """Runs one after the other, some in one scene; behind each scene an audit of all its stores.

    After a run that failed comes a fresh scene.
    """
    waiting = iter(seeds)
    for seed in waiting:
        yield from _in_a_scene(chain([seed], islice(waiting, RUNS_IN_A_SCENE - 1)), parent, cold)


def _in_a_scene(seeds: Iterator[int], parent: Path, cold: bool) -> Iterator[Outcome]:
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=parent))
    with scene(folder / "scene", cold=cold) as made:
        for seed in seeds:
            outcome = run(made, seed)
            yield outcome
            if outcome.problems:
                break
        else:
            outcome = audit(made, outcome.seed)
            yield outcome
    if outcome.problems:
        print(f"seed {outcome.seed}: kept {folder}", flush=True)
    else:
        shutil.rmtree(folder)


def _line(outcome: Outcome) -> str:
    text = f"seed {outcome.seed}: {outcome.fault}, {outcome.seconds:.1f} s: "
    return text + ("; ".join(outcome.problems[:5]) if outcome.problems else "nothing lost")


def write(path: Path, page: str) -> None:
    """The page; sections that were behind the old one stay."""
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    _, heading, rest = there.partition("\n## ")
    path.write_text(page + heading + rest, encoding="utf-8")


def _page(table: str, outcomes: list[Outcome], cold: bool) -> str:
    seeds = f"{outcomes[0].seed} to {outcomes[-1].seed}" if outcomes else "none"
    starts = (
        "Every start is that of a fresh interpreter."
        if cold
        else "A start is that of a process forked with everything imported, but for the cold ones, which "
        "are fresh interpreters."
    )
    made = (
        f"Made by `make soak` on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, seeds {seeds}. {starts}"
    )
    return f"# 故障矩阵 · Faults\n\n{WORDS}\n{made}\n\n{table}"


if __name__ == "__main__":
    sys.exit(main())
