"""Who calls, what they may do, and how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.config import Client, Role
from gateway.errors import NotPermitted
from schemas.catalog import GOVERNANCE

PEER_SYSTEM = "gateway"


@dataclass(frozen=True, slots=True)
class Caller:
    """Participant and system, from the certificate's URI yrd://participant/<participant>/<system>."""

    participant: str
    system: str


class Access:
    """What the configuration allows."""

    def __init__(self, participant: str, clients: Sequence[Client], peers: Sequence[str]) -> None:
        self._participant = participant
        self._clients = tuple(clients)
        self._peers = frozenset(peers)
        self._allowed: dict[tuple[str, str, str], bool] = {}

    def require(self, caller: Caller, role: Role, call: str = "") -> None:
        """Raises NotPermitted unless the caller is a system of this participant with that role.

        `call` is named in the refusal.
        """
        if not any(role in client.roles for client in self._lines(caller)):
            needed = f"call {call}, which needs the role {role}," if call else ""
            raise self.refusal(caller, f"act as {role}", needed)

    def require_type(self, caller: Caller, type_name: str) -> None:
        """Raises NotPermitted unless the caller may publish that type."""
        if type_name.startswith(GOVERNANCE) and caller.system != PEER_SYSTEM:
            raise self.refusal(caller, f"publish {type_name}, which only the gateway itself seals,")
        key = (caller.participant, caller.system, type_name)
        if key not in self._allowed:
            self._allowed[key] = any(
                "publisher" in client.roles and client.covers(type_name)
                for client in self._lines(caller)
            )
        if not self._allowed[key]:
            raise self.refusal(caller, f"publish {type_name}")

    def require_acting(self, caller: Caller) -> None:
        """Raises NotPermitted unless the caller may say which person acted (header.act)."""
        if not any("acts-for-persons" in client.roles for client in self._lines(caller)):
            needed = "say in header.act which person acted, which needs the role acts-for-persons,"
            raise self.refusal(caller, "act for persons", needed)

    def require_peer(self, caller: Caller, call: str = "Replicate") -> None:
        """Raises NotPermitted unless the caller is a configured peer's gateway."""
        if caller.participant not in self._peers or caller.system != PEER_SYSTEM:
            needed = f"call {call}, which needs the gateway of a peer,"
            raise self.refusal(caller, "replicate", needed)

    def _lines(self, caller: Caller) -> list[Client]:
        if caller.participant != self._participant:
            return []
        return [client for client in self._clients if client.matches(caller.system)]

    def refusal(self, caller: Caller, action: str, told: str = "") -> NotPermitted:
        """The refusal of an action; `told` is how it is told, if it is to say more."""
        return NotPermitted(
            f"{caller.participant}/{caller.system} may not {told or action} at the gateway of "
            f"{self._participant}: use a certificate of a system that this gateway's clients allow",
            participant=caller.participant,
            system=caller.system,
            action=action,
        )
