"""Recovery of one's own log: ask every peer, verify every answer, append what was signed."""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import grpc

from gateway.config import GatewayConfig
from gateway.keys import Keys, read_keys
from gateway.log.checkpoint import log_origin, witness_name
from gateway.recovery.appending import Appender, new_round
from gateway.recovery.belief import Belief, require_answers, require_one_tree, verdict
from gateway.recovery.peers import Connect, Peers, Progress
from gateway.recovery.report import RecoveryError, RecoveryReport
from gateway.recovery.spool import spool_of
from gateway.replication.holdings import Holding
from gateway.replication.reaching import target
from gateway.server.credentials import Credentials, utc_now
from gateway.server.listening import OPTIONS
from gateway.store.lock import FolderInUse, FolderLock
from gateway.store.mark import Mark
from gateway.store.opening import open_store
from gateway.store.port import CorruptStore, Cosigned, Head, StoreError
from gateway.store.sql_store import SqlStore


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
        store = open_store(config.store, config.data_dir, config.participant)
        try:
            return _Recovery(config, keys, credentials, store, progress).run(without)
        finally:
            store.close()
    except CorruptStore as error:
        raise RecoveryError(
            f"the store is damaged: {error}; move it aside and run this again"
        ) from None
    except (StoreError, OSError) as error:
        raise RecoveryError(f"{config.data_dir}: {error}") from None
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class _Recovery:
    config: GatewayConfig
    keys: Keys
    credentials: Credentials
    store: SqlStore
    progress: Progress

    def run(self, without: Collection[str]) -> RecoveryReport:
        log = log_origin(self.config.participant)
        head = self.store.heads().get(log) or Head(log)
        report = RecoveryReport(self.config.participant, before=head.size, after=head.size)
        connect: dict[str, Connect] = {
            peer.participant: self._connector(peer.address) for peer in self.config.peers
        }
        peers = Peers(log, self.keys, connect, self.progress)
        holdings = peers.ask_all()
        require_answers(holdings, without)
        held = {peer: h for peer, h in holdings.items() if h.answered}
        folder = self.config.data_dir / "recovery"
        belief = Belief(head, self.store.tree(log), peers, folder)
        belief.require_prefix(held)
        folder.mkdir(exist_ok=True)
        spools = {p: spool_of(folder, p, head.size) for p, h in held.items() if h.size > head.size}
        peers.fetch_all(spools, held)
        liars = belief.liars(spools, held)
        report.peers = [verdict(peer, h, liars, without) for peer, h in holdings.items()]
        _require_settled(liars, without)
        good = {peer: spool for peer, spool in spools.items() if peer not in liars}
        require_one_tree(head, held, good)
        if good:
            sizes = {peer: held[peer].size for peer in good}
            Appender(self.store, self.keys.signer, self.progress).append(head, report, good, sizes)
        self._finish(log, report, {peer: held[peer] for peer in held if peer not in liars})
        shutil.rmtree(folder)
        return report

    def _connector(self, addresses: Sequence[str]) -> Connect:
        name, options = target(addresses)
        options = (*OPTIONS, *options)
        return lambda: grpc.secure_channel(name, self.credentials.channel(), options)

    def _finish(self, log: str, report: RecoveryReport, held: Mapping[str, Holding]) -> None:
        """Keeps the receipts, and says that this store is the newest."""
        round_ = new_round(self.store)
        for peer, holding in held.items():
            name = witness_name(peer)
            if holding.note:
                cosigned = Cosigned(log, name, holding.size, holding.note)
                round_.change.cosigned[log, name] = cosigned
        if not round_.change.empty() and log in self.store.heads():
            self.store.commit(round_.change)
        Mark(self.config.data_dir, self.store).write(report.after)


def _require_settled(liars: Mapping[str, str], without: Collection[str]) -> None:
    unsettled = sorted(liars.keys() - set(without))
    if unsettled:
        raise RecoveryError(
            "\n".join([liars[peer] for peer in unsettled])
            + "\nnothing was changed; to do without them: --without PEER for each of them"
        )
