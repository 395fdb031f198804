"""A disk between SQLite and the real one: it fails on command, and knows what was never synced.

SQLite reads and writes through a table of functions for each open file. Those for writing, cutting
off and syncing are replaced here, in the process, for the database and its write-ahead log. Before
each write the bytes that it covers go into a journal beside the file (power.py reads it), and a sync
empties that: what the journal holds is what a power cut may take.
"""

import _sqlite3
import ctypes
import os
import signal
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.harness.control import Control, Disk, Files

SQLITE_OK, SQLITE_FULL, IOERR_WRITE, IOERR_FSYNC = 0, 13, 778, 1034
OPEN_MAIN_DB, OPEN_WAL = 0x100, 0x80000
JOURNAL_SUFFIX = ".unsynced"
RECORD = struct.Struct("<qqq")
"""Offset, size of the file before, number of old bytes that follow."""
POLL_SECONDS = 0.001

_pointer, _int, _int64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _int64)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _int64)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods up to xSync; what follows is copied as it is."""

    _fields_ = (
        ("version", _int),
        ("close", _pointer),
        ("read", _pointer),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("rest", _pointer * 13),
    )


class _File(ctypes.Structure):
    """sqlite3_file."""

    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs up to xOpen."""

    _fields_ = (
        ("version", _int),
        ("file_size", _int),
        ("longest_path", _int),
        ("next", _pointer),
        ("name", ctypes.c_char_p),
        ("data", _pointer),
        ("open", _Open),
    )


class DiskNotReachable(Exception):
    """This Python's SQLite hides its functions."""


class _Journal:
    """What was written to one file since its last sync. It outlives the process."""

    def __init__(self, path: str) -> None:
        self.is_wal = path.endswith("-wal")
        # never closed: closing any descriptor of a file drops all locks that a process has on it
        self._file = os.open(path, os.O_RDONLY)
        self._journal = os.open(path + JOURNAL_SUFFIX, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)

    def about_to_change(self, offset: int, length: int) -> None:
        """Keeps the bytes that are there now."""
        old = os.pread(self._file, length, offset)
        size = os.fstat(self._file).st_size
        os.write(self._journal, RECORD.pack(offset, size, len(old)) + old)

    def about_to_be_cut(self, size: int) -> None:
        """Keeps the bytes behind the new end."""
        self.about_to_change(size, max(0, os.fstat(self._file).st_size - size))

    def synced(self) -> None:
        """Nothing of it can be lost any more."""
        os.ftruncate(self._journal, 0)


class FaultyDisk:
    """Stands between SQLite and the disk for as long as the process lives."""

    def __init__(self, control: Control, *, really: bool) -> None:
        """`really`: what is synced is synced to the real disk. Raises DiskNotReachable."""
        self._control, self._really = control, really
        self._journals: dict[int, _Journal] = {}
        self._tables: dict[int, _Methods] = {}
        self._opening = threading.Lock()
        self._callbacks: list[Any] = []  # SQLite keeps their addresses, so they must live
        library = ctypes.CDLL(_sqlite3.__file__)
        try:
            library.sqlite3_initialize()
            find = library.sqlite3_vfs_find
        except AttributeError as error:
            raise DiskNotReachable(str(error)) from None
        find.restype = ctypes.POINTER(_Vfs)
        vfs = find(None).contents
        self._open_real = _Open(ctypes.cast(vfs.open, _pointer).value or 0)
        vfs.open = self._callback(_Open, self._open)

    def _callback(self, kind: Any, function: Callable[..., int]) -> Any:
        def guarded(*arguments: Any) -> int:
            try:
                return function(*arguments)
            except BaseException:  # noqa: BLE001  # SQLite must not take a defect of ours for success
                os._exit(99)

        self._callbacks.append(kind(guarded))
        return self._callbacks[-1]

    def _open(self, vfs: int, name: int, file: int, flags: int, given: int) -> int:
        status: int = self._open_real(vfs, name, file, flags, given)
        if status == SQLITE_OK and flags & (OPEN_MAIN_DB | OPEN_WAL):
            path = os.fsdecode(ctypes.string_at(name))
            self._journals[file] = _Journal(path)
            opened = _File.from_address(file)
            address = ctypes.addressof(opened.methods.contents)
            with self._opening:  # a table that was replaced once more would be freed while in use
                if address not in self._tables:
                    self._replace(address)
            opened.methods = ctypes.pointer(self._tables[address])
        return status

    def _replace(self, address: int) -> None:
        real = _Methods.from_address(address)
        table = _Methods.from_buffer_copy(real)
        table.write = self._callback(_Write, lambda *a: self._write(real, *a))
        table.truncate = self._callback(_Truncate, lambda *a: self._truncate(real, *a))
        table.sync = self._callback(_Sync, lambda *a: self._sync(real, *a))
        self._tables[address] = table

    def _write(self, real: _Methods, file: int, data: int, length: int, offset: int) -> int:
        journal = self._journals[file]
        self._die_if_due()
        if self._behaves(journal, Disk.FULL):
            return SQLITE_FULL
        if self._behaves(journal, Disk.WRITE_FAILS):
            return IOERR_WRITE
        journal.about_to_change(offset, length)
        return int(real.write(file, data, length, offset))

    def _truncate(self, real: _Methods, file: int, size: int) -> int:
        self._journals[file].about_to_be_cut(size)
        return int(real.truncate(file, size))

    def _sync(self, real: _Methods, file: int, flags: int) -> int:
        journal = self._journals[file]
        self._die_if_due()
        if self._behaves(journal, Disk.SYNC_FAILS):
            return IOERR_FSYNC
        if self._behaves(journal, Disk.SYNC_HANGS):
            while self._control.disk == Disk.SYNC_HANGS:
                time.sleep(POLL_SECONDS)
        status = int(real.sync(file, flags)) if self._really else SQLITE_OK
        if status == SQLITE_OK:
            journal.synced()
        return status

    def _behaves(self, journal: _Journal, disk: Disk) -> bool:
        control = self._control
        if control.disk != disk:
            return False
        if control.files != Files.ALL and (control.files == Files.WAL) != journal.is_wal:
            return False
        control.strike()
        return True

    def _die_if_due(self) -> None:
        if self._control.step():
            os.kill(os.getpid(), signal.SIGKILL)


_IN_PLACE: list[FaultyDisk] = []


def install(control: Control, *, really: bool = True) -> None:
    """Puts a disk that obeys the page under every store that this process opens from now on.

    Not `really`: nothing waits for the real disk, which no trial of an imagined power cut needs.
    Raises DiskNotReachable.
    """
    _IN_PLACE.append(FaultyDisk(control, really=really))


def journals(folder: Path) -> list[Path]:
    """The journals in a data folder."""
    return sorted(folder.glob(f"*{JOURNAL_SUFFIX}"))
