"""A folder of EDXL-RM files, one for each message, written as they come."""

import re
from dataclasses import dataclass
from pathlib import Path

from integration.edxl.door import draft_of, give
from yrd.exchange.v1.message_pb2 import Message, Mode

_MODES = {Mode.MODE_EXERCISE: "exercise-", Mode.MODE_TEST: "test-"}


@dataclass(frozen=True, slots=True)
class OutFolder:
    """Where files are written. Writing the same message again changes nothing."""

    path: Path

    def file_of(self, message: Message) -> Path:
        """Mode unless actual, origin, what it is, message id."""
        mode = _MODES.get(message.header.mode, "")
        origin = re.sub(r"[^A-Za-z0-9]", "", message.stamp.origin)
        name = f"{mode}{origin}-{message.WhichOneof('body')}-{message.header.message_id}.edxl.xml"
        return self.path / name

    def add(self, message: Message) -> tuple[Path, bool]:
        """The file, and whether it was written now. Raises CapRefused, OSError."""
        file, data = self.file_of(message), give(draft_of(message))
        if file.exists() and file.read_bytes() == data:
            return file, False
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(data)
        part.replace(file)
        return file, True
