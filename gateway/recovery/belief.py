"""Whose word is taken on the own log: what peers give back must make the tree that we have signed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gateway.log.merkle import Tree
from gateway.recovery.peers import Peers
from gateway.recovery.report import PeerHeld, RecoveryError
from gateway.recovery.spool import Spool
from gateway.replication.holdings import Holding
from gateway.store.port import Head


@dataclass(frozen=True, slots=True)
class Belief:
    """Compares with what is here: a log's head and tree. `folder` is for what is fetched once more."""

    head: Head
    tree: Tree
    peers: Peers
    folder: Path

    def require_prefix(self, held: Mapping[str, Holding]) -> None:
        """What peers hold of entries that are here must be the same entries. Raises RecoveryError."""
        head = self.head
        for peer, holding in held.items():
            if holding.size <= head.size and self.tree.root(holding.size) != holding.root:
                raise RecoveryError(
                    f"{peer} holds another tree of {holding.size} entries than this store, both under "
                    f"our signature: the log was forked. {_both(head, holding)}"
                )

    def liars(self, spools: Mapping[str, Spool], holdings: Mapping[str, Holding]) -> dict[str, str]:
        """Peers whose entries do not make the tree that we have signed, and why.

        Raises RecoveryError if we have signed two trees.
        """
        liars, head = {}, self.head
        for peer, spool in spools.items():
            holding = holdings[peer]
            if self._makes(spool, holding):
                continue
            spool.clear()  # it may be from an interrupted run; once more
            self.peers.fetch(peer, spool, holding)
            if self._makes(spool, holding):
                continue
            if head.size and self._whole_differs(peer, holding):
                raise RecoveryError(
                    f"the {head.size} entries of this store are not those that {peer} holds under our "
                    f"signature: the log was forked. {_both(head, holding)}"
                )
            liars[peer] = (
                f"{peer} gives back {spool.stop} entries that do not make the tree of {holding.size} "
                "that we have signed and it has cosigned"
            )
        return liars

    def _makes(self, spool: Spool, holding: Holding) -> bool:
        before = self.tree.frontier(spool.start)
        grown = before.extend(islice(spool.hashes(), holding.size - spool.start)).frontier
        return (grown.size, grown.root()) == (holding.size, holding.root)

    def _whole_differs(self, peer: str, holding: Holding) -> bool:
        """Whether all that a peer holds, from the first entry on, does make the tree: then we forked."""
        whole = Spool(self.folder / f"{peer}.0.whole", 0)
        self.peers.fetch(peer, whole, holding)
        return self._makes(whole, holding)


def require_answers(holdings: Mapping[str, Holding], without: Collection[str]) -> None:
    """Nothing can be said of what those hold who do not answer. Raises RecoveryError."""
    silent = {p: h for p, h in holdings.items() if not h.answered and p not in without}
    if silent:
        lines = [f"{p}: {h.problem or (h.wrong and h.wrong.message)}" for p, h in silent.items()]
        raise RecoveryError(
            "\n".join(lines)
            + "\nany of them may hold more of our log than the others: wait until they answer, or do "
            "without them, for good: --without PEER for each of them"
        )


def require_one_tree(head: Head, held: Mapping[str, Holding], spools: Mapping[str, Spool]) -> None:
    """All that we have signed must be parts of the largest. Raises RecoveryError."""
    if not spools:
        return
    largest = max(spools, key=lambda peer: held[peer].size)
    frontier, hashes = head.frontier, spools[largest].hashes(head.size)
    for peer in sorted(spools, key=lambda p: held[p].size):
        frontier = frontier.extend(islice(hashes, held[peer].size - frontier.size)).frontier
        if frontier.root() != held[peer].root:
            raise RecoveryError(
                f"{peer} and {largest} hold different trees under our signature: the log was forked.\n"
                f"{held[peer].note}\n{held[largest].note}"
            )


def verdict(
    peer: str, holding: Holding, liars: Mapping[str, str], without: Collection[str]
) -> PeerHeld:
    """What became of a peer's answer."""
    if peer in liars:
        return PeerHeld(peer, holding.size, f"not believed: {liars[peer]}")
    if not holding.answered:
        why = holding.problem or (holding.wrong.message if holding.wrong else "")
        return PeerHeld(peer, 0, f"done without: {why}")
    return PeerHeld(peer, holding.size, "good")


def _both(head: Head, holding: Holding) -> str:
    """Two checkpoints that contradict each other, for whoever has to find out why."""
    return f"Both signed checkpoints:\n{head.checkpoint}\n{holding.note}"
