"""What a caller is promised of every kind of refusal (errors.proto, docs/integrate/README.md "Errors")."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DOMAIN = "yrd"


@dataclass(frozen=True, slots=True)
class Promise:
    """Name of the status, names of the metadata, and whether RetryInfo and BadRequest are there.

    `fields` is None where BadRequest may be there or not.
    """

    code: str
    metadata: frozenset[str]
    retry: bool = False
    fields: bool | None = False


def _promise(
    code: str, metadata: str = "", *, retry: bool = False, fields: bool | None = False
) -> Promise:
    return Promise(code, frozenset(metadata.split()), retry, fields)


PROMISES: Mapping[str, Promise] = MappingProxyType(
    {
        "CONTRACT_VIOLATED": _promise("INVALID_ARGUMENT", "message_id", fields=True),
        "MALFORMED_REQUEST": _promise("INVALID_ARGUMENT", "field", fields=None),
        "TYPE_UNKNOWN": _promise("FAILED_PRECONDITION", "message_id contract"),
        "LOG_INCONSISTENT": _promise("FAILED_PRECONDITION", "log index"),
        "IDENTITY_UNKNOWN": _promise("UNAUTHENTICATED"),
        "NOT_PERMITTED": _promise("PERMISSION_DENIED", "participant system action"),
        "NOT_AUTHORITY": _promise("PERMISSION_DENIED", "field authority"),
        "MESSAGE_NOT_FOUND": _promise("NOT_FOUND", "message_id"),
        "MESSAGE_ID_REUSED": _promise("ALREADY_EXISTS", "message_id sequence"),
        "REVISION_STALE": _promise("ABORTED", "entity_id revision known_revision"),
        "TRANSITION_REFUSED": _promise("FAILED_PRECONDITION", "entity_id state step allowed"),
        "CURSOR_OUT_OF_RANGE": _promise("OUT_OF_RANGE", "offset first last"),
        "QUOTA_EXCEEDED": _promise("RESOURCE_EXHAUSTED", "quota", retry=True),
        "MESSAGE_TOO_LARGE": _promise("RESOURCE_EXHAUSTED", "message_id size_bytes limit_bytes"),
        "UNAVAILABLE": _promise("UNAVAILABLE", retry=True),
        "DATA_LOSS": _promise("DATA_LOSS", "log index"),
        "INTERNAL": _promise("INTERNAL"),
    }
)
"""Reason → what comes with it."""
