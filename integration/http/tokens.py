"""Bearer tokens: made, and known again. What is kept of one can't be used in its place.

A token is `yrd_<id>_<secret>` with 256 random bits in its secret, so that one round of SHA-256 keeps it
as safe as a slow hash keeps a password.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Scope = Literal["publisher", "subscriber"]
SCOPES: tuple[Scope, ...] = ("publisher", "subscriber")
ID_BYTES, SECRET_BYTES = 6, 32
_FORM = re.compile(r"yrd_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = bytes(32)


class Token(BaseModel):
    """What is kept of a token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the secret."""
    system: str
    """As which its bearer speaks."""
    scopes: frozenset[Scope] = Field(min_length=1)
    expire_time: AwareDatetime
    note: str = ""
    """Whose it is, for the operator."""


def written(id_: bytes, secret: bytes) -> str:
    """A token's text, from random bytes."""
    return f"yrd_{id_.hex()}_{urlsafe_b64encode(secret).rstrip(b'=').decode()}"


def parted(text: str) -> tuple[str, str] | None:
    """A token's id and the digest of its secret, or None if it has not the form of one."""
    found = _FORM.fullmatch(text)
    return (found[1], digest(found[2])) if found else None


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def known(text: str, kept: Mapping[str, Token], now: datetime) -> Token | None:
    """The token that a text is, unless it is over.

    Takes as long for an unknown id as for a wrong secret, however much of it is right.
    """
    parts = parted(text)
    if parts is None:
        return None
    token = kept.get(parts[0])
    expected = bytes.fromhex(token.sha256) if token else _NOBODY
    same = hmac.compare_digest(expected, bytes.fromhex(parts[1]))
    return token if same and token and now < token.expire_time else None
