"""Runs a drill: a stack of its own, the scenario in compressed time, checks, a report."""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict

from client import ExchangeClient, ExchangeError
from gateway.audit import verify_store
from gateway.config import load as load_config
from integration import json_file as json_output
from integration.drill import expectation, holdings
from integration.drill.checks import run_checks
from integration.drill.facts import Check, Facts
from integration.drill.observe import (
    Observed,
    held,
    last_picture,
    objected,
    objections,
    observe,
    own_sizes,
    settled,
    summaries,
)
from integration.drill.order import rounds
from integration.drill.scenario import PARTICIPANTS, Scenario, Step
from integration.drill.setting import DrillError, Embedded, Setting
from integration.drill.show import Show, print_closing
from integration.stack import StackError
from pipelines.report.proposals import proposal_text
from pipelines.report.summary import summary_text
from schemas.instants import BEIJING
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode
from yrd.exchange.v1.service_pb2 import GetStatusResponse
from yrd.situation.v1.situation_pb2 import SituationSummary

SLICE_SECONDS = 0.25
HELD_SECONDS = 0.01


@dataclass(slots=True)
class Published:
    """What became of the drafts."""

    acknowledged: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)


def run_drill(
    scenario: Scenario,
    *,
    keep: bool,
    json_file: Path | None,
    folder: Path | None,
    place: Callable[[Path], Setting] = Embedded,
) -> bool:
    """Runs the drill and prints its report. True if every check held. Raises DrillError.

    `place`: makes the setting in a folder.
    """
    scratch = folder or Path(tempfile.mkdtemp(prefix="yrd-drill-"))
    setting: Setting | None = None
    with _own_signals():
        try:
            started = time.monotonic()
            setting = place(scratch)
            return _Drill(scenario, setting, started).run(json_file, keep)
        except StackError as error:
            raise DrillError(str(error)) from None
        except ExchangeError as error:
            raise DrillError(f"a gateway of the drill failed: {error}") from None
        finally:
            # a second Ctrl-C must not leave half of it behind
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            if setting is not None:
                setting.stop()
            if not keep and folder is None:
                shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _own_signals() -> Iterator[None]:
    """SIGTERM ends the drill as Ctrl-C does: everything is cleaned up. Put back at the end."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Drill:
    def __init__(self, scenario: Scenario, setting: Setting, started: float) -> None:
        self._scenario, self._setting, self._stack = scenario, setting, setting.stack
        self._clients: dict[str, ExchangeClient] = {}
        self._published = Published()
        self._started = started
        self._timings: dict[str, float] = {}
        self._carried: list[Check] = []
        self._show = Show(scenario)
        self._due = expectation.expected(scenario.steps, Mode.MODE_EXERCISE)

    def run(self, json_file: Path | None, keep: bool) -> bool:
        print(
            f"演练 exercise {self._scenario.name}: {self._scenario.title_zh} {self._scenario.title_en}"
        )
        print(f"{len(self._scenario.steps)} messages; files in {self._stack.folder}", flush=True)
        with self._show.open():
            self._phase("starting", self._start)
            self._phase("replaying", self._replay)
            self._phase("settling", self._settle)
            observed = observe(self._clients)
            checks = self._phase("checking", lambda: self._check(observed))
        self._timings["all"] = time.monotonic() - self._started
        result = self._result(observed, checks)
        picture = last_picture(_views(observed), Mode.MODE_EXERCISE)
        texts = []
        if picture is not None:
            texts = [summary_text(picture.summary), *map(proposal_text, picture.proposals)]
        print_closing(_deliveries(observed), [*checks, *self._carried], self._timings, texts)
        if json_file is not None:
            json_output.write(json_file, result)
        failed = [check.name for check in [*checks, *self._carried] if not check.ok]
        print(
            f"drill FAILED: {', '.join(failed)}" if failed else "drill passed: every check held",
            flush=True,
        )
        if keep:
            self._wait_for_interrupt()
        return not failed

    def _phase(self, name: str, work: Any) -> Any:
        self._show.phase = name
        begun = time.monotonic()
        result = work()
        self._timings[name] = time.monotonic() - begun
        return result

    def _start(self) -> None:
        self._setting.start()
        self._clients = {name: m.client() for name, m in self._stack.members.items()}

    def _replay(self) -> None:
        steps = self._scenario.steps
        first, last = steps[0].at, steps[-1].at
        speed = (last - first).total_seconds() / self._scenario.replay_seconds
        begun = time.monotonic()
        slices = groupby(
            steps, lambda s: int((s.at - first).total_seconds() / speed / SLICE_SECONDS)
        )
        told: list[Step] = []
        for number, group in slices:
            due = begun + number * SLICE_SECONDS
            while time.monotonic() < due:
                self._look()
                time.sleep(max(0.0, min(SLICE_SECONDS, due - time.monotonic())))
            for one in rounds(group, told):
                if one.answers:
                    self._await_all_held()
                self._publish(one.steps)
                told += one.steps

    def _await_all_held(self) -> None:
        """Until every gateway holds what has been published, or it takes too long: then a check says so."""
        status = self._status()
        sizes, deadline = own_sizes(status), time.monotonic() + self._setting.settle_seconds
        while not held(sizes, status) and time.monotonic() < deadline:
            time.sleep(HELD_SECONDS)
            status = self._status()

    def _publish(self, steps: Sequence[Step]) -> None:
        for participant in PARTICIPANTS:
            mine = [step for step in steps if step.participant == participant]
            if not mine:
                continue
            refusals = self._setting.publish(participant, [step.draft for step in mine])
            for step, refusal in zip(mine, refusals, strict=True):
                if refusal:
                    self._published.refusals.append(f"{step.where}: {refusal}")
                else:
                    self._published.acknowledged.add(step.draft.header.message_id)
        self._show.published += len(steps)
        self._show.clock = steps[-1].at.astimezone(BEIJING).strftime("%m-%d %H:%M")

    def _status(self) -> dict[str, GetStatusResponse]:
        for name in self._stack.exited():
            raise DrillError(f"{name} ended by itself; its log says:\n{self._stack.log_tail(name)}")
        return {name: client.status() for name, client in self._clients.items()}

    def _look(self) -> tuple[dict[str, GetStatusResponse], SituationSummary | None]:
        status = self._status()
        picture = last_picture(summaries(self._clients["joint"]), Mode.MODE_EXERCISE)
        summary = picture.summary if picture else None
        self._show.update(status, summary)
        return status, summary

    def _settle(self) -> None:
        """Waits until all logs are everywhere, the last summary has taken in every message, and its questions
        have been put to their origins."""
        deadline = time.monotonic() + self._setting.settle_seconds
        while time.monotonic() < deadline:
            # before the status: what was said until now is in it
            objected = objections(self._clients["joint"], Mode.MODE_EXERCISE)
            status, summary = self._look()
            if summary is not None and settled(status):
                counts = {
                    c.participant: c.message_count for c in summary.coverage if c.message_count
                }
                asked = {question.message_id for question in summary.questions}
                all_there = counts == self._due.counts and asked == objected
                if all_there and self._actual_is_there():
                    return
            time.sleep(SLICE_SECONDS)

    def _actual_is_there(self) -> bool:
        due = expectation.expected(self._scenario.steps, Mode.MODE_ACTUAL)
        picture = last_picture(summaries(self._clients["joint"]), Mode.MODE_ACTUAL)
        if picture is None:
            return not due.counts
        counts = {
            c.participant: c.message_count for c in picture.summary.coverage if c.message_count
        }
        return counts == due.counts

    def _check(self, observed: Observed) -> list[Check]:
        problems: list[str] = []
        entries = 0
        for member in self._stack.members.values():
            report = verify_store(load_config(member.config), lambda what, done, total: None)
            problems += report.problems
            entries += sum(log.entries for log in report.logs)
        self._carried = self._setting.carried(observed, entries)
        steps = self._scenario.steps
        return run_checks(
            Facts(
                acknowledged=frozenset(self._published.acknowledged),
                published=frozenset(step.draft.header.message_id for step in steps),
                refusals=tuple(self._published.refusals),
                holdings=holdings.expected(
                    [*steps, *map(_as_step, objected(observed))], self._stack.folder / "agreements"
                ),
                activations=holdings.activations(self._stack.folder / "agreements"),
                exercise=self._due,
                actual=expectation.expected(steps, Mode.MODE_ACTUAL),
                observed=observed,
                audit_problems=tuple(problems),
                audited_entries=entries,
            )
        )

    def _result(self, observed: Observed, checks: list[Check]) -> dict[str, Any]:
        picture = last_picture(_views(observed), Mode.MODE_EXERCISE)
        return {
            "scenario": self._scenario.name,
            "checks": [asdict(check) for check in checks],
            "engines": [asdict(check) for check in self._carried],
            "counts": {
                "published": len(self._scenario.steps),
                "acknowledged": len(self._published.acknowledged),
                "held": {p: len(observed.messages[p]) for p in PARTICIPANTS},
            },
            "deliveries": _deliveries(observed),
            "timings": {name: round(seconds, 3) for name, seconds in self._timings.items()},
            "summary": MessageToDict(picture.summary) if picture else None,
            "proposals": [MessageToDict(p) for p in picture.proposals] if picture else [],
        }

    def _wait_for_interrupt(self) -> None:
        for member in self._stack.members.values():
            print(f"{member.participant:>6}  {member.address}  {member.certs / 'console.pem'}")
        print("still running; Ctrl-C stops it", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


def _as_step(message: Message) -> Step:
    """An objection of the pipeline's, as if the scenario had it: agreements give it, too."""
    draft = Draft.FromString(message.SerializeToString())
    return Step(message.stamp.sealed_time.ToDatetime(UTC), "joint", draft, "the pipeline")


def _views(observed: Observed) -> list[Any]:
    fields = ("situation_summary", "aid_proposal")
    return [m for m in observed.messages["joint"] if m.WhichOneof("body") in fields]


def _deliveries(observed: Observed) -> dict[str, dict[str, dict[str, int]]]:
    """Origin → holder → entries by disposition."""
    found: dict[str, dict[str, dict[str, int]]] = {p: {} for p in PARTICIPANTS}
    for holder in PARTICIPANTS:
        for log in observed.status[holder].logs:
            origin = log.log_origin.removeprefix("yrd/")
            c = log.counts
            if origin != holder:
                found[origin][holder] = {
                    "whole": c.whole,
                    "redacted": c.redacted,
                    "withheld": c.withheld,
                    "quarantined": c.quarantined,
                }
    return found
