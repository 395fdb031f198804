"""Signing keys that every run makes anew and alike, for stores that were signed long ago.

Known to everybody, and good for nothing else.
"""

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.log.checkpoint import log_origin, witness_name
from gateway.log.note import LOG, WITNESS, encode_vkey


def fix_signing_keys(folder: Path, participant: str) -> None:
    """Puts them in the place of a participant's keys, as integration.certs names the files."""
    kinds = {"log": (log_origin(participant), LOG), "witness": (witness_name(participant), WITNESS)}
    for file, (name, kind) in kinds.items():
        seed = hashlib.sha256(f"a store of long ago, {name}".encode()).digest()
        key = Ed25519PrivateKey.from_private_bytes(seed)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / participant / f"{file}.key").write_bytes(pem)
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        (folder / participant / f"{file}.vkey").write_text(
            f"{encode_vkey(name, kind, public)}\n", encoding="utf-8"
        )
