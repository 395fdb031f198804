"""Who calls, and what the gateway's settings allow."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509

from integration.kit.client.reference.refusals import Refusal
from schemas.catalog import GOVERNANCE

FORM = "yrd://participant/<participant>/<system>"
_URI = re.compile(r"yrd://participant/([a-z0-9]+)/([a-z0-9][a-z0-9._-]*)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Participant and system named by a certificate."""

    participant: str
    system: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one system may do: `roles` of publisher and subscriber; types by full name or prefix."""

    roles: frozenset[str] = frozenset({"publisher", "subscriber"})
    types: tuple[str, ...] = ("yrd.",)


@dataclass(frozen=True, slots=True)
class Settings:
    """A reference gateway's configuration. Without `systems`, every own system may do everything.

    `messages_per_second` is a quota for each system, 0 for none.
    """

    participant: str
    systems: Mapping[str, Allowed] = field(default_factory=dict)
    max_batch: int = 1000
    max_draft_bytes: int = 1 << 20
    messages_per_second: float = 0.0
    max_clock_skew_seconds: float = 300.0

    def require(self, caller: Caller, role: str, type_name: str = "") -> None:
        """Raises a Refusal unless the caller may do that, with that type if one is given.

        Nobody publishes what gateways seal themselves.
        """
        allowed = self.systems.get(caller.system) if self.systems else Allowed()
        action = f"publish {type_name}" if type_name else f"act as {role}"
        if (
            not type_name.startswith(GOVERNANCE)
            and caller.participant == self.participant
            and allowed is not None
            and role in allowed.roles
            and (not type_name or type_name.startswith(allowed.types))
        ):
            return
        raise Refusal(
            "NOT_PERMITTED",
            f"{caller.participant}/{caller.system} may not {action} here, at the gateway of "
            f"{self.participant}: use the certificate of a system that may",
            participant=caller.participant,
            system=caller.system,
            action=action,
        )


@lru_cache(maxsize=64)
def caller_of(pem: bytes) -> Caller:
    """The caller that a PEM certificate names. Raises a Refusal."""
    uris = _uris(x509.load_pem_x509_certificate(pem))
    for uri in uris:
        found = _URI.fullmatch(uri)
        if found:
            return Caller(*found.groups())
    raise Refusal(
        "IDENTITY_UNKNOWN",
        f"the certificate has no URI {FORM} as subject alternative name, but "
        f"{', '.join(uris) or 'none at all'}: have one issued that has",
    )


def _uris(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names.value.get_values_for_type(x509.UniformResourceIdentifier)
