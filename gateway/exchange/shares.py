"""Under which clauses an entry was shared, as an auditor is told."""

from collections.abc import Iterator, Sequence

from gateway.log.checkpoint import log_origin
from gateway.sharing.days import day_number
from gateway.sharing.decide import Sharing
from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import SharedUnder


class ClauseShares:
    """Answers as the gateway decides: by what was in force at the entry's place, and is now."""

    def __init__(self, participant: str, peers: Sequence[str], sharing: Sharing) -> None:
        self._participant, self._peers, self._sharing = participant, tuple(peers), sharing

    def __call__(self, entry: Entry) -> Iterator[SharedUnder]:
        """Each peer that may see an own entry; this participant and what it was given, elsewhere."""
        groups = [part.group for part in entry.parts]
        if entry.log != log_origin(self._participant):
            yield SharedUnder(participant=self._participant, groups=sorted(groups))
            return
        leaf, timeline = entry.leaf or b"", self._sharing.timeline
        on = _sealed_on(leaf)
        for peer in self._peers:
            decision = timeline.decide(entry.sequence, entry.type, on, peer, leaf)
            if decision.shared:
                given = sorted(decision.groups.intersection(groups))
                yield SharedUnder(
                    participant=peer,
                    clauses=decision.clauses,
                    groups=given,
                    activation_ids=decision.activations,
                )


def _sealed_on(leaf: bytes) -> int:
    return day_number(Leaf.FromString(leaf).stamp.sealed_time.ToMicroseconds())
