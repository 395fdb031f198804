"""Progress of a drill on the terminal, and its closing report."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table

from integration.drill.facts import Check
from integration.drill.scenario import PARTICIPANTS, Scenario
from yrd.exchange.v1.service_pb2 import GetStatusResponse
from yrd.situation.v1.situation_pb2 import SituationSummary

PLAIN_SECONDS = 5.0
BANNER = "演练 EXERCISE"


class Show:
    """What is going on. On a terminal a live picture, elsewhere a line now and then."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._live: Live | None = None
        self._said = 0.0
        self.published = 0
        self.phase = ""
        self.clock = ""

    @contextmanager
    def open(self) -> Iterator["Show"]:
        """Shows until closed."""
        if sys.stdout.isatty():
            with Live(console=Console(), refresh_per_second=4, transient=True) as live:
                self._live = live
                yield self
            self._live = None
        else:
            yield self

    def update(
        self, status: dict[str, GetStatusResponse], summary: SituationSummary | None
    ) -> None:
        """Shows the state now."""
        if self._live is not None:
            self._live.update(self._picture(status, summary))
        elif time.monotonic() - self._said > PLAIN_SECONDS:
            self._said = time.monotonic()
            print(f"{self.phase}: {self._line(status, summary)}", flush=True)

    def _line(self, status: dict[str, GetStatusResponse], summary: SituationSummary | None) -> str:
        behind = sum(link.remote_size - link.held_size for s in status.values() for link in s.links)
        picture = f"{len(summary.incidents)} incidents" if summary else "no picture yet"
        done = f"{self.published}/{len(self._scenario.steps)} published"
        return f"{self.clock} {done}, {behind} entries behind, {picture}"

    def _picture(
        self, status: dict[str, GetStatusResponse], summary: SituationSummary | None
    ) -> Panel:
        table = Table("gateway", "own log", *(f"lag {p}" for p in PARTICIPANTS), "accepts")
        for name in PARTICIPANTS:
            if name in status:
                table.add_row(*_row(name, status[name]))
        parts: list[Table | str] = [table, self._line(status, summary)]
        if summary is not None:
            parts += [f"· {i.title} {len(i.members)} 方" for i in summary.incidents[:5]]
            parts.append(
                f"预警 warnings {len(summary.warnings)} · 响应 responses {len(summary.responses)}"
            )
        title = f"{BANNER} {self._scenario.title_zh} — {self.phase}"
        return Panel(Group(*parts), title=title)


def _row(name: str, status: GetStatusResponse) -> list[str]:
    links = {link.participant: link for link in status.links}
    cells = []
    for peer in PARTICIPANTS:
        link = links.get(peer)
        if link is None:
            cells.append("·")
        elif not link.connected:
            cells.append("DOWN")
        else:
            cells.append(str(link.remote_size - link.held_size))
    return [name, str(status.logs[0].size), *cells, "yes" if status.accepting else "NO"]


def print_closing(
    deliveries: dict[str, dict[str, dict[str, int]]],
    checks: list[Check],
    timings: dict[str, float],
    texts: list[str],
) -> None:
    """The report: picture, deliveries, checks, times."""
    console = Console(soft_wrap=True)
    for text in texts:
        print(f"\n{text}")
    table = Table("from \\ to", *PARTICIPANTS, title="deliveries: whole / redacted / withheld")
    for origin in PARTICIPANTS:
        cells = [_cell(deliveries[origin].get(holder)) for holder in PARTICIPANTS]
        table.add_row(origin, *cells)
    console.print(table)
    for check in checks:
        print(f"{'ok    ' if check.ok else 'FAILED'} {check.name}: {check.detail}")
    print(", ".join(f"{name} {seconds:.1f} s" for name, seconds in timings.items()))


def _cell(counts: dict[str, int] | None) -> str:
    if counts is None:
        return "·"
    return f"{counts['whole']} / {counts['redacted']} / {counts['withheld']}"
