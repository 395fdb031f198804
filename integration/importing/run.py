"""A file's rows, one outcome each: published, unchanged, refused with reasons, or waiting for a gateway."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from client import ExchangeError, describe
from integration.importing.assembling import Item, assembled, fault_at
from integration.importing.columns import Found
from integration.importing.faults import Fault
from integration.importing.revising import Known, News, Settings, drafted, older
from integration.importing.table import Table
from schemas.authority import foreign_claims
from schemas.catalog import body_of
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import PublishResult

BATCH = 200
_LATER = frozenset({"UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CANCELLED"})


class Outcome(StrEnum):
    """What became of rows, or in a dry run would."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    WAITING = "waiting"
    """The gateway could not take it now: import the file again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said of the rows of one key."""

    item: Item
    outcome: Outcome
    draft: Draft
    faults: Sequence[Fault] = ()


class Publisher(Protocol):
    """A gateway, as far as a table needs it. Raises ExchangeError."""

    def publish(self, drafts: Sequence[Draft]) -> list[PublishResult]:
        """One result for each draft."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file's rows are beside what is known, before anything is published."""

    table: Table
    refused: Sequence[Told]
    wanted: Sequence[Told]
    unchanged: Sequence[Told]
    remarks: Sequence[str] = field(default_factory=tuple)

    def all(self) -> list[Told]:
        """In the order of rows."""
        return sorted(
            [*self.refused, *self.wanted, *self.unchanged], key=lambda told: told.item.number
        )


def planned(table: Table, found: Found, settings: Settings, known: Known, now: datetime) -> Plan:
    """Checks every row by the contract's rules, and compares it with what was published."""
    told = [
        _checked(table, i, settings, known, now)
        for i in assembled(table, found.rows, settings.participant)
    ]
    return Plan(
        table,
        [t for t in told if t.outcome == Outcome.REFUSED],
        [t for t in told if t.outcome in (Outcome.NEW, Outcome.CHANGED)],
        [t for t in told if t.outcome == Outcome.UNCHANGED],
        found.remarks,
    )


def _checked(table: Table, item: Item, settings: Settings, known: Known, now: datetime) -> Told:
    if item.faults:
        return Told(item, Outcome.REFUSED, item.draft, item.faults)
    draft, news = drafted(table, item, settings, known)
    if news == News.UNCHANGED:
        return Told(item, Outcome.UNCHANGED, draft)
    faults = [fault_at(table, item, v.field, v.rule, v.message) for v in violations(draft, now)]
    body = body_of(draft)
    for claim in foreign_claims(body, settings.participant) if body is not None else ():
        remedy = f"由{claim.authority}发布 is for {claim.authority} to publish"
        faults.append(fault_at(table, item, f"{table.field}.{claim.field}", "authority", remedy))
    late = older(table, item, draft, known)
    faults += [late] if late else []
    return Told(item, Outcome.REFUSED if faults else Outcome(news), draft, faults)


def published(
    plan: Plan, publisher: Publisher, progress: Callable[[int, int], None]
) -> Iterator[Told]:
    """What became of every item, those not published first. Ends with what waits if there is no gateway."""
    yield from plan.refused
    yield from plan.unchanged
    for start in range(0, len(plan.wanted), BATCH):
        batch = plan.wanted[start : start + BATCH]
        try:
            results = publisher.publish([told.draft for told in batch])
        except ExchangeError as error:
            if error.code not in _LATER:
                raise
            yield from (_waiting(told, error) for told in plan.wanted[start:])
            return
        yield from (_told(plan.table, t, r) for t, r in zip(batch, results, strict=True))
        progress(start + len(batch), len(plan.wanted))


def _told(table: Table, told: Told, result: PublishResult) -> Told:
    if not result.HasField("error"):
        return told
    error = describe(result.error)
    if error.code in _LATER:
        return _waiting(told, error)
    faults = [fault_at(table, told.item, f.field, f.rule, f.remedy) for f in error.fields]
    if not faults:
        faults = [Fault(told.item.number, "", error.reason or error.code, _remedy(error))]
    return Told(told.item, Outcome.REFUSED, told.draft, faults)


def _remedy(error: ExchangeError) -> str:
    if error.code in ("ABORTED", "ALREADY_EXISTS"):
        return f"他人同时发布了此项 somebody published it meanwhile: 再导入一次 import again: {error.message}"
    return error.message


def _waiting(told: Told, error: ExchangeError) -> Told:
    remedy = f"网关暂不可用，稍后再导入同一文件 no gateway now, import the same file later: {error.message}"
    fault = Fault(told.item.number, "", error.reason or error.code, remedy)
    return Told(told.item, Outcome.WAITING, told.draft, [fault])
