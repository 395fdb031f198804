"""Hash and signature of a log behind one port, so that an SM2/SM3 suite can join."""

import hashlib
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)


class PrivateKey(Protocol):
    """A key that signs."""

    @property
    def public(self) -> bytes:
        """The public key, raw."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Signature of the message."""
        ...


class Suite(Protocol):
    """A hash and a signature scheme."""

    name: str

    def digest(self, data: bytes) -> bytes:
        """Hash of the data."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is good."""
        ...

    def load_private_key(self, pem: bytes) -> PrivateKey:
        """Key from PKCS #8 PEM. Raises ValueError if it is another kind of key."""
        ...


class Ed25519Key:
    """An Ed25519 key (RFC 8032); signing costs about 40 µs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


class Ed25519Sha256:
    """SHA-256 and Ed25519."""

    name = "ed25519-sha256"

    def digest(self, data: bytes) -> bytes:
        """32 bytes."""
        return hashlib.sha256(data).digest()

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the signature is good; about 105 µs."""
        try:
            _public_key(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def load_private_key(self, pem: bytes) -> Ed25519Key:
        """Key from PKCS #8 PEM. Raises ValueError if it is another kind of key."""
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key: make one with `yrd certs init`")
        return Ed25519Key(key)


@lru_cache(maxsize=64)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


DEFAULT = Ed25519Sha256()
