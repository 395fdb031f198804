"""Certificates that change on disk while a server runs are put into force, or it is said why not."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.config import Tls
from gateway.errors import IdentityUnknown
from gateway.server.credentials import read_tls
from gateway.server.identity import caller_of
from gateway.settings_file import ConfigError
from integration.web.tls import RenewedContext, TlsFiles, context

logger = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
Stamps = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Renewable:
    """Files that belong together. `read` checks them anew (in a thread) and gives what puts them into force.

    It raises ConfigError, and has changed nothing then.
    """

    name: str
    files: tuple[Path, ...]
    read: Callable[[], Callable[[], None]]


def of_server(files: TlsFiles, serving: RenewedContext) -> Renewable:
    """A server's own certificate, its clients' CA and revocations."""

    def read() -> Callable[[], None]:
        fresh = context(files)
        return lambda: setattr(serving, "in_force", fresh)

    return Renewable("tls", files.paths, read)


def of_system(
    name: str, ca: Path, certificate: Path, key: Path, take: Callable[[], None]
) -> Renewable:
    """The certificate by which a system calls a gateway, and the gateway's CA. It stays that system's."""
    first = caller_of(certificate.read_bytes())

    def read() -> Callable[[], None]:
        files = read_tls(Tls(ca=ca, certificate=certificate, key=key))
        said = caller_of(files.certificate)
        if (said.participant, said.system) != (first.participant, first.system):
            raise ConfigError(
                f"{certificate}: speaks for {said.participant}/{said.system}, and until now for "
                f"{first.participant}/{first.system}: put that system's renewed certificate there"
            )
        return take

    return Renewable(name, (ca, certificate, key), read)


async def watch(parts: Sequence[Renewable], seconds: float = LOOK_SECONDS) -> None:
    """Looks every so many seconds, for ever. What can't be used is said once, and the old stays in force."""
    seen = {part.name: await asyncio.to_thread(_stamps, part.files) for part in parts}
    while True:
        await asyncio.sleep(seconds)
        for part in parts:
            now = await asyncio.to_thread(_stamps, part.files)
            if now != seen[part.name]:
                seen[part.name] = now
                await _renew(part)


async def _renew(part: Renewable) -> None:
    try:
        take = await asyncio.to_thread(part.read)
        take()
    except (ConfigError, IdentityUnknown, OSError) as error:
        logger.error("certificates_not_renewed", extra={"part": part.name, "detail": str(error)})
        return
    except Exception:  # one that ended this task unseen would let all certificates run out
        logger.exception("certificates_not_renewed", extra={"part": part.name, "detail": "defect"})
        return
    logger.info("certificates_renewed", extra={"part": part.name})


def _stamps(files: Sequence[Path]) -> Stamps:
    return tuple(map(_stamp, files))


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
