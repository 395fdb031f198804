"""Rechecks a whole store: hashes, trees, signatures, cosignatures, disclosures, gaps."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.audit_ahead import ahead_problems
from gateway.config import GatewayConfig
from gateway.keys import read_keys
from gateway.log.checkpoint import log_origin, verified, witness_name
from gateway.log.keyring import KeyRing
from gateway.log.merkle import Frontier, leaf_hash
from gateway.log.note import NoteError
from gateway.log.sealing import SealError, open_entry
from gateway.log.suite import DEFAULT
from gateway.store.port import Entry, Head, StoreError
from gateway.store.sqlite import SqliteStore
from yrd.exchange.v1.message_pb2 import Disposition

CHUNK = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AuditedLog:
    """One log: entries read, the root that they make (hex), and the verdict in a word."""

    log: str
    entries: int
    root: str
    verdict: str


@dataclass(slots=True)
class AuditReport:
    """What was read, and everything that is wrong."""

    participant: str
    logs: list[AuditedLog] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


def verify_store(config: GatewayConfig, progress: Progress) -> AuditReport:
    """Reads a whole store; the gateway may run meanwhile. Raises ConfigError."""
    report = AuditReport(config.participant)
    all_keys = read_keys(config)
    keys = {**all_keys.logs, config.participant: all_keys.own_log}
    path = config.data_dir / "gateway.db"
    if not path.exists():
        report.problems.append(f"{path}: no store: the gateway has never run, or data_dir is wrong")
        return report
    try:
        store = SqliteStore(path, config.participant)
        try:
            for head in store.stored_heads():
                key = keys.get(head.log.removeprefix("yrd/"))
                _verify_log(store, head, key, all_keys.own_witness, report, progress)
            _verify_receipts(store, config.participant, all_keys.witnesses, report)
        finally:
            store.close()
    except StoreError as error:
        report.problems.append(f"store: {error}")
    return report


def _verify_log(
    store: SqliteStore,
    head: Head,
    key: KeyRing | None,
    witness: KeyRing,
    report: AuditReport,
    progress: Progress,
) -> None:
    found = len(report.problems)
    frontier, counts = Frontier(), [0, 0, 0, 0]
    size = sum(head.counts)
    for start in range(0, size, CHUNK):
        stop = min(size, start + CHUNK)
        try:
            entries = store.entries(head.log, start, stop)
        except StoreError as error:
            report.problems.append(str(error))
            break
        frontier = _verify_entries(store, entries, frontier, counts, report)
        progress(head.log, stop, size)
    if tuple(counts) != head.counts:
        report.problems.append(f"{head.log}: dispositions {counts} are not {list(head.counts)}")
    if key is None:
        report.problems.append(
            f"{head.log}: no key to verify it with: it is no longer a peer; put its entry back into "
            "peers to verify what it sent"
        )
    else:
        _verify_checkpoint(head, frontier, key, witness, report)
    report.problems += ahead_problems(store, head, key)
    verdict = "good" if len(report.problems) == found else "DAMAGED"
    report.logs.append(AuditedLog(head.log, frontier.size, frontier.root().hex(), verdict))


def _verify_entries(
    store: SqliteStore,
    entries: list[Entry],
    frontier: Frontier,
    counts: list[int],
    report: AuditReport,
) -> Frontier:
    for entry in entries:
        counts[entry.disposition - 1] += 1
        report.problems += _entry_problems(entry)
    grown, nodes = frontier.extend(entry.hash for entry in entries)
    for node in nodes:
        if store.node(entries[0].log, node.level, node.index) != node.hash:
            what = f"node {node.index} of level {node.level}"
            report.problems.append(f"{entries[0].log}: {what} does not belong to its leaves")
    return grown


def _entry_problems(entry: Entry) -> list[str]:
    where = f"{entry.log}: entry {entry.sequence}"
    if entry.leaf is None:
        withheld = entry.disposition == Disposition.DISPOSITION_WITHHELD
        return [] if withheld else [f"{where}: its leaf is missing"]
    if leaf_hash(entry.leaf) != entry.hash:
        return [f"{where}: the leaf does not have its hash"]
    try:
        opened = open_entry(entry.leaf, [part.data for part in entry.parts])
    except SealError as error:
        quarantined = entry.disposition == Disposition.DISPOSITION_QUARANTINED
        return [] if quarantined else [f"{where}: {error}"]
    if entry.disposition == Disposition.DISPOSITION_WHOLE and opened.absent_groups:
        return [f"{where}: disclosures {list(opened.absent_groups)} are missing"]
    return []


def _verify_checkpoint(
    head: Head, frontier: Frontier, key: KeyRing, witness: KeyRing, report: AuditReport
) -> None:
    own = witness.name == f"{key.name}/witness"
    signers = [key] if own else [key, witness]
    if not head.checkpoint:
        if frontier.size:
            report.problems.append(f"{head.log}: no checkpoint")
        return
    for signer in signers:
        try:
            checkpoint, _ = verified(head.checkpoint, signer, DEFAULT, old=True)
        except NoteError as error:
            report.problems.append(f"{head.log}: checkpoint: {error}")
            continue
        if (checkpoint.size, checkpoint.root) != (frontier.size, frontier.root()):
            report.problems.append(
                f"{head.log}: the checkpoint of size {checkpoint.size} is not that of the "
                f"{frontier.size} entries stored"
            )


def _verify_receipts(
    store: SqliteStore, participant: str, witnesses: dict[str, KeyRing], report: AuditReport
) -> None:
    log = log_origin(participant)
    by_name = {witness_name(p): key for p, key in witnesses.items()}
    for cosigned in store.cosigned(log):
        key = by_name.get(cosigned.cosigner)
        if key is None:
            report.problems.append(
                f"{log}: receipt of {cosigned.cosigner}: no key to verify it with: no longer a peer"
            )
            continue
        try:
            checkpoint, _ = verified(cosigned.note, key, DEFAULT, old=True)
            root = store.tree(log).root(checkpoint.size)
        except (NoteError, LookupError) as error:
            report.problems.append(f"{log}: receipt of {cosigned.cosigner}: {error}")
            continue
        if checkpoint.root != root:
            report.problems.append(f"{log}: receipt of {cosigned.cosigner} is for another tree")
