"""How one's own erasure notices stand, read from a store whose gateway may run: who has confirmed what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from gateway.backup import book
from gateway.config import ConfigError, GatewayConfig
from gateway.retention.trace import CONFIRMATION, NOTICE, findings
from gateway.store.as_file import as_file
from gateway.store.retained import Ended, Provision
from gateway.store.sqlite import SqliteStore
from gateway.store.upkeep import Confirmed
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.governance.v1.governance_pb2 import ErasureConfirmation, ErasureNotice


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What one peer has confirmed: disclosures destroyed there, those it did not have, its backups."""

    peer: str
    time: datetime
    erased: int
    absent: int
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeStanding:
    """One notice. `missing`: peers that have not confirmed it. `backups`: own ones of before it."""

    notice_id: str
    time: datetime
    basis: str
    messages: int
    disclosures: int
    confirmed: tuple[Confirmation, ...]
    missing: tuple[str, ...]
    backups: tuple[str, ...] = ()


def notices(config: GatewayConfig) -> list[NoticeStanding]:
    """All of them, oldest first. Raises ConfigError if there is no store, and StoreError."""
    with _store(config) as store:
        return list(_notices(store, config))


def provisions(config: GatewayConfig) -> list[Provision]:
    """The provision ledger. Raises ConfigError if there is no store, and StoreError."""
    with _store(config) as store:
        return store.retained.provisions()


def ended(config: GatewayConfig) -> list[Ended]:
    """What was destroyed here since a clause's term was over. Raises ConfigError if there is no store, and
    StoreError."""
    with _store(config) as store:
        return store.retained.ended()


@contextmanager
def _store(config: GatewayConfig) -> Iterator[SqliteStore]:
    with as_file(config.store, config.data_dir) as path:
        if not path.exists():
            raise ConfigError(f"{path}: no store: the gateway has never run, or data_dir is wrong")
        store = SqliteStore(path, config.participant)
        try:
            yield store
        finally:
            store.close()


def _notices(store: SqliteStore, config: GatewayConfig) -> Iterator[NoticeStanding]:
    peers = [peer.participant for peer in config.peers]
    made = book.read(config.data_dir)
    for notice, (offset, done) in _known(store, config.participant).items():
        body = ErasureNotice.FromString(_leaf(store, offset).core)
        told = {c.peer: _confirmation(store, c.offset) for c in reversed(done)}
        erased = body.erased_time.ToDatetime(UTC)
        yield NoticeStanding(
            str(UUID(bytes=notice)),
            erased,
            body.basis,
            len(body.messages),
            sum(len(message.groups) for message in body.messages),
            tuple(told[peer] for peer in sorted(told)),
            tuple(peer for peer in peers if peer not in told),
            tuple(str(backup) for backup in made if backup.made_time < erased),
        )


def _known(store: SqliteStore, participant: str) -> dict[bytes, tuple[int, list[Confirmed]]]:
    """Notices with their offsets and confirmations: those found by a run, and those since."""
    retained, last = store.retained, store.last_offset()
    known = {n: (offset, list(done)) for n, (offset, done) in retained.notices().items()}
    since = retained.of_types((NOTICE, CONFIRMATION), retained.traced(), last)
    found = findings(participant, since, last)
    for notice, offset in found.notices:
        known.setdefault(notice, (offset, []))
    for confirmed in found.confirmed:
        if confirmed.notice in known:
            known[confirmed.notice][1].append(confirmed)
    return known


def _leaf(store: SqliteStore, offset: int) -> Leaf:
    (entry,) = store.received(offset - 1, 1)
    return Leaf.FromString(entry.leaf or b"")


def _confirmation(store: SqliteStore, offset: int) -> Confirmation:
    body = ErasureConfirmation.FromString(_leaf(store, offset).core)
    return Confirmation(
        body.participant,
        body.erased_time.ToDatetime(UTC),
        body.erased_count,
        body.absent_count,
        tuple(body.backups),
    )
