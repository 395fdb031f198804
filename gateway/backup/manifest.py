"""What a backup says about itself."""

import hashlib
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from gateway.config import Participant, Section

FILE = "manifest.json"
FORMAT = 1
_PIECE = 1 << 20


class BackupError(Exception):
    """A backup can't be made, read or put back; the text says why and what to do."""


class BackedFile(Section):
    """A file of the backup, by its path in it."""

    bytes: int
    sha256: str


class BackedLog(Section):
    """How far a log was held, with its newest checkpoint as a signed note; empty if there was none."""

    origin: str
    size: int
    checkpoint: str


class Manifest(Section):
    """Everything that is in a backup, and what was left out."""

    format: int
    participant: Participant
    name: str
    """Of the line of the retention policy's `backups` that speaks of it; empty if none does."""
    made_time: datetime
    program: str
    """Version of the program that made it."""
    store_version: int
    """Of the store's tables (gateway.store.sqlite_open)."""
    store: str
    """`sqlite` or `postgresql`: where it was. In the backup it is always one SQLite file."""
    logs: tuple[BackedLog, ...]
    """The own log first."""
    files: dict[str, BackedFile]
    keys: bool
    """Whether private keys are in it."""
    left_out: tuple[str, ...]

    @property
    def own(self) -> BackedLog:
        """The participant's own log; of size 0 if it had not begun."""
        origin = f"yrd/{self.participant}"
        found = [log for log in self.logs if log.origin == origin]
        return found[0] if found else BackedLog(origin=origin, size=0, checkpoint="")


def read(folder: Path) -> Manifest:
    """The manifest of a backup's folder. Raises BackupError."""
    path = folder / FILE
    try:
        found = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BackupError(
            f"{path}: {error.strerror}: this is no backup, or not a whole one: name what `yrd backup` made"
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise BackupError(f"{path}: {where}: {first['msg']}: use another backup") from None
    if found.format != FORMAT:
        raise BackupError(
            f"{path}: format {found.format}, and this program reads {FORMAT}: use the version that made it "
            f"({found.program}), or a newer one"
        )
    return found


def described(path: Path) -> BackedFile:
    """Size and digest of a file. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return BackedFile(bytes=path.stat().st_size, sha256=digest.hexdigest())


def damage(folder: Path, manifest: Manifest) -> list[str]:
    """Files that are missing or not as they were when the backup was made."""
    found = []
    for name, file in manifest.files.items():
        try:
            now = described(folder / name)
        except OSError as error:
            found.append(f"{name}: {error.strerror}")
            continue
        if now != file:
            found.append(
                f"{name}: {now.bytes} bytes, SHA-256 {now.sha256[:16]}…; when the backup was made: "
                f"{file.bytes} bytes, {file.sha256[:16]}…"
            )
    return found
