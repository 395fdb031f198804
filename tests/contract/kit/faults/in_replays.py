"""Faults in what is done about a peer that signs what belongs elsewhere into its log."""

import asyncio
from typing import Any

from gateway.exchange.access import Access
from gateway.log.sealing import disclosed, read_leaf
from gateway.replication.alarms import Alarms
from gateway.replication.link import Link
from gateway.replication.mirror import Mirror
from gateway.server import services
from tests.contract.kit.faults.fault import Fault, replaced, wrapped
from yrd.exchange.v1.message_pb2 import Disposition
from yrd.exchange.v1.service_pb2 import AlarmEvidence


def _any_stamp(original: Any, self: Any, sealed: Any, *more: Any) -> Any:
    entry = original(self, sealed, *more)
    if entry.disposition != Disposition.DISPOSITION_QUARANTINED or not entry.type:
        return entry
    absent, *_ = disclosed(read_leaf(entry.leaf), sealed.disclosures)
    whole, redacted = Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED
    return entry._replace(disposition=redacted if absent else whole)


def _unseen(*_: Any) -> None:
    return None


async def _closed_for_good(original: Any, self: Any) -> None:
    if self._watch.alarms.closing(self.log) is not None:
        await asyncio.Event().wait()


def _forgotten(original: Any, self: Any, *arguments: Any) -> None:
    original(self, *arguments)
    self._show([])


def _showing_nothing(original: Any, *arguments: Any) -> Any:
    wrong = original(*arguments)
    if wrong is not None:
        wrong.evidence = AlarmEvidence(index=wrong.evidence.index)
    return wrong


def _of_its_neighbour(original: Any, *arguments: Any) -> Any:
    wrong = original(*arguments)
    if wrong is not None:
        del wrong.evidence.inclusion_proof[:1]
    return wrong


def _but_security(original: Any, self: Any, caller: Any, role: str, call: str = "") -> None:
    if role != "security":
        original(self, caller, role, call)


def _but_auditors(original: Any, self: Any, caller: Any, role: str, call: str = "") -> None:
    if role != "auditor":
        original(self, caller, role, call)


def _by_nobody(original: Any, kept: Any) -> Any:
    alarm = original(kept)
    alarm.ClearField("settled_by")
    return alarm


async def _not_served(*_: Any) -> None:
    raise NotImplementedError


_REPLAYS = ("replays",)
_FEW = ("replays/under-our-origin", "replays/wrong-sequence")
"""Where each case would wait in vain for what the fault prevents."""
FAULTS = (
    Fault(
        "peer-origin-unchecked",
        "A peer may speak for others",
        wrapped(Mirror, "entry", _any_stamp),
        _FEW,
    ),
    Fault(
        "replay-not-alarmed",
        "A replay raises no alarm",
        replaced(Mirror, "_replay", _unseen),
        _FEW,
    ),
    Fault(
        "replay-leaves-link-open",
        "A replay leaves the link open",
        replaced(Alarms, "closing", lambda self, log: None),
        _REPLAYS,
    ),
    Fault(
        "settled-stays-closed",
        "A settled alarm does not open the link",
        wrapped(Link, "_until_settled", _closed_for_good),
        ("replays/closed-until-settled",),
    ),
    Fault(
        "alarms-forgotten",
        "Alarms are forgotten at a restart",
        wrapped(Alarms, "__init__", _forgotten),
        ("restarts/alarms-stay",),
    ),
    Fault(
        "alarm-without-evidence",
        "The alarm of a replay has nothing that shows it",
        wrapped(Mirror, "_replay", _showing_nothing),
        _REPLAYS,
    ),
    Fault(
        "alarm-proves-nothing",
        "The proof with the alarm of a replay lacks a hash",
        wrapped(Mirror, "_replay", _of_its_neighbour),
        _REPLAYS,
    ),
    Fault(
        "anyone-may-settle",
        "Everybody may settle alarms",
        wrapped(Access, "require", _but_security),
        _REPLAYS,
    ),
    Fault(
        "anyone-may-audit",
        "Everybody may see alarms",
        wrapped(Access, "require", _but_auditors),
        _REPLAYS,
    ),
    Fault(
        "settler-untold",
        "It is not told who settled an alarm",
        wrapped(services, "alarm_of", _by_nobody),
        _REPLAYS,
    ),
    Fault(
        "alarms-not-served",
        "AuditService does not list alarms",
        replaced(services.AuditHandlers, "ListAlarms", _not_served),
        _REPLAYS,
    ),
)
