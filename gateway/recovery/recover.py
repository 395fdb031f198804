"""Recovery of one's own log: ask every peer, verify every answer, append what was signed."""

import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import grpc

from gateway.app import OPTIONS, STORE
from gateway.config import GatewayConfig
from gateway.keys import Keys, read_keys
from gateway.log.checkpoint import log_origin, witness_name
from gateway.log.merkle import Tree
from gateway.log.sealing import SealError, as_draft, open_entry
from gateway.recovery.rebuilding import Rebuilder
from gateway.recovery.report import PeerHeld, RecoveryReport
from gateway.recovery.spool import Spool, entry_hash
from gateway.replication.holdings import Holding, judge
from gateway.server.credentials import Credentials, utc_now
from gateway.store.lock import FolderInUse, FolderLock
from gateway.store.mark import Mark
from gateway.store.port import CorruptStore, Cosigned, Head, NewEntry, StoreError
from gateway.store.round import Round
from gateway.store.sqlite import SqliteStore
from gateway.store.upkeep import Erased
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import GetHoldingRequest, RestoreRequest, RestoreResponse
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub

ASK_SECONDS = 10.0
PIECE_SECONDS = 60.0
COMMIT = 1000
NOTICE = b"yrd.governance.v1.ErasureNotice"
Connect = Callable[[], grpc.Channel]
Progress = Callable[[str, int, int], None]


class RecoveryError(Exception):
    """The log can't be recovered like this; the text says why and what to do."""


def recover(config: GatewayConfig, without: Collection[str], progress: Progress) -> RecoveryReport:
    """Brings the own log to the largest size that any peer holds under our signature.

    `without`: peers whose word is not waited for. Safe to interrupt and to run again. Raises
    RecoveryError, ConfigError.
    """
    keys = read_keys(config)
    credentials = Credentials(config.tls, utc_now)
    try:
        lock = FolderLock(config.data_dir)
    except (FolderInUse, OSError) as error:
        raise RecoveryError(str(error)) from None
    try:
        store = SqliteStore(config.data_dir / STORE, config.participant)
        try:
            return _Recovery(config, keys, credentials, store, progress).run(without)
        finally:
            store.close()
    except CorruptStore as error:
        raise RecoveryError(
            f"the store is damaged: {error}; move {config.data_dir / STORE} aside and run this again"
        ) from None
    except (StoreError, OSError) as error:
        raise RecoveryError(f"{config.data_dir}: {error}") from None
    finally:
        lock.release()


@dataclass(slots=True)
class _Recovery:
    config: GatewayConfig
    keys: Keys
    credentials: Credentials
    store: SqliteStore
    progress: Progress

    def run(self, without: Collection[str]) -> RecoveryReport:
        log = log_origin(self.config.participant)
        head = self.store.heads().get(log) or Head(log)
        report = RecoveryReport(self.config.participant, before=head.size, after=head.size)
        connect: dict[str, Connect] = {
            peer.participant: self._connector(peer.address) for peer in self.config.peers
        }
        with ThreadPoolExecutor(max(1, len(connect))) as pool:
            answers = pool.map(self._ask, connect, connect.values())
            holdings = dict(zip(connect, answers, strict=True))
        _require_answers(holdings, without)
        held = {peer: h for peer, h in holdings.items() if h.answered}
        self._require_prefix(head, held)
        folder = self.config.data_dir / "recovery"
        folder.mkdir(exist_ok=True)
        longer = {peer: h for peer, h in held.items() if h.size > head.size}
        spools = self._fetch_all(folder, head, longer, connect)
        liars = self._liars(head, longer, spools, folder, connect)
        good = {peer: spool for peer, spool in spools.items() if peer not in liars}
        report.peers = [_verdict(peer, h, liars, without) for peer, h in holdings.items()]
        unsettled = sorted(liars.keys() - set(without))
        if unsettled:
            raise RecoveryError(
                "\n".join([liars[peer] for peer in unsettled])
                + "\nnothing was changed; to do without them: --without PEER for each of them"
            )
        _require_one_tree(head, {peer: held[peer] for peer in good}, good)
        if good:
            self._append(head, report, good, {peer: held[peer].size for peer in good})
        self._finish(log, report, {peer: held[peer] for peer in held if peer not in liars})
        shutil.rmtree(folder)
        return report

    def _connector(self, address: str) -> Connect:
        return lambda: grpc.secure_channel(address, self.credentials.channel(), OPTIONS)

    def _require_prefix(self, head: Head, held: Mapping[str, Holding]) -> None:
        """What peers hold of entries that are here must be the same entries."""
        tree = Tree(partial(self.store.tile, head.log))
        for peer, holding in held.items():
            if holding.size <= head.size and tree.root(holding.size) != holding.root:
                raise RecoveryError(
                    f"{peer} holds another tree of {holding.size} entries than this store, both under "
                    f"our signature: the log was forked. {_both(head, holding)}"
                )

    def _ask(self, peer: str, connect: Connect) -> Holding:
        log = log_origin(self.config.participant)
        try:
            with connect() as channel:
                stub = ReplicationServiceStub(channel)
                answer = stub.GetHolding(GetHoldingRequest(log_origin=log), timeout=ASK_SECONDS)
        except grpc.RpcError as error:
            return Holding(problem=_told(error))
        return judge(self.keys, peer, answer)

    def _fetch_all(
        self,
        folder: Path,
        head: Head,
        longer: Mapping[str, Holding],
        connect: Mapping[str, Connect],
    ) -> dict[str, Spool]:
        spools = {peer: _spool(folder, peer, head.size) for peer in longer}
        with ThreadPoolExecutor(max(1, len(spools))) as pool:
            work = [
                pool.submit(self._fetch, peer, spool, longer[peer], connect[peer])
                for peer, spool in spools.items()
            ]
            for one in work:
                one.result()
        return spools

    def _fetch(self, peer: str, spool: Spool, holding: Holding, connect: Connect) -> None:
        """Reads on where the spool ends, up to what the peer holds; less is found when it is verified."""
        log, whole = log_origin(self.config.participant), holding.size - spool.start
        request = RestoreRequest(log_origin=log, start=spool.stop)
        try:
            with connect() as channel:
                call = ReplicationServiceStub(channel).Restore(request)
                for piece in _in_time(call):
                    if piece.start != spool.stop or not piece.entries:
                        return
                    spool.append(piece.entries)
                    self.progress(f"from {peer}", spool.stop - spool.start, whole)
                    if spool.stop >= holding.size:
                        call.cancel()
                        return
        except grpc.RpcError as error:
            told = _told(error)
            raise RecoveryError(f"{peer}: {told}; run this again, it goes on from here") from None

    def _liars(
        self,
        head: Head,
        longer: Mapping[str, Holding],
        spools: Mapping[str, Spool],
        folder: Path,
        connect: Mapping[str, Connect],
    ) -> dict[str, str]:
        """Peers whose entries do not make the tree that we have signed, and why."""
        liars = {}
        for peer, spool in spools.items():
            holding = longer[peer]
            if self._makes(head, spool, holding):
                continue
            spool.clear()  # it may be from an interrupted run; once more
            self._fetch(peer, spool, holding, connect[peer])
            if self._makes(head, spool, holding):
                continue
            if head.size and self._whole_differs(head, peer, holding, folder, connect[peer]):
                raise RecoveryError(
                    f"the {head.size} entries of this store are not those that {peer} holds under our "
                    f"signature: the log was forked. {_both(head, holding)}"
                )
            liars[peer] = (
                f"{peer} gives back {spool.stop} entries that do not make the tree of {holding.size} "
                "that we have signed and it has cosigned"
            )
        return liars

    def _makes(self, head: Head, spool: Spool, holding: Holding) -> bool:
        before = Tree(partial(self.store.tile, head.log)).frontier(spool.start)
        grown = before.extend(islice(spool.hashes(), holding.size - spool.start)).frontier
        return (grown.size, grown.root()) == (holding.size, holding.root)

    def _whole_differs(
        self,
        head: Head,
        peer: str,
        holding: Holding,
        folder: Path,
        connect: Connect,
    ) -> bool:
        """Whether all that a peer holds, from the first entry on, does make the tree: then we forked."""
        whole = Spool(folder / f"{peer}.0.whole", 0)
        self._fetch(peer, whole, holding, connect)
        return self._makes(head, whole, holding)

    def _append(
        self,
        head: Head,
        report: RecoveryReport,
        spools: Mapping[str, Spool],
        sizes: Mapping[str, int],
    ) -> None:
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
        round_ = self._round()
        entities = {e for given in chunk if (e := rebuilder.entity(given)) is not None}
        rebuilder.standings = self.store.standings(rebuilder.log, list(entities))
        placed: list[NewEntry] = [
            rebuilder.entry(given, index, round_.last_offset + 1 + index - start, round_.now_us)
            for index, given in enumerate(chunk, start)
        ]
        round_.append(rebuilder.log, placed)
        round_.change.upkeep.erased += rebuilder.gone
        rebuilder.gone = []
        round_.sign(self.keys.signer)
        self.store.commit(round_.change)

    def _erase_again(self, head: Head, notices: list[tuple[bytes, int, list[str]]]) -> None:
        """Destroys what an older copy still has, and a notice that it had not seen has destroyed."""
        held = [(notice, s, groups) for notice, s, groups in notices if s < head.size]
        if not held:
            return
        round_ = self._round()
        offsets = {
            e.sequence: e.offset for e in self.store.entries_at(head.log, [s for _, s, _ in held])
        }
        gone = [
            Erased(offsets[sequence], group, round_.now_us, notice)
            for notice, sequence, groups in held
            for group in groups
        ]
        round_.erase(head.log, gone)
        round_.sign(self.keys.signer)
        self.store.commit(round_.change)

    def _finish(self, log: str, report: RecoveryReport, held: Mapping[str, Holding]) -> None:
        """Keeps the receipts, and says that this store is the newest."""
        round_ = self._round()
        for peer, holding in held.items():
            name = witness_name(peer)
            if holding.note:
                cosigned = Cosigned(log, name, holding.size, holding.note)
                round_.change.cosigned[log, name] = cosigned
        if not round_.change.empty() and log in self.store.heads():
            self.store.commit(round_.change)
        Mark(self.config.data_dir, self.store).write(report.after)

    def _round(self) -> Round:
        now_us = time.time_ns() // 1000
        return Round(self.store.heads(), self.store.last_offset(), now_us, self.store)


def _in_time(call: Any) -> Iterator[RestoreResponse]:
    """The pieces of an answer; a peer that falls silent is given up."""
    while True:
        silence = threading.Timer(PIECE_SECONDS, call.cancel)
        silence.start()
        try:
            piece = next(call, None)
        finally:
            silence.cancel()
        if piece is None:
            return
        yield piece


def _told(error: grpc.RpcError) -> str:
    call: Any = error  # grpc raises errors that are calls
    return f"{call.code().name}: {call.details()}"


def _require_answers(holdings: Mapping[str, Holding], without: Collection[str]) -> None:
    silent = {p: h for p, h in holdings.items() if not h.answered and p not in without}
    if silent:
        lines = [f"{p}: {h.problem or (h.wrong and h.wrong.message)}" for p, h in silent.items()]
        raise RecoveryError(
            "\n".join(lines)
            + "\nany of them may hold more of our log than the others: wait until they answer, or do "
            "without them, for good: --without PEER for each of them"
        )


def _require_one_tree(head: Head, held: Mapping[str, Holding], spools: Mapping[str, Spool]) -> None:
    """All that we have signed must be parts of the largest."""
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


def _spool(folder: Path, peer: str, size: int) -> Spool:
    """The spool of an earlier run if it can be used, or a new one."""
    for path in folder.glob(f"{peer}.*.spool"):
        start = int(path.name.split(".")[-2])
        if start <= size:
            return Spool(path, start)
    return Spool(folder / f"{peer}.{size}.spool", size)


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


def _verdict(
    peer: str, holding: Holding, liars: Mapping[str, str], without: Collection[str]
) -> PeerHeld:
    if peer in liars:
        return PeerHeld(peer, holding.size, f"not believed: {liars[peer]}")
    if not holding.answered:
        why = holding.problem or (holding.wrong.message if holding.wrong else "")
        return PeerHeld(peer, 0, f"done without: {why}")
    return PeerHeld(peer, holding.size, "good")


def _both(head: Head, holding: Holding) -> str:
    """Two checkpoints that contradict each other, for whoever has to find out why."""
    return f"Both signed checkpoints:\n{head.checkpoint}\n{holding.note}"
