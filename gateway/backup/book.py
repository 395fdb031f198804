"""Which backups were made, a line for each, so that a retention report can name them."""

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from gateway.backup.manifest import Manifest
from gateway.config import Section

FILE = "backups.jsonl"


class Made(Section):
    """A backup that was made; what became of it since is not known here."""

    made_time: datetime
    name: str
    place: str
    """Where it was written to."""
    size: int
    """Entries of the own log in it."""
    keys: bool

    @property
    def there(self) -> bool:
        """Whether something still is where it was written to."""
        return Path(self.place).exists()

    def __str__(self) -> str:
        """As an operator reads it."""
        named = self.name or "保留策略未列出 not named by the policy"
        gone = "" if self.there else "（已不在该处 no longer there）"
        return f"{self.made_time:%Y-%m-%dT%H:%M:%SZ} {named}: {self.place}{gone}"


def note(data_dir: Path, made: Manifest, out: Path) -> None:
    """Adds a line. Raises OSError."""
    line = Made(
        made_time=made.made_time,
        name=made.name,
        place=str(out.resolve()),
        size=made.own.size,
        keys=made.keys,
    )
    with (data_dir / FILE).open("a", encoding="utf-8") as file:
        file.write(f"{line.model_dump_json()}\n")


def read(data_dir: Path) -> list[Made]:
    """All that were made, oldest first; a line that a power cut has torn is passed over."""
    try:
        lines = (data_dir / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            found.append(Made.model_validate_json(line))
        except ValidationError:
            continue
    return found
