"""A folder of CAP files, one for each publication, written from messages as they come."""

from dataclasses import dataclass
from pathlib import Path

from integration.cap.door import Taken, Trust, draft_of, give, take
from integration.cap.remarks import CapRefused, refusal
from integration.cap.signature import State
from integration.cap.signing import Signer
from yrd.exchange.v1.message_pb2 import Message, Mode

_MODES = {Mode.MODE_EXERCISE: "exercise-", Mode.MODE_TEST: "test-"}


@dataclass(frozen=True, slots=True)
class OutFolder:
    """Where CAP files are written. Writing the same message again changes nothing."""

    path: Path
    signer: Signer | None = None

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
        held = _held(file, before, self.signer) if before else None
        others = held.drafts if held else []
        drafts = [d for d in others if d.header.entity_id != told.header.entity_id]
        drafts = sorted(
            [*drafts, told], key=lambda d: (len(d.header.entity_id), d.header.entity_id)
        )
        data = give(drafts)
        if self.signer is not None:
            # no two signatures by one key are the same: it is what is signed that tells a change
            if held and held.drafts == drafts and held.signed.state == State.VERIFIED:
                return file, False
            data = self.signer.sign(data)
        if data == before:
            return file, False
        part = file.with_name(f".{file.name}.part")
        part.write_bytes(data)
        part.replace(file)
        return file, True


def _held(file: Path, data: bytes, signer: Signer | None) -> Taken:
    """What is in the file. Raises CapRefused if it is not one of ours."""
    try:
        return take(data, trust=Trust([signer.certificate] if signer else []))
    except CapRefused as error:
        raise refusal(
            str(file), "cap.file", f"已有他人文件，移走后重试 is not ours, move it away: {error}"
        ) from None
