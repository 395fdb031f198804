"""Makes a backup: the store as of one instant, the settings, and a manifest; a folder or one tar file."""

import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from gateway.backup import book, manifest
from gateway.backup.manifest import BackupError, Manifest, described
from gateway.backup.snapshot import Progress, logs_of, sync, take
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin
from gateway.store.opening import FILE, is_file

SETTINGS, KEYS = "settings", "keys"
TAR = ".tar"
LEFT_OUT = (
    "私钥 private keys (--with-keys)",
    "访问日志 access log: copy data_dir/access as files, its days are only ever added to",
    "研判存储 the pipeline's store: it reads everything anew",
)


def back_up(
    config: GatewayConfig,
    file: Path,
    out: Path,
    name: str,
    now: datetime,
    progress: Progress,
    *,
    with_keys: bool = False,
) -> Manifest:
    """Makes it at `out`, which must not exist yet: a tar file if it is named so, else a folder.

    `file` is the configuration's own file, `name` that of the policy's line that speaks of this backup. The
    gateway may run. Raises BackupError, StoreError, OSError.
    """
    if out.exists():
        raise BackupError(
            f"{out}: is there already, and a backup is never overwritten: name another"
        )
    with _beside(out) as folder:
        copies = 2 if out.suffix == TAR else 1
        try:
            take(config.store, config.data_dir, folder / FILE, progress, copies)
        except sqlite3.Error as error:
            raise BackupError(
                f"the store can't be copied: {error}: look at the room in {out.parent}, then run "
                "`yrd audit verify`"
            ) from error
        _settings(config, file, folder / SETTINGS)
        if with_keys:
            _keys(config, folder / KEYS)
        made = _described(config, folder, name, now, with_keys)
        text = made.model_dump_json(indent=1)
        (folder / manifest.FILE).write_text(f"{text}\n", encoding="utf-8")
        _put_in_place(folder, out)
    book.note(config.data_dir, made, out)
    return made


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder for this user alone, which is gone behind the block unless it has become the backup."""
    if not out.parent.is_dir():
        raise BackupError(
            f"{out.parent}: no such folder: make it, or choose another place with --out"
        )
    folder = out.with_name(f".{out.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(config: GatewayConfig, file: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / "agreements").mkdir()
    found = {
        "gateway.yaml": file,
        "retention.yaml": config.retention,
        "tls-ca.pem": config.tls.ca,
        "tls-certificate.pem": config.tls.certificate,
        "tls-crl.pem": config.tls.crl,
    }
    found |= {f"agreements/{path.name}": path for path in config.agreements_dir.glob("*.yaml")}
    for name, path in found.items():
        if path is not None:
            shutil.copyfile(path, folder / name)


def _keys(config: GatewayConfig, folder: Path) -> None:
    folder.mkdir()
    found = {"tls.key": config.tls.key}
    found |= {f"log-{number}.key": path for number, path in enumerate(config.keys.log, 1)}
    found |= {f"witness-{number}.key": path for number, path in enumerate(config.keys.witness, 1)}
    for name, path in found.items():
        shutil.copyfile(path, folder / name)


def _described(
    config: GatewayConfig, folder: Path, name: str, now: datetime, with_keys: bool
) -> Manifest:
    everything = sorted(folder.rglob("*"))
    files = [path for path in everything if path.is_file()]
    for path in everything:
        path.chmod(0o600 if path in files else 0o700)
        sync(path)
    store_version, logs = logs_of(folder / FILE, log_origin(config.participant))
    return Manifest(
        format=manifest.FORMAT,
        participant=config.participant,
        name=name,
        made_time=now,
        program=version("yangtze-delta-exchange"),
        store_version=store_version,
        store="sqlite" if is_file(config.store) else "postgresql",
        logs=logs,
        files={path.relative_to(folder).as_posix(): described(path) for path in files},
        keys=with_keys,
        left_out=LEFT_OUT[1:] if with_keys else LEFT_OUT,
    )


def _put_in_place(folder: Path, out: Path) -> None:
    (folder / manifest.FILE).chmod(0o600)
    sync(folder / manifest.FILE)
    sync(folder)
    if out.suffix == TAR:
        fresh = folder / "whole.tar"
        fresh.touch(mode=0o600)
        with tarfile.open(fresh, "w") as tar:
            for path in sorted(folder.iterdir()):
                if path != fresh:
                    tar.add(path, path.name)
        sync(fresh)
        fresh.rename(out)
    else:
        folder.rename(out)
    sync(out.parent)
