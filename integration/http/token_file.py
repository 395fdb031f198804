"""The file of tokens: written by `yrd http token`, read anew by the door whenever it has changed."""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from integration.http.tokens import ID_BYTES, SECRET_BYTES, Scope, Token, parted, written

_LIST = TypeAdapter(tuple[Token, ...])


class TokenFileError(Exception):
    """A file of tokens that can't be used; the text says what to do."""


class TokenFile:
    """Tokens by id. A file that is not there has none."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._kept: Mapping[str, Token] = {}

    def current(self) -> Mapping[str, Token]:
        """What the file says now. Raises TokenFileError: nobody is let in by what it said before."""
        if self._path is None:
            return {}
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._seen, self._kept = None, {}
            return self._kept
        except OSError as error:
            raise TokenFileError(f"{self._path}: {error.strerror}; check its rights") from None
        seen = found.st_ino, found.st_mtime_ns, found.st_size
        if seen != self._seen:
            self._kept = {token.id: token for token in read(self._path)}
            self._seen = seen
        return self._kept


def read(path: Path) -> tuple[Token, ...]:
    """The tokens of a file; none if it is not there. Raises TokenFileError."""
    try:
        return _LIST.validate_json(path.read_bytes())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TokenFileError(f"{path}: {error.strerror}; check its rights") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise TokenFileError(
            f"{path}: {where}: {first['msg']}: restore it, or make tokens anew with `yrd http token`"
        ) from None


def add(
    path: Path, system: str, scopes: Iterable[Scope], now: datetime, valid: timedelta, note: str
) -> str:
    """Makes a token and keeps its digest. Returns the token, which is nowhere else from then on."""
    text = written(secrets.token_bytes(ID_BYTES), secrets.token_bytes(SECRET_BYTES))
    id_, sha256 = parted(text) or ("", "")
    token = Token(
        id=id_,
        sha256=sha256,
        system=system,
        scopes=frozenset(scopes),
        expire_time=now + valid,
        note=note,
    )
    with _alone(path):
        _write(path, [*read(path), token])
    return text


def revoke(path: Path, id_: str) -> bool:
    """Takes a token out; the door lets it in no more. False if there is none of that id."""
    with _alone(path):
        held = read(path)
        left = [token for token in held if token.id != id_]
        if len(left) == len(held):
            return False
        _write(path, left)
        return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One change at a time: of two at once, one could bring back a token that the other took out.

    Raises TokenFileError.
    """
    try:
        with path.with_name(f".{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise TokenFileError(f"{error.filename}: {error.strerror}; check path and rights") from None


def _write(path: Path, tokens: Sequence[Token]) -> None:
    """Whoever reads the file finds the old content or the new, whole."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_LIST.dump_json(tuple(tokens), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise TokenFileError(f"{error.filename}: {error.strerror}; check path and rights") from None
