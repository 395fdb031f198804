"""Plays a script to a sender."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from google.rpc import error_details_pb2

from integration.kit.client.events import ACCEPTED, Request, SentDraft
from integration.kit.client.recorder import Recorder
from integration.kit.client.reference.exchange import Exchange
from integration.kit.client.reference.handlers import Call, ConnectionCut
from integration.kit.client.reference.judging import contract_violated
from integration.kit.client.reference.refusals import Refusal
from integration.kit.client.script import Fault, Script, Step
from schemas.rules import Violation
from yrd.exchange.v1.service_pb2 import PublishResult

REFUSED_BY_SCRIPT = Violation(
    "header.entity_id",
    "kit.refused_by_script",
    "refused by the script of the test: don't send this draft again as it is; set it aside for a "
    "person, and go on with the others",
)


class Line(Protocol):
    """The way to the sender."""

    def number_of(self, peer: str) -> int:
        """The number of a connection."""

    def cut(self, peer: str) -> None:
        """Resets a connection."""

    def go_down(self, seconds: float) -> None:
        """Resets all connections and refuses new ones for so long."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """Results, and one outcome for each draft of the request; "" for those not looked at."""

    results: list[PublishResult]
    outcomes: list[str]


class ScriptedPublishing:
    """Publishes as the script has it. Safe from any thread."""

    def __init__(self, exchange: Exchange, script: Script, line: Line, recorder: Recorder) -> None:
        self._exchange, self._line, self._recorder = exchange, line, recorder
        self._by_request = {step.request: step for step in script.steps if step.request}
        self._by_draft = {step.draft: step for step in script.steps if step.draft}
        self._refused: dict[str, SentDraft] = {}
        self._stopping = threading.Event()
        self.played: set[Step] = set()

    def called(self, peer: str) -> None:
        """Notes that the connection is of some use."""
        self._recorder.called(self._line.number_of(peer))

    def publish(self, call: Call, drafts: Sequence[bytes]) -> list[PublishResult]:
        """Results as the exchange and the script have them. Raises Refusal or ConnectionCut."""
        request = self._recorder.arrived(call, self._line.number_of(call.peer), drafts)
        step = self._by_request.get(request.number)
        if step:
            self.played.add(step)
        try:
            judged = self._judged(call, request, drafts[: _taken(step, len(drafts))], step)
        except Refusal as refusal:
            self._recorder.told(
                request,
                [""] * len(drafts),
                answered=call.is_active(),
                fault=_name(step),
                refusal=refusal,
            )
            raise
        judged.outcomes.extend([""] * (len(drafts) - len(judged.outcomes)))
        answered = self._deliver(call, step)
        self._recorder.told(request, judged.outcomes, answered=answered, fault=_name(step))
        if step and not answered:
            self._break(call, step)
        return judged.results

    def ended(self, call: Call, how: str) -> None:
        """A stream is over."""
        self._recorder.ended(call, "at the end" if self._stopping.is_set() else how)

    def refused(self, method: str, peer: str, refusal: Refusal) -> None:
        """A whole call was refused; what matters here is who may not call at all."""
        if refusal.reason in ("IDENTITY_UNKNOWN", "NOT_PERMITTED"):
            self._recorder.denied(self._line.number_of(peer), method, refusal)

    def stop(self) -> None:
        """Ends what waits."""
        self._stopping.set()

    def _judged(
        self, call: Call, request: Request, drafts: Sequence[bytes], step: Step | None
    ) -> _Judged:
        """As the exchange judges them, but for those that the script refuses. Raises Refusal."""
        if step and step.do in (Fault.UNAVAILABLE, Fault.QUOTA):
            raise _not_now(step)
        refused = self._refused_by_script(request.drafts[: len(drafts)])
        passed = [data for place, data in enumerate(drafts) if place not in refused]
        accepted = iter(self._exchange.publish(call.caller, passed))
        results = [
            PublishResult(error=refused[place].status()) if place in refused else next(accepted)
            for place in range(len(drafts))
        ]
        return _Judged(results, [_outcome(result) for result in results])

    def _refused_by_script(self, drafts: Sequence[SentDraft]) -> dict[int, Refusal]:
        """By place. A draft that was refused and comes again with other content is let pass."""
        if not self._by_draft:
            return {}
        found = {}
        for place, draft in enumerate(drafts):
            step = self._by_draft.get(self._recorder.place_of(draft.message_id))
            if step and self._refused.setdefault(draft.message_id, draft).parts == draft.parts:
                self.played.add(step)
                found[place] = contract_violated(draft.message_id, [REFUSED_BY_SCRIPT])
        return found

    def _deliver(self, call: Call, step: Step | None) -> bool:
        """Waits if the script says so. Whether the sender gets the answer."""
        if step and step.do is Fault.SLOW:
            self._stopping.wait(step.seconds)
        return call.is_active() and not (step and step.do in _BREAKING)

    def _break(self, call: Call, step: Step) -> None:
        if step.do is Fault.RESTART:
            self._line.go_down(step.seconds)
        elif step.do in _BREAKING:
            self._line.cut(call.peer)
        raise ConnectionCut


_BREAKING = frozenset({Fault.ANSWER_LOST, Fault.CUT_IN_HALF, Fault.CLOSED, Fault.RESTART})


def _taken(step: Step | None, count: int) -> int:
    """How many of a request's drafts are looked at."""
    if step and step.do is Fault.CLOSED:
        return 0
    return (count + 1) // 2 if step and step.do is Fault.CUT_IN_HALF else count


def _name(step: Step | None) -> str:
    return str(step.do) if step else ""


def _outcome(result: PublishResult) -> str:
    """ACCEPTED, or the reason of the refusal."""
    if result.HasField("accepted"):
        return ACCEPTED
    info = error_details_pb2.ErrorInfo()
    return str(info.reason) if any(d.Unpack(info) for d in result.error.details) else "?"


def _not_now(step: Step) -> Refusal:
    text = f"by the script of the test: wait {step.seconds:g} s, then send the same again"
    if step.do is Fault.QUOTA:
        quota = "messages_per_second"
        return Refusal("QUOTA_EXCEEDED", text, retry_seconds=step.seconds, quota=quota)
    return Refusal("UNAVAILABLE", text, retry_seconds=step.seconds)
