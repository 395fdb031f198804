"""Who called what, when, and what became of it: a file a day, only ever appended to, and chained.

data_dir/access/YYYY-MM-DD.jsonl, a JSON object a line, without content of messages and without
personal data. The last key of each line, `chain`, is SHA-256 over the chain value of the line before
and the line without that key; so a line that is changed, taken out or put in breaks the chain. The
first line of a day starts with `prev`, the last chain value of the day before: whole days can be
deleted when their term is over, from the oldest on, and the rest still stands.

Lines are written within a second by a thread of their own and synced within a minute. If they can't
be written, every call is refused until they can: an exchange without its log must not run.
"""

import json
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

START = bytes(32)
"""Chain value before the first line of all."""
WRITE_SECONDS = 1.0
SYNC_SECONDS = 60.0
MOST_WAITING = 200_000
_TAIL_BYTES = 64 << 10

Fields = Mapping[str, Any]


def chained(previous: bytes, fields: Fields) -> tuple[str, bytes]:
    """A line, without its newline, and its chain value."""
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    value = sha256(previous + body.encode()).digest()
    return f'{body[:-1]},"chain":"{value.hex()}"}}', value


class AccessLog:
    """Takes lines from the event loop, writes them in a thread."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Goes on behind the newest line, once it is begun. Raises OSError."""
        self._folder, self._clock = folder, clock
        self._waiting: deque[tuple[float, Fields]] = deque()
        self._taken: list[tuple[float, Fields]] = []
        self._left_out = 0
        self._wake, self._ending = threading.Event(), False
        self._file: Any = None
        self._day, self._size, self._synced = "", 0, time.monotonic()
        self.problem = ""
        folder.mkdir(parents=True, exist_ok=True)
        self._chain, torn = self._newest()
        self.note({"event": "start"} | ({"torn_bytes": torn} if torn else {}))
        self._thread = threading.Thread(target=self._run, name="access-log")

    def begin(self) -> None:
        """Starts to write."""
        self._thread.start()

    def note(self, fields: Fields) -> None:
        """Puts down one line, with the time now; about a microsecond."""
        if len(self._waiting) >= MOST_WAITING:
            self._left_out += 1
            return
        self._waiting.append((self._clock(), fields))

    def close(self) -> None:
        """Writes and syncs what was noted."""
        self.note({"event": "stop"})
        self._ending = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(WRITE_SECONDS)
            self._write_all(sync=self._ending)
        if self._file is not None:
            self._file.close()

    def _write_all(self, *, sync: bool) -> None:
        try:
            while self._take():
                self._write_day()
            if self._file is not None and (sync or time.monotonic() - self._synced > SYNC_SECONDS):
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
            self.problem = ""
        except OSError as error:
            if not self.problem:
                logger.error("access_log_failed", extra={"detail": str(error)})
            self.problem = (
                f"the access log can't be written ({error.strerror}): every call is refused until it "
                "can; mend the disk"
            )

    def _write_day(self) -> None:
        """Writes what waits of one day. Raises OSError; nothing of it is in the file then."""
        day = _day(self._taken[0][0])
        if day != self._day:
            self._open(day)
        lines, chain, count = list[str](), self._chain, 0
        for seconds, fields in self._taken:
            if _day(seconds) != day:
                break
            at: dict[str, Any] = {
                "time": datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
            }
            first = {"prev": chain.hex()} if not self._size and not count else {}
            line, chain = chained(chain, {**first, **at, **fields})
            lines.append(line)
            count += 1
        self._append(("\n".join(lines) + "\n").encode())
        self._chain = chain
        del self._taken[:count]

    def _take(self) -> bool:
        """Whether there is something to write; what could not be written before comes first."""
        if not self._taken:
            if self._left_out and self._waiting:
                left_out, self._left_out = self._left_out, 0
                self._taken.append((self._waiting[0][0], {"event": "gap", "lines": left_out}))
            while self._waiting:
                self._taken.append(self._waiting.popleft())
        return bool(self._taken)

    def _append(self, data: bytes) -> None:
        try:
            self._file.seek(self._size)
            rest = memoryview(data)
            while rest:  # a disk that is nearly full takes a part
                rest = rest[self._file.write(rest) :]
        except OSError:
            os.ftruncate(self._file.fileno(), self._size)
            raise
        self._size += len(data)

    def _open(self, day: str) -> None:
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
        path = self._folder / f"{day}.jsonl"
        path.touch(mode=0o600)
        self._file = path.open("r+b", buffering=0)
        self._size = path.stat().st_size
        self._day = day

    def _newest(self) -> tuple[bytes, int]:
        """Chain value of the newest line, and how much a crash left of a line behind it."""
        for path in reversed(days(self._folder)):
            with path.open("r+b") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - _TAIL_BYTES))
                tail = file.read()
                torn = len(tail) - (tail.rfind(b"\n") + 1)
                if torn:
                    file.truncate(size - torn)
                whole = tail[: len(tail) - torn].splitlines()
            if whole:
                return chain_of(whole[-1].decode(errors="replace")), torn
        return START, 0


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def days(folder: Path) -> list[Path]:
    """The files, oldest first."""
    return sorted(folder.glob("????-??-??.jsonl"))


def chain_of(line: str) -> bytes:
    """The chain value that a line carries; START if it carries none, which breaks the chain there."""
    _, found, value = line.rpartition(',"chain":"')
    try:
        return bytes.fromhex(value[:64]) if found else START
    except ValueError:
        return START
