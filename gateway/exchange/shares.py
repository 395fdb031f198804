"""Under which clauses an entry was shared, as an auditor is told."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date

from gateway.log.checkpoint import log_origin
from gateway.sharing.decide import Sharing
from gateway.store.port import Entry
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import SharedUnder


class ClauseShares:
    """Answers by the agreements that this gateway applies, at the day on which it was sealed."""

    def __init__(self, participant: str, peers: Sequence[str], sharing: Sharing) -> None:
        self._participant, self._peers, self._sharing = participant, tuple(peers), sharing

    def __call__(self, entry: Entry) -> Iterator[SharedUnder]:
        """Each peer that may see an own entry; this participant and what it was given, elsewhere."""
        groups = [part.group for part in entry.parts]
        if entry.log != log_origin(self._participant):
            yield SharedUnder(participant=self._participant, groups=sorted(groups))
            return
        on = _sealed_on(entry.leaf or b"")
        for peer in self._peers:
            decision = self._sharing.decide(entry.type, peer, on)
            if decision.shared:
                given = sorted(decision.groups.intersection(groups))
                yield SharedUnder(participant=peer, clauses=decision.clauses, groups=given)


def _sealed_on(leaf: bytes) -> date:
    return Leaf.FromString(leaf).stamp.sealed_time.ToDatetime(UTC).date()
