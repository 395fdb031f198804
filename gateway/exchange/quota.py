"""How much each caller may take: token buckets, a second's worth at once."""

from collections.abc import Callable, Sequence

from gateway.config import Client, Limits
from gateway.errors import QuotaExceeded
from gateway.exchange.access import PEER_SYSTEM, Caller

MESSAGES, BYTES, CALLS, RECEIPTS = (
    "messages_per_second",
    "bytes_per_second",
    "calls_per_second",
    "receipts_per_second",
)
WHAT = {MESSAGES: "messages", BYTES: "bytes", CALLS: "calls", RECEIPTS: "receipts"}


class Allowance:
    """What the configuration gives a caller of each quota; its own clients may have their own."""

    def __init__(self, participant: str, limits: Limits, clients: Sequence[Client]) -> None:
        self._participant, self._limits, self._clients = participant, limits, tuple(clients)
        self._known: dict[tuple[str, str, str], float] = {}

    def of(self, caller: Caller, name: str) -> float:
        """The number for that caller. `name` is a key of limits, and of clients where it may differ."""
        key = caller.participant, caller.system, name
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(caller, name)
        return found

    def _find(self, caller: Caller, name: str) -> float:
        if caller.participant == self._participant:
            own = (getattr(c, name, None) for c in self._clients if c.matches(caller.system))
            for number in own:
                if number is not None:
                    return float(number)
        elif caller.system == PEER_SYSTEM:
            name = f"peer_{name}" if hasattr(self._limits, f"peer_{name}") else name
        return float(getattr(self._limits, name))


class Quota:
    """Takes tokens for callers. Used from one event loop."""

    def __init__(self, allowance: Allowance, monotonic: Callable[[], float]) -> None:
        self._allowance, self._monotonic = allowance, monotonic
        self._buckets: dict[tuple[Caller, str], tuple[float, float]] = {}

    def take(self, caller: Caller, name: str, count: float) -> None:
        """Takes tokens. Raises QuotaExceeded with the time until there are enough.

        A full bucket gives what is asked of it, be it more than it holds: what is asked for at once
        has bounds of its own.
        """
        now, rate = self._monotonic(), self._allowance.of(caller, name)
        level, since = self._buckets.get((caller, name), (rate, now))
        level = min(rate, level + (now - since) * rate)
        if count > max(level, 0) and level < rate:
            raise QuotaExceeded(
                f"more than {rate:g} {WHAT[name]} a second: send the rest later",
                retry_seconds=(min(count, rate) - level) / rate,
                quota=name,
            )
        self._buckets[caller, name] = (level - count, now)
