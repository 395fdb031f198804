"""Files of warnings, published one by one. Nothing is lost: each is moved to where it can be found.

A file that was published goes to `taken/` with a `.taken.json` that says as what, and what was left out; one
that can't be goes to `refused/` with a `.reason`. One for which there is no gateway stays in `taking/` and is
tried again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from client import ExchangeError, describe
from integration.cap.door import Taken, Trust, take
from integration.cap.drafting import Known, Settings, Standing
from integration.cap.remarks import CapRefused, Fault, Remark, refusal
from integration.cap.xml import MOST_BYTES
from schemas.authority import foreign_claims
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResult

LATER = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CANCELLED"})
"""Answers that are no fault of the file: it is tried again."""


class Outcome(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    CHECKED = "checked"
    """It would be taken; nothing was published."""
    REFUSED = "refused"
    WAITING = "waiting"
    """The gateway can't take it now; it stays where it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said of a file. `accepted` are the ids of messages that are in the gateway's log."""

    file: Path
    outcome: Outcome
    drafts: Sequence[Draft] = ()
    accepted: Sequence[str] = ()
    signature: str = ""
    remarks: Sequence[Remark] = ()
    faults: Sequence[Fault] = ()


class Publisher(Protocol):
    """A gateway, as far as files need it. Raises ExchangeError."""

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft."""

    def known(self) -> dict[str, Standing]:
        """The participant's earlier publications by identifier."""


@dataclass(slots=True)
class Intake:
    """Reads and publishes files, with what is known of earlier publications."""

    publisher: Publisher
    settings: Settings = field(default_factory=Settings)
    trust: Trust = field(default_factory=Trust)
    _known: dict[str, Standing] | None = None

    def publish(self, file: Path) -> Told:
        """Publishes one file. Raises ExchangeError if there is no gateway."""
        if self._known is None:
            self._known = self.publisher.known()
        try:
            taken = read(file, self.settings, self._known, self.trust)
        except CapRefused as error:
            return Told(file, Outcome.REFUSED, faults=error.faults)
        results = self.publisher.publish(taken.drafts)
        if any(reason_of(r) == "ABORTED" for r in results):  # others may have published meanwhile
            self._known = self.publisher.known()
            taken = read(file, self.settings, self._known, self.trust)
            results = self.publisher.publish(taken.drafts)
        return self._told(file, taken, results)

    def in_order(self, files: Sequence[Path]) -> list[Path]:
        """See `by_time`."""
        return by_time(files, self.settings, self.trust)

    def _told(self, file: Path, taken: Taken, results: Sequence[PublishResult]) -> Told:
        accepted = [r.accepted.message_id for r in results if r.HasField("accepted")]
        refused = [describe(r.error) for r in results if r.HasField("error")]
        outcome = Outcome.REFUSED if refused else Outcome.TAKEN
        if any(error.code in LATER for error in refused):
            outcome = Outcome.WAITING
        faults = tuple(fault for error in refused for fault in _faults(error))
        if not refused and self._known is not None:
            first = taken.drafts[0]
            standing = Standing(first.header.entity_id, first.header.revision)
            self._known.setdefault(first.early_warning.identifier, standing)
        return Told(file, outcome, taken.drafts, accepted, str(taken.signed), taken.remarks, faults)


def check(
    file: Path, settings: Settings, known: Known, trust: Trust, now: datetime, participant: str = ""
) -> Told:
    """What would become of a file, by the rules of the contract and for a participant, if one is given.

    The gateway may know more.
    """
    try:
        taken = read(file, settings, known, trust)
    except CapRefused as error:
        return Told(file, Outcome.REFUSED, faults=error.faults)
    found = [v for draft in taken.drafts for v in violations(draft, now)]
    faults = [Fault(v.field, v.rule, v.message) for v in found]
    if participant:
        faults += [fault for draft in taken.drafts for fault in _foreign(draft, participant)]
    outcome = Outcome.REFUSED if faults else Outcome.CHECKED
    return Told(file, outcome, taken.drafts, (), str(taken.signed), taken.remarks, faults)


def read(file: Path, settings: Settings, known: Known, trust: Trust) -> Taken:
    """Drafts of a file. Raises CapRefused."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        remedy = f"读不出 can't be read: {error.strerror}: 检查权限 check its permissions"
        raise refusal("", "file", remedy) from None
    return take(data, settings, known, trust)


def by_time(files: Sequence[Path], settings: Settings, trust: Trust) -> list[Path]:
    """Oldest publication first, so that an update follows what it replaces; what can't be read, last."""

    def key(file: Path) -> tuple[float, str]:
        try:
            drafts = read(file, settings, {}, trust).drafts
        except CapRefused:
            return float("inf"), file.name
        return drafts[0].early_warning.issue_time.ToMilliseconds(), file.name

    return sorted(files, key=key)


def _foreign(draft: Draft, participant: str) -> Iterator[Fault]:
    for claim in foreign_claims(draft.early_warning, participant):
        remedy = (
            f"由{claim.authority}发布 is for {claim.authority} to publish, not for {participant}"
        )
        yield Fault(f"early_warning.{claim.field}", "authority", remedy)


def reason_of(result: PublishResult) -> str:
    """The status by which a draft was refused; empty if it was not."""
    return describe(result.error).code if result.HasField("error") else ""


def _faults(error: ExchangeError) -> Iterator[Fault]:
    for problem in error.fields:
        yield Fault(problem.field, problem.rule, problem.remedy)
    if not error.fields:
        yield Fault("", error.reason or error.code, error.message)
