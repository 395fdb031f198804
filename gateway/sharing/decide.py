"""What one peer may see of one entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gateway.log.sealing import SealedPart
from gateway.sharing.agreement import Agreement, Clause
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import SealedEntry


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to share, with which groups, and the clauses ("agreement/clause") that say so."""

    shared: bool
    groups: frozenset[str] = frozenset()
    clauses: tuple[str, ...] = ()


WITHHELD = Decision(shared=False)
TOLD_TO_ALL = frozenset(
    f"yrd.governance.v1.{name}" for name in ("ErasureNotice", "ErasureConfirmation")
)
"""Types that need no agreement: whoever was given something must hear that it is to be destroyed."""


class Sharing:
    """The decisions of one participant under its agreements."""

    def __init__(self, participant: str, agreements: Sequence[Agreement]) -> None:
        self._participant = participant
        self._agreements = tuple(agreements)
        self._known: dict[tuple[str, str, date], Decision] = {}

    def decide(self, type_name: str, peer: str, on: date) -> Decision:
        """What `peer` may see of entries of that type on that day. Clauses add up."""
        key = (type_name, peer, on)
        if key not in self._known:
            self._known[key] = self._decide(type_name, peer, on)
        return self._known[key]

    def rights(self, peer: str, on: date) -> tuple[Decision, ...]:
        """All decisions for a peer on a day; equal for peers that see the same."""
        return tuple(self.decide(type_name, peer, on) for type_name in BODY_FIELDS)

    def agreements_with(self, peer: str, on: date) -> tuple[str, ...]:
        """Ids of the agreements that give a peer anything on that day."""
        return tuple(
            agreement.id
            for agreement in self._agreements
            if agreement.valid_from <= on <= agreement.valid_until
            and any(self._gives(agreement, c) and peer in c.to for c in agreement.clauses)
        )

    def _decide(self, type_name: str, peer: str, on: date) -> Decision:
        if type_name in TOLD_TO_ALL:
            return Decision(shared=True)
        applying = [
            (agreement, clause)
            for agreement in self._agreements
            if agreement.valid_from <= on <= agreement.valid_until
            for clause in agreement.clauses
            if self._gives(agreement, clause) and peer in clause.to and clause.covers(type_name)
        ]
        if not applying:
            return WITHHELD
        return Decision(
            shared=True,
            groups=frozenset(group for _, clause in applying for group in clause.disclose),
            clauses=tuple(f"{agreement.id}/{clause.id}" for agreement, clause in applying),
        )

    def _gives(self, agreement: Agreement, clause: Clause) -> bool:
        return self._participant in (clause.givers or agreement.between)


def fill_view(
    view: SealedEntry,
    leaf: bytes,
    leaf_hash: bytes,
    parts: Sequence[SealedPart],
    decision: Decision,
) -> None:
    """Fills in the entry as it leaves for a peer. What is not given is not in it."""
    if not decision.shared:
        view.leaf_hash = leaf_hash
        return
    view.leaf = leaf
    view.disclosures.extend(part.data for part in parts if part.group in decision.groups)
