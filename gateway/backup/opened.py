"""A backup as a folder, whether it is one or a tar file."""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gateway.backup.manifest import BackupError


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder. A tar file is unpacked into a temporary one (TMPDIR). Raises BackupError, OSError."""
    if path.is_dir():
        yield path
        return
    if not path.exists():
        raise BackupError(f"{path}: no such backup: check the path")
    with tempfile.TemporaryDirectory(prefix="yrd-backup-") as folder:
        try:
            with tarfile.open(path, "r:") as tar:
                for member in tar:
                    _unpack(tar, member, Path(folder), path)
        except tarfile.TarError as error:
            raise BackupError(
                f"{path}: not a whole tar file ({error}): use another backup"
            ) from None
        yield Path(folder)


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, path: Path) -> None:
    """Plain files inside the folder, and nothing else."""
    if member.isdir():
        return
    name = PurePosixPath(member.name)
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or name.is_absolute() or ".." in name.parts:
        raise BackupError(
            f"{path}: {member.name}: `yrd backup` writes no such thing: use another backup"
        )
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
