"""A stub gateway for tests of the contract-test kit: no code of `gateway/` is in it.

It is the kit's own reference gateway with a test's choice of systems and limits. A second one written
here would be the same four hundred lines again, since all that they decide is in the contract.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.kit.client.reference.exchange import Exchange
from integration.kit.client.reference.handlers import Handlers, PlainPublishing
from integration.kit.client.reference.identity import Allowed, Settings
from integration.kit.client.reference.server import Credentials, serving

__all__ = ["Allowed", "Exchange", "Settings", "stub_gateway"]


@contextmanager
def stub_gateway(
    folder: Path, settings: Settings, kind: type[Exchange] = Exchange
) -> Iterator[str]:
    """Runs a stub with gateway.pem, gateway.key and ca.pem of the folder; gives its HOST:PORT.

    ca.pem may lie one folder above. `kind` may be an exchange with a deliberate fault.
    """
    exchange = kind(settings)
    handlers = Handlers(exchange, PlainPublishing(exchange))
    with serving(handlers, Credentials.read(folder), "127.0.0.1:0") as port:
        try:
            yield f"127.0.0.1:{port}"
        finally:
            exchange.close()
