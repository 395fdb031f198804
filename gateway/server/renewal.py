"""Certificates, revocations and keys that change while the gateway runs.

Parts of a reload: each reads and checks, and gives what puts it into effect. What is read anew of the
configuration are `tls`, `keys` and the keys of `peers` here, and `retention` by the steward; the rest
needs a restart, and that is said.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from gateway.config import ConfigError, GatewayConfig
from gateway.keys import Keys, read_keys
from gateway.server.credentials import Credentials

logger = logging.getLogger(__name__)

RENEWABLE = ("tls", "keys", "peers", "retention", "retention_at")
REMIND = timedelta(days=1)


class Changed(Protocol):
    """Where a part of a reload says what it has changed."""

    parts: list[str]


Apply = Callable[[Changed], Awaitable[None]]


class Renewal:
    """Puts new certificates and keys into effect. `on_keys` is called after keys have changed."""

    def __init__(
        self,
        config: GatewayConfig,
        reread: Callable[[], GatewayConfig],
        credentials: Credentials,
        keys: Keys,
        on_keys: Callable[[], None],
    ) -> None:
        self._config, self._reread = config, reread
        self._credentials, self._keys, self._on_keys = credentials, keys, on_keys
        self._warned = -REMIND.total_seconds()

    def read(self) -> Apply:
        """Reads the configuration, certificates, revocations and keys. Raises ConfigError."""
        config = self._reread()
        tls, keys = self._credentials.read(config.tls), read_keys(config)
        later = _needs_restart(self._config, config)

        async def apply(changed: Changed) -> None:
            changed.parts += self._credentials.take(tls)
            renewed = self._keys.take(keys)
            if renewed:
                self._on_keys()
            changed.parts += renewed + [f"not yet, restart for it: {name}" for name in later]

        return apply

    async def watch(self, seconds: float) -> None:
        """Takes certificates and revocations into effect when their files change, for ever.

        Looks every so many seconds. Also reminds once a day of what is about to expire.
        """
        loop = asyncio.get_running_loop()
        while True:
            if await asyncio.to_thread(self._credentials.changed_on_disk):
                await self.take_files()
            if loop.time() - self._warned >= REMIND.total_seconds():
                self._warned = loop.time()
                for warning in self._credentials.warnings():
                    logger.warning("certificates", extra={"detail": warning})
            await asyncio.sleep(seconds)

    async def take_files(self) -> None:
        """Reads the files of tls; if they can't be used, says so and keeps what is in force."""
        try:
            fresh = await asyncio.to_thread(self._credentials.read)
        except ConfigError as error:
            logger.error("certificates_not_renewed", extra={"detail": str(error)})
            return
        changed = self._credentials.take(fresh)
        if changed:
            logger.info("certificates_renewed", extra={"changed": changed})


def _needs_restart(before: GatewayConfig, after: GatewayConfig) -> list[str]:
    """Sections that have changed and are read at the start only."""
    names = [
        name
        for name in type(before).model_fields
        if name not in RENEWABLE and getattr(before, name) != getattr(after, name)
    ]
    peers = [{(p.participant, p.address) for p in config.peers} for config in (before, after)]
    return [*names, "peers"] if peers[0] != peers[1] else names
