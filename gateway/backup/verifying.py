"""Verifies a backup: its files are as they were, and the whole store in it holds."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.audit import AuditReport, Keys
from gateway.audit import verify_by as audit_by
from gateway.backup import manifest
from gateway.backup.manifest import BackupError, Manifest
from gateway.backup.opened import opened
from gateway.backup.snapshot import Progress
from gateway.config import GatewayConfig
from gateway.keys import read_keys
from gateway.log.note import VerifierKey
from gateway.store.opening import FILE
from gateway.store.sqlite_open import SCHEMA_VERSION, claim


@dataclass(slots=True)
class Verified:
    """What was found. `audit` is None where the files alone were wrong enough."""

    manifest: Manifest
    problems: list[str] = field(default_factory=list)
    audit: AuditReport | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(path: Path, config: GatewayConfig, progress: Progress) -> Verified:
    """Digests of all files, then the audit of the store, by the keys that the configuration names.

    Nothing is changed. Raises BackupError if it is no backup, or another participant's; ConfigError, OSError.
    """
    return _verified(path, read_keys(config).every(), progress, config)


def verify_by(path: Path, keys: Sequence[VerifierKey], progress: Progress) -> Verified:
    """The same by public keys, away from the private ones. Raises BackupError, OSError."""
    return _verified(path, keys, progress, None)


def _verified(
    path: Path, keys: Sequence[VerifierKey], progress: Progress, config: GatewayConfig | None
) -> Verified:
    with opened(path) as folder:
        found = Verified(manifest.read(folder))
        if config is not None:
            require_own(found.manifest, config)
        found.problems += manifest.damage(folder, found.manifest)
        if found.problems:
            return found
        with _audited(folder, found.manifest) as store:
            known = Keys(found.manifest.participant, tuple(keys))
            found.audit = audit_by(known, "sqlite", store, progress)
        found.problems += found.audit.problems
        found.problems += _differences(found.manifest, found.audit)
    return found


def require_own(made: Manifest, config: GatewayConfig) -> None:
    """Raises BackupError for the backup of somebody else."""
    if made.participant != config.participant:
        raise BackupError(
            f"the backup is of {made.participant}, and the configuration is of {config.participant}: name "
            "the right one"
        )


@contextmanager
def _audited(folder: Path, made: Manifest) -> Iterator[Path]:
    """The folder, or a copy whose store was brought up to date, if an earlier version made it."""
    if made.store_version >= int(SCHEMA_VERSION):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="yrd-backup-") as beside:
        path = Path(beside, FILE)
        shutil.copyfile(folder / FILE, path)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            claim(connection, path, made.participant)
        yield Path(beside)


def _differences(made: Manifest, audit: AuditReport) -> Iterator[str]:
    """Where the store has not as many entries as the manifest says."""
    audited = {log.log: log.entries for log in audit.logs}
    for log in made.logs if audit.ok else ():
        if audited.get(log.origin) != log.size:
            yield f"{log.origin}: {audited.get(log.origin)} entries, and the manifest says {log.size}"
