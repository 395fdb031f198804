"""A folder into which others put files: which are ready, and where they go afterwards."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration.cap.intake import Outcome, Told
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Draft

TAKING, TAKEN, REFUSED = "taking", "taken", "refused"
_OUTCOMES = {
    Outcome.TAKEN: "已发布",
    Outcome.CHECKED: "可发布",
    Outcome.REFUSED: "不能发布",
    Outcome.WAITING: "待发布",
}
_BUSY = "另一进程正在取用此文件夹 another process takes its files"
_MOST_NAME = 180
_UNFINISHED = (".part", ".tmp", ".reason", ".filepart")


@dataclass(slots=True)
class Folder:
    """Files directly in a folder; those being written (.part, .tmp, hidden, still growing) are left alone.

    A file is moved to `taking/` before it is read, so that nobody changes it meanwhile. What a stopped
    process left there is taken first. One process at a time: use `alone`.
    """

    path: Path
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other processes from taking the same files. Raises OSError."""
        with (self.path / ".yrd-cap.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BlockingIOError(error.errno, _BUSY, str(self.path)) from None
            yield

    def waiting(self) -> list[Path]:
        """Files that would be claimed, and those that are. Raises OSError."""
        taking = self.path / TAKING
        return sorted([*self._stamps(), *(taking.iterdir() if taking.exists() else ())])

    def claim_all(self) -> list[Path]:
        """Claims every file that is there. Raises OSError."""
        return self._claim(sorted(self._stamps()))

    def claim_settled(self) -> list[Path]:
        """Claims files that have not changed since the call before. Raises OSError."""
        now = self._stamps()
        before, self._seen = self._seen, now
        return self._claim(sorted(f for f, stamp in now.items() if before.get(f) == stamp))

    def _claim(self, files: list[Path]) -> list[Path]:
        taking = self.path / TAKING
        taking.mkdir(exist_ok=True)
        for file in files:
            with suppress(FileNotFoundError):  # whoever put it there took it back
                file.replace(_free(taking, _plain(file.name)))
        return sorted(taking.iterdir())

    def _stamps(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for entry in os.scandir(self.path):
            if entry.name.startswith(".") or entry.name.endswith(_UNFINISHED):
                continue
            with suppress(FileNotFoundError):
                if entry.is_file():
                    about = entry.stat()
                    found[self.path / entry.name] = (about.st_size, about.st_mtime_ns)
        return found

    def put_away(self, told: Told) -> Path | None:
        """Moves a file by its outcome; where it is now. What is told of it is there first. Raises OSError."""
        if told.outcome not in (Outcome.TAKEN, Outcome.REFUSED):
            return None
        refused = told.outcome == Outcome.REFUSED
        target = _free(self.path / (REFUSED if refused else TAKEN), told.file.name)
        target.parent.mkdir(exist_ok=True)
        if refused:
            _write(target.with_name(f"{target.name}.reason"), reason(told))
        else:
            text = json.dumps(as_json(told), ensure_ascii=False, indent=1)
            _write(target.with_name(f"{target.name}.taken.json"), f"{text}\n")
        told.file.replace(target)
        return target


def reason(told: Told) -> str:
    """The text of a `.reason` file."""
    lines = [f"{told.file.name}: 未发布 not published", *(str(fault) for fault in told.faults)]
    if told.accepted:
        lines += [
            "已发布的部分 published of it, and not again if the file is sent anew:",
            *told.accepted,
        ]
    return "\n".join([*lines, *remark_lines(told)]) + "\n"


def lines(told: Told) -> Iterator[str]:
    """What became of a file, as people read it."""
    yield f"{_OUTCOMES[told.outcome]} {told.outcome} {told.file.name}  {told.signature}".rstrip()
    for draft in told.drafts:
        header = draft.header
        name, about = subject(draft)
        entry = "" if header.message_id in told.accepted else "（未发布 not published）"
        yield (
            f"  {about}  {name}  {header.entity_id} r{header.revision}  "
            f"{header.message_id}{'' if told.outcome == Outcome.CHECKED else entry}"
        )
    yield from (f"  {fault}" for fault in told.faults)
    yield from (f"  {line}" for line in remark_lines(told))


def subject(draft: Draft) -> tuple[str, str]:
    """What a draft is called in its file, and what it is about, in words."""
    if draft.WhichOneof("body") == "early_warning":
        return draft.early_warning.identifier, draft.early_warning.headline
    return draft.header.message_id, type_name(draft) or ""


def remark_lines(told: Told) -> Iterator[str]:
    """Remarks as people read them."""
    words = {
        "lenient": "宽松读取 lenient",
        "left_out": "未带入 left out",
        "inferred": "推断 inferred",
    }
    for remark in told.remarks:
        yield f"{words[remark.kind]}: {remark.path}: {remark.text}"


def as_json(told: Told) -> dict[str, Any]:
    """What is told of a file, for programs."""
    return {
        "file": told.file.name,
        "outcome": str(told.outcome),
        "signature": told.signature,
        "messages": [
            {
                "message_id": draft.header.message_id,
                "entity_id": draft.header.entity_id,
                "revision": draft.header.revision,
                "identifier": subject(draft)[0],
                "headline": subject(draft)[1],
                "accepted": draft.header.message_id in told.accepted,
            }
            for draft in told.drafts
        ],
        "remarks": [{"kind": str(r.kind), "path": r.path, "text": r.text} for r in told.remarks],
        "faults": [{"field": f.path, "rule": f.rule, "remedy": f.remedy} for f in told.faults],
    }


def _plain(name: str) -> str:
    """A name that can be printed, and is short enough to have something behind it."""
    text = os.fsencode(name).decode("utf-8", "replace")
    if len(text.encode()) <= _MOST_NAME:
        return text
    kept, ending = text.encode()[: _MOST_NAME - 20].decode("utf-8", "ignore"), Path(text).suffix
    return kept + (ending if len(ending.encode()) <= 20 else "")


def _free(folder: Path, name: str) -> Path:
    """A name in a folder that is not taken yet."""
    stem, dot, ending = name.partition(".")
    found, number = folder / name, 1
    while found.exists():
        number += 1
        found = folder / f"{stem}-{number}{dot}{ending}"
    return found


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
