"""Appending to the own log what peers gave back of it, once it was verified."""

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from gateway.log.checkpoint import LogSigner
from gateway.log.sealing import SealError, as_draft, open_entry
from gateway.recovery.peers import Progress
from gateway.recovery.rebuilding import Rebuilder
from gateway.recovery.report import RecoveryReport
from gateway.recovery.spool import Spool, entry_hash
from gateway.store.port import Head, NewEntry
from gateway.store.round import Round
from gateway.store.sql_store import SqlStore
from gateway.store.upkeep import Erased
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import SealedEntry

COMMIT = 1000
NOTICE = b"yrd.governance.v1.ErasureNotice"


def new_round(store: SqlStore) -> Round:
    """A round on top of what is stored."""
    return Round(store.heads(), store.last_offset(), time.time_ns() // 1000, store)


@dataclass(frozen=True, slots=True)
class Appender:
    """Puts entries behind those of a store, in signed commits of a thousand."""

    store: SqlStore
    signer: LogSigner
    progress: Progress

    def append(
        self,
        head: Head,
        report: RecoveryReport,
        spools: Mapping[str, Spool],
        sizes: Mapping[str, int],
    ) -> None:
        """Goes on behind the head; `sizes`: up to where each spool was verified. Raises StoreError."""
        notices = list(_notices(spools.values(), head.size))
        erased: dict[int, dict[str, bytes]] = {}
        for notice, sequence, groups in notices:
            erased.setdefault(sequence, {}).update(dict.fromkeys(groups, notice))
        rebuilder = Rebuilder(head.log, erased, report)
        size = max(sizes.values())
        # what a peer gave beyond what it has shown to hold was not verified
        merged = _merged(
            [
                islice(spool.entries(head.size), sizes[peer] - head.size)
                for peer, spool in spools.items()
            ]
        )
        index = head.size
        while chunk := list(islice(merged, COMMIT)):
            self._commit(rebuilder, chunk, index)
            index += len(chunk)
            self.progress("append", index - head.size, size - head.size)
        report.after = index
        self._erase_again(head, notices)

    def _commit(self, rebuilder: Rebuilder, chunk: list[list[SealedEntry]], start: int) -> None:
        round_ = new_round(self.store)
        entities = {e for given in chunk if (e := rebuilder.entity(given)) is not None}
        rebuilder.standings = self.store.standings(rebuilder.log, list(entities))
        placed: list[NewEntry] = [
            rebuilder.entry(given, index, round_.last_offset + 1 + index - start, round_.now_us)
            for index, given in enumerate(chunk, start)
        ]
        round_.append(rebuilder.log, placed)
        round_.change.upkeep.erased += rebuilder.gone
        rebuilder.gone = []
        round_.sign(self.signer)
        self.store.commit(round_.change)

    def _erase_again(self, head: Head, notices: list[tuple[bytes, int, list[str]]]) -> None:
        """Destroys what an older copy still has, and a notice that it had not seen has destroyed."""
        held = [(notice, s, groups) for notice, s, groups in notices if s < head.size]
        if not held:
            return
        round_ = new_round(self.store)
        offsets = {
            e.sequence: e.offset for e in self.store.entries_at(head.log, [s for _, s, _ in held])
        }
        gone = [
            Erased(offsets[sequence], group, round_.now_us, notice)
            for notice, sequence, groups in held
            for group in groups
        ]
        round_.erase(head.log, gone)
        round_.sign(self.signer)
        self.store.commit(round_.change)


def _merged(streams: list[Iterator[SealedEntry]]) -> Iterator[list[SealedEntry]]:
    """Entry by entry what each peer has of it; those that have no more drop out."""
    while streams:
        given, left = list[SealedEntry](), list[Iterator[SealedEntry]]()
        for stream in streams:
            entry = next(stream, None)
            if entry is not None:
                given.append(entry)
                left.append(stream)
        streams = left
        if given:
            yield given


def _notices(spools: Collection[Spool], first: int) -> Iterator[tuple[bytes, int, list[str]]]:
    """Our erasure notices among the entries: id, sequence and groups of each message they name."""
    seen: set[bytes] = set()
    for entry in chain.from_iterable(spool.entries(first) for spool in spools):
        if NOTICE not in entry.leaf or (digest := entry_hash(entry)) in seen:
            continue
        seen.add(digest)
        try:
            draft = as_draft(open_entry(entry.leaf, entry.disclosures))
        except SealError:
            continue
        for message in draft.erasure_notice.messages:
            yield as_bytes(draft.header.message_id), message.sequence, list(message.groups)
