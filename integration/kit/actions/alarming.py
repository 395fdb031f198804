"""Actions of an auditor and of whoever settles: what the target says that its peer did."""

import time
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from integration.kit import notes, tree
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.model import Unmet
from integration.kit.recipes import value_of
from integration.kit.target import AUDIT
from yrd.exchange.v1 import service_pb2 as pb


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm, and the bytes that show it."""

    alarm: pb.Alarm
    evidence: pb.AlarmEvidence


def alarm(world: World, argument: Any, role: str) -> Raised:
    """Waits for an alarm of a `kind` about the entry at `index` of the peer's log, which nobody has
    settled; with `settled: true`, one that somebody has. What it shows must be provable."""
    wanted = value_of(dict(argument), world.names)
    kind, index, settled = wanted["kind"], int(wanted["index"]), bool(wanted.get("settled"))
    deadline = time.monotonic() + world.target.patience_seconds
    while True:
        for found in _listed(world, role, unsettled_only=not settled):
            raised = Raised(found, _evidence(found))
            about = found.kind, raised.evidence.index, found.HasField("settled_time")
            if about == (kind, index, settled):
                _require_proved(world, raised)
                return raised
        if time.monotonic() > deadline:
            how = "settled" if settled else "unsettled"
            raise Unmet(f"an {how} alarm {kind!r} about entry {index} of {_log(world)}", "none")
        time.sleep(0.05)


def settle(world: World, argument: Any, role: str) -> list[pb.Alarm]:
    """Settles every unsettled alarm about the peer's log; those, as the target answers them.

    `auditor`: the role that lists them; `note`: what is said of each.
    """
    wanted = value_of(dict(argument or {}), world.names)
    note = str(wanted.get("note", "contract test"))
    settled = []
    for found in _listed(world, str(wanted.get("auditor", "auditor")), unsettled_only=True):
        request = pb.SettleAlarmRequest(number=found.number, note=note)
        answer = _call(world, role, "SettleAlarm", request, pb.SettleAlarmResponse)
        settled.append(answer.alarm)
    return settled


def _log(world: World) -> str:
    return f"yrd/{world.target.setup.peer}"


def _listed(world: World, role: str, *, unsettled_only: bool) -> list[pb.Alarm]:
    """All alarms about the peer's log, page after page."""
    found: list[pb.Alarm] = []
    request = pb.ListAlarmsRequest(unsettled_only=unsettled_only)
    while True:
        page = _call(world, role, "ListAlarms", request, pb.ListAlarmsResponse)
        if [a.number for a in page.alarms] != sorted({a.number for a in page.alarms}):
            raise Unmet("alarms oldest first, each once", "another order")
        found += [a for a in page.alarms if a.log_origin == _log(world)]
        if not page.more:
            return found
        if not page.alarms or page.alarms[-1].number <= request.after:
            raise Unmet("each page of alarms to go on behind the one before", "it does not")
        request.after = page.alarms[-1].number


def _call(world: World, role: str, method: str, request: Any, response: type[Any]) -> Any:
    try:
        return world.target.unary(role, f"{AUDIT}{method}", request.SerializeToString(), response)
    except grpc.RpcError as error:
        call: Any = error
        if call.code() is grpc.StatusCode.UNIMPLEMENTED:
            needed = "by which an alarm is seen and settled; the contract has it"
            raise Unmet(f"AuditService.{method}, {needed}", "UNIMPLEMENTED") from None
        raise


def _evidence(found: pb.Alarm) -> pb.AlarmEvidence:
    try:
        return pb.AlarmEvidence.FromString(found.evidence)
    except DecodeError:
        raise Unmet(f"an AlarmEvidence with alarm {found.number}", "other bytes") from None


def _require_proved(world: World, raised: Raised) -> None:
    """The leaf is in the tree that the peer has signed. Raises Unmet."""
    shown, peer = raised.evidence, world.bench.peer
    number = raised.alarm.number
    try:
        checkpoint = notes.read(shown.shown_checkpoint)
        checkpoint.require_signed(peer.signer.key)
    except notes.BadNote as error:
        wanted = f"a checkpoint that the peer has signed in the evidence of alarm {number}"
        raise Unmet(wanted, str(error)) from None
    leaf = tree.leaf_hash(shown.leaf)
    proof = list(shown.inclusion_proof)
    if tree.proved_root(leaf, shown.index, checkpoint.size, proof) != checkpoint.root:
        wanted = f"the leaf in the evidence of alarm {number} to be in the tree that is shown"
        raise Unmet(wanted, "a proof of something else")


ACTIONS = {
    "alarm": Action(alarm, frozenset({"kind", "index", "settled"}), "AuditService.ListAlarms"),
    "settle": Action(settle, frozenset({"auditor", "note"}), "AuditService.SettleAlarm"),
}
