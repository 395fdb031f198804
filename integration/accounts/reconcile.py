"""Compares two participants' accounts of one exchange and names every difference. Pure.

In each direction: what the sender says it gave, against what the holder says it holds. What the sender
sealed behind the holder's newest receipt is in flight, and no difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.audit.account import QUARANTINED, WITHHELD, Form
from gateway.log.checkpoint import Checkpoint, log_origin, witness_name
from gateway.log.note import VerifierKey
from integration.accounts.account import Account, AccountError, Side, signature_problem

KINDS: dict[str, tuple[str, str]] = {
    "missing": ("缺少条目", "the holder lacks an entry that it has a receipt for"),
    "lost": ("发送方自身缺少条目", "the sender itself lacks an entry"),
    "hash": ("散列不同", "the two have different entries there"),
    "given_withheld": ("已给而对方只有散列", "was given, and only its hash is held"),
    "withheld_held": ("不应给而对方持有", "was withheld, and is held"),
    "groups_missing": ("已给的组对方没有", "groups were given, and are not held"),
    "groups_held": ("不应给的组对方持有", "groups were not given, and are held"),
    "not_erased": (
        "已销毁的组对方仍持有",
        "groups were destroyed at the origin, and are still held",
    ),
    "erased_alone": ("仅接收方销毁了组", "groups were destroyed by the holder alone"),
    "quarantined": ("接收方隔离，未投递", "is held in quarantine, not delivered"),
    "beyond": (
        "接收方多于发送方",
        "the holder has more entries than the sender: rolled back, or forked",
    ),
    "receipt": ("回执超出所持", "the sender has a receipt beyond what is held"),
    "receipt_bad": ("回执不符", "the receipt does not fit"),
    "checkpoint": ("检查点不符", "the checkpoint does not fit"),
    "root": ("根不同", "the trees differ"),
}
"""Kinds of difference, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of difference over entries [start, stop) of a log; none if stop is start."""

    kind: str
    log: str
    start: int = 0
    stop: int = 0
    detail: str = ""


@dataclass(slots=True)
class Direction:
    """One log as its sender and its holder tell of it.

    `withdrawn`: entries that were no longer to be given when they were sent. `over`: those of which the
    holder destroyed something since the term of the clause that gave it was over.
    """

    log: str
    sender: str
    holder: str
    sent: int
    held: int
    receipt: int
    differences: list[Difference] = field(default_factory=list)
    withdrawn: int = 0
    over: int = 0

    @property
    def in_flight(self) -> int:
        """Entries that the holder does not have and has given no receipt for."""
        return max(0, self.sent - max(self.held, self.receipt))


def reconcile(a: Account, b: Account, keys: Sequence[VerifierKey]) -> list[Direction]:
    """Both directions. Raises AccountError if the accounts are not of one exchange."""
    pair = (a.header.participant, a.header.peer)
    if pair != (b.header.peer, b.header.participant):
        raise AccountError(
            f"{pair[0]} accounts for its exchange with {pair[1]}, {b.header.participant} for its with "
            f"{b.header.peer}: compare two accounts of one exchange"
        )
    return [_direction(sender, holder, keys) for sender, holder in ((a, b), (b, a))]


def _direction(sender: Account, holder: Account, keys: Sequence[VerifierKey]) -> Direction:
    log = log_origin(sender.header.participant)
    given, held = sender.sides[log], holder.sides[log]
    found = Direction(
        log,
        sender.header.participant,
        holder.header.participant,
        given.held.size,
        held.held.size,
        sender.receipt_size(),
    )
    found.differences += _signed(sender, holder, given, held, keys)
    found.differences += _sizes(found)
    found.differences += _joined(_entries(found, given, held))
    return found


def _signed(
    sender: Account, holder: Account, given: Side, held: Side, keys: Sequence[VerifierKey]
) -> Iterator[Difference]:
    """Each account's hashes make the tree that its checkpoint signs, and the receipt is for it."""
    log, cosigner = given.log, witness_name(holder.header.participant)
    for side, signers in ((given, [log]), (held, [log, cosigner])):
        who = sender if side is given else holder
        root = side.root(side.held.size)
        if not side.held.checkpoint and not side.held.size:
            continue
        expected = Checkpoint(log, side.held.size, root) if root else None
        problem = signature_problem(side.held.checkpoint, signers, expected, keys)
        if problem:
            yield Difference("checkpoint", log, detail=f"{who.header.participant}: {problem}")
    receipt, size = sender.header.receipt, sender.receipt_size()
    if receipt:
        root = given.root(size) if size <= given.held.size else None
        expected = Checkpoint(log, size, root) if root else None
        problem = signature_problem(receipt, [log, cosigner], expected, keys)
        if size > given.held.size:
            problem = f"is for {size} entries, and the sender has {given.held.size}"
        if problem:
            yield Difference("receipt_bad", log, detail=problem)
    common = min(given.held.size, held.held.size)
    roots = given.root(common), held.root(common)
    if None not in roots and roots[0] != roots[1]:
        yield Difference("root", log, detail=f"{common} 条 entries")


def _sizes(found: Direction) -> Iterator[Difference]:
    if found.held > found.sent:
        yield Difference("beyond", found.log, found.sent, found.held)
    if found.receipt > found.held:
        yield Difference("receipt", found.log, detail=f"{found.receipt} > {found.held}")
        yield Difference("missing", found.log, found.held, min(found.receipt, found.sent))


def _entries(found: Direction, given: Side, held: Side) -> Iterator[Difference]:
    known: dict[tuple[Form, Form], list[tuple[str, str]] | None] = {}
    for index in range(min(found.sent, found.held)):
        sent, came = given.forms[index], held.forms[index]
        if sent is None or came is None:
            yield Difference("lost" if sent is None else "missing", found.log, index, index + 1)
        elif given.hashes[index] != held.hashes[index]:
            yield Difference("hash", found.log, index, index + 1)
        else:
            if (sent, came) not in known:
                known[sent, came] = _told(sent, came)
            told = known[sent, came]
            found.withdrawn += told is None
            found.over += bool(came.over and _over(sent, came))
            for kind, detail in told or ():
                yield Difference(kind, found.log, index, index + 1, detail)


def _told(sent: Form, came: Form) -> list[tuple[str, str]] | None:
    """Differences of form; None if it came as it would go today.

    What an agreement gave was then withdrawn before it was sent.
    """
    differences = list(_forms(sent, came))
    if differences and sent.now is not None:
        form, absent = sent.now
        if not any(_forms(Form(form, absent, sent.erased, sent.clauses), came)):
            return None
    return differences


def _forms(sent: Form, came: Form) -> Iterator[tuple[str, str]]:
    if WITHHELD in (sent.form, came.form):
        if sent.form != came.form:
            kind = "withheld_held" if sent.form == WITHHELD else "given_withheld"
            yield kind, ", ".join(sent.clauses)
        return
    if came.form == QUARANTINED:
        yield "quarantined", ", ".join(sent.clauses)
        return
    lacking = {*came.absent} - {*sent.absent}
    extra = {*sent.absent} - {*came.absent}
    told: dict[str, set[str]] = {
        "erased_alone": lacking & {*came.erased} - _over(sent, came),
        "groups_missing": lacking - {*came.erased},
        "not_erased": extra & {*sent.erased},
        "groups_held": extra - {*sent.erased},
    }
    for kind, groups in told.items():
        if groups:
            yield kind, ", ".join(sorted(groups))


def _over(sent: Form, came: Form) -> set[str]:
    """Groups that were given, and destroyed since the term of a clause that gave them was over."""
    over = {group for group, clause in came.over if clause in sent.clauses}
    return over & {*came.erased} - {*sent.absent}


def _joined(differences: Iterator[Difference]) -> Iterator[Difference]:
    """Neighbours of one kind and detail as one."""
    open_: dict[tuple[str, str], Difference] = {}
    for one in differences:
        key = one.kind, one.detail
        before = open_.get(key)
        if before is not None and before.stop == one.start:
            open_[key] = Difference(one.kind, one.log, before.start, one.stop, one.detail)
            continue
        if before is not None:
            yield before
        open_[key] = one
    yield from open_.values()


def as_json(directions: Sequence[Direction]) -> dict[str, Any]:
    """For programs."""
    return {
        "ok": not any(d.differences for d in directions),
        "directions": [
            {
                "log": d.log,
                "sender": d.sender,
                "holder": d.holder,
                "sent": d.sent,
                "held": d.held,
                "receipt": d.receipt,
                "in_flight": d.in_flight,
                "withdrawn_before_sending": d.withdrawn,
                "destroyed_at_end_of_term": d.over,
                "differences": [
                    {"kind": x.kind, "start": x.start, "stop": x.stop, "detail": x.detail}
                    for x in d.differences
                ],
            }
            for d in directions
        ],
    }


def lines(directions: Sequence[Direction]) -> Iterator[str]:
    """For officers: Chinese first, then English."""
    for d in directions:
        yield (
            f"{d.log}：{d.sender} 已发 {d.sent} 条，{d.holder} 持有 {d.held} 条，回执至 {d.receipt}，"
            f"在途 {d.in_flight} 条"
        )
        yield (
            f"  sent {d.sent} by {d.sender}, held {d.held} at {d.holder}, receipt up to {d.receipt}, "
            f"in flight {d.in_flight}"
        )
        if d.withdrawn:
            yield f"  发送前已停止共享 withdrawn before it was sent: {d.withdrawn}"
        if d.over:
            yield f"  条款保存期限届满已销毁 destroyed at the end of a clause's term: {d.over}"
        for one in d.differences:
            zh, en = KINDS[one.kind]
            place = _place(one)
            detail = f"（{one.detail}）" if one.detail else ""
            yield f"  差异 DIFFERENCE {zh}{place[0]}{detail}"
            yield f"      {en}{place[1]}{f' ({one.detail})' if one.detail else ''}"
    count = sum(len(d.differences) for d in directions)
    yield "对账一致 the accounts agree" if not count else f"对账不一致 {count} DIFFERENCES"


def _place(one: Difference) -> tuple[str, str]:
    if one.stop <= one.start:
        return "", ""
    if one.stop == one.start + 1:
        return f"：第 {one.start} 条", f": entry {one.start}"
    return f"：第 {one.start}–{one.stop - 1} 条", f": entries {one.start}–{one.stop - 1}"
