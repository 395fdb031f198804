"""Under which clauses an entry was shared, as an auditor is told."""

from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError

from gateway.log.checkpoint import log_origin
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import WITHHELD, Decision, Kind, Sharing, Timeline
from gateway.store.activations import activations_said
from gateway.store.port import ActivationReader, Entry
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import SharedUnder


class ClauseShares:
    """Of own entries as the gateway decides: by what was in force at the entry's place, and is now.

    Of others' by what their logs say here of the agreements in force at the entry's place.
    """

    def __init__(
        self,
        participant: str,
        peers: Sequence[str],
        sharing: Sharing,
        activations: ActivationReader,
    ) -> None:
        self._participant, self._peers, self._sharing = participant, tuple(peers), sharing
        self._activations = activations

    def __call__(self, entry: Entry) -> Iterator[SharedUnder]:
        """Each peer that may see an own entry; this participant and what it was given, elsewhere."""
        groups = sorted(part.group for part in entry.parts)
        if entry.log != log_origin(self._participant):
            yield _under(self._participant, self._given_here(entry), groups)
            return
        leaf, timeline = entry.leaf or b"", self._sharing.timeline
        on = _sealed_on(leaf)
        for peer in self._peers:
            decision = timeline.decide(entry.sequence, entry.type, on, peer, leaf)
            if decision.shared:
                yield _under(peer, decision, groups)

    def _given_here(self, entry: Entry) -> Decision:
        """What gave an entry of somebody else to this participant, as far as its log shows that here."""
        said = list(activations_said(self._activations.activations(entry.log)))
        timeline = Timeline(entry.log.removeprefix("yrd/"), said)
        leaf = entry.leaf or b""
        try:
            kind = Kind(timeline.place(entry.sequence), entry.type, _sealed_on(leaf))
            return timeline.answer(kind, self._participant).at_place(Content(leaf))
        except (DecodeError, ValueError, OverflowError):  # of a day that no calendar has
            return WITHHELD


def _under(peer: str, decision: Decision, groups: Sequence[str]) -> SharedUnder:
    """`groups`: those that are here. Where no clause is known, they are all that can be said."""
    given = [group for group in groups if group in decision.groups or not decision.shared]
    return SharedUnder(
        participant=peer,
        clauses=decision.clauses,
        groups=given,
        activation_ids=decision.activations,
    )


def _sealed_on(leaf: bytes) -> int:
    return day_number(Leaf.FromString(leaf).stamp.sealed_time.ToMicroseconds())
