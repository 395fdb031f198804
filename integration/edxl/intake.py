"""Files of EDXL-RM, published one by one; what becomes of each is told as of files of CAP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from client import ExchangeClient, ExchangeError, describe
from integration.cap.intake import LATER, Outcome, Told
from integration.cap.remarks import CapRefused, Fault, refusal
from integration.cap.xml import MOST_BYTES
from integration.edxl.door import Settings, Taken, take
from integration.edxl.kinds import BODIES
from integration.edxl.references import Known, Standing, references
from schemas.authority import foreign_claims
from schemas.catalog import BODY_FIELDS, body_of
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import Filter, PublishResult

AID = tuple(name for name, field in BODY_FIELDS.items() if field.name in BODIES)
"""Full names of the types that EDXL-RM tells."""


class Publisher(Protocol):
    """A gateway, as far as files need it. Raises ExchangeError."""

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft."""

    def known(self) -> dict[str, Standing]:
        """What ids of messages stand for."""


@dataclass(frozen=True, slots=True)
class ClientPublisher:
    """A gateway through the client."""

    client: ExchangeClient

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft. Raises ExchangeError."""
        return self.client.publish(drafts)

    def known(self) -> dict[str, Standing]:
        """By all aid messages that the gateway has, of every participant. Raises ExchangeError."""
        return references(self.client.messages(Filter(types=AID)))


@dataclass(slots=True)
class Intake:
    """Reads and publishes files, with what is known of earlier messages."""

    publisher: Publisher
    settings: Settings = field(default_factory=Settings)
    _known: dict[str, Standing] | None = None

    def publish(self, file: Path) -> Told:
        """Publishes one file. Raises ExchangeError if there is no gateway."""
        if self._known is None:
            self._known = self.publisher.known()
        told, results = self._try(file, self._known)
        if any(error.code == "ABORTED" for error in _errors(results)):  # somebody was faster
            self._known = self.publisher.known()
            told, _ = self._try(file, self._known)
        if told.outcome == Outcome.TAKEN:
            self._known.update(references(Message(header=d.header) for d in told.drafts))
        return told

    def _try(self, file: Path, known: Known) -> tuple[Told, list[PublishResult]]:
        try:
            taken = read(file, self.settings, known)
        except CapRefused as error:
            return Told(file, Outcome.REFUSED, faults=error.faults), []
        results = self.publisher.publish(taken.drafts)
        return _told(file, taken, results), results

    def in_order(self, files: Sequence[Path]) -> list[Path]:
        """Oldest first, so that an answer follows what it answers; what can't be read, last."""
        return in_order(files, self.settings)


def in_order(files: Sequence[Path], settings: Settings) -> list[Path]:
    """Oldest first; what can't be read, last."""

    def key(file: Path) -> tuple[float, str]:
        try:
            drafts = read(file, settings, {}).drafts
        except CapRefused:
            return float("inf"), file.name
        return drafts[0].header.reported_time.ToMilliseconds(), file.name

    return sorted(files, key=key)


def check(file: Path, settings: Settings, known: Known, now: datetime) -> Told:
    """What would become of a file, by the rules of the contract; the gateway may know more."""
    try:
        taken = read(file, settings, known)
    except CapRefused as error:
        return Told(file, Outcome.REFUSED, faults=error.faults)
    faults = [f for draft in taken.drafts for f in _faults(draft, settings.participant, now)]
    outcome = Outcome.REFUSED if faults else Outcome.CHECKED
    return Told(file, outcome, taken.drafts, remarks=taken.remarks, faults=faults)


def read(file: Path, settings: Settings, known: Known) -> Taken:
    """Drafts of a file. Raises CapRefused."""
    return take(read_bytes(file), settings, known)


def read_bytes(file: Path) -> bytes:
    """At most a byte more than may be parsed. Raises CapRefused."""
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        remedy = f"读不出 can't be read: {error.strerror}: 检查权限 check its permissions"
        raise refusal("", "file", remedy) from None


def _faults(draft: Draft, participant: str, now: datetime) -> Iterator[Fault]:
    for violation in violations(draft, now):
        yield Fault(violation.field, violation.rule, violation.message)
    body = body_of(draft)
    for claim in foreign_claims(body, participant) if participant and body is not None else ():
        remedy = (
            f"由{claim.authority}发布 is for {claim.authority} to publish, not for {participant}"
        )
        yield Fault(f"{draft.WhichOneof('body')}.{claim.field}", "authority", remedy)


def _told(file: Path, taken: Taken, results: Sequence[PublishResult]) -> Told:
    accepted = [r.accepted.message_id for r in results if r.HasField("accepted")]
    refused = _errors(results)
    outcome = Outcome.REFUSED if refused else Outcome.TAKEN
    if any(error.code in LATER for error in refused):
        outcome = Outcome.WAITING
    faults = tuple(fault for error in refused for fault in _problems(error))
    return Told(file, outcome, taken.drafts, accepted, "", taken.remarks, faults)


def _errors(results: Sequence[PublishResult]) -> list[ExchangeError]:
    return [describe(r.error) for r in results if r.HasField("error")]


def _problems(error: ExchangeError) -> Iterator[Fault]:
    for problem in error.fields:
        yield Fault(problem.field, problem.rule, problem.remedy)
    if not error.fields:
        yield Fault("", error.reason or error.code, error.message)
