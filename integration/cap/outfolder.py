"""A folder of CAP files, one for each publication, written from messages as they come."""

from dataclasses import dataclass
from pathlib import Path

from integration.cap.door import draft_of, give, take
from integration.cap.remarks import CapRefused, refusal
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode

_MODES = {Mode.MODE_EXERCISE: "exercise-", Mode.MODE_TEST: "test-"}


@dataclass(frozen=True, slots=True)
class OutFolder:
    """Where CAP files are written. Writing the same message again changes nothing."""

    path: Path

    def file_of(self, message: Message) -> Path:
        """Its file: mode unless actual, origin, identifier."""
        mode = _MODES.get(message.header.mode, "")
        return (
            self.path / f"{mode}{message.stamp.origin}-{message.early_warning.identifier}.cap.xml"
        )

    def add(self, message: Message) -> tuple[Path, bool]:
        """Adds a message to the file of its publication; the file, and whether it changed.

        Raises CapRefused, OSError.
        """
        file, told = self.file_of(message), draft_of(message)
        before = file.read_bytes() if file.exists() else b""
        drafts = [*_others(file, before, told), told]
        data = give(sorted(drafts, key=lambda d: (len(d.header.entity_id), d.header.entity_id)))
        if data == before:
            return file, False
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(data)
        part.replace(file)
        return file, True


def _others(file: Path, data: bytes, told: Draft) -> list[Draft]:
    """What else is in the file. Raises CapRefused if it is not one of ours."""
    if not data:
        return []
    try:
        drafts = take(data).drafts
    except CapRefused as error:
        raise refusal(
            str(file), "cap.file", f"已有他人文件，移走后重试 is not ours, move it away: {error}"
        ) from None
    return [d for d in drafts if d.header.entity_id != told.header.entity_id]
