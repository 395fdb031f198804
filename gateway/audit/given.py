"""What a peer was given of an own entry, as the agreements decided, for an account of the exchange."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.app import load_agreements
from gateway.config import GatewayConfig
from gateway.sharing.decide import Decision, Sharing
from yrd.exchange.v1.message_pb2 import Leaf


@dataclass(frozen=True, slots=True)
class Given:
    """`then`: what the peer was entitled to at the entry's place; `now`: what it would be sent today."""

    then: Decision
    now: Decision


class Giving:
    """Decides for one peer."""

    def __init__(self, config: GatewayConfig, peer: str, now: datetime) -> None:
        """Raises ConfigError if the agreements can't be read."""
        self._sharing = Sharing(config.participant, load_agreements(config.agreements_dir))
        self._peer, self._today = peer, now.astimezone(UTC).date()

    def __call__(self, leaf: Leaf) -> Given:
        """The decision on an entry of the own log."""
        sealed = leaf.stamp.sealed_time.ToDatetime(UTC).date()
        then = self._sharing.decide(leaf.type, self._peer, sealed)
        now = self._sharing.decide(leaf.type, self._peer, self._today)
        return Given(then, now)
