"""Signs alerts: an enveloped XML signature (W3C XML Signature) by one key, its certificate inside."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner, methods

from integration.cap.xml import parse

LEAST_BITS = 2048
Key = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """An issuer's key and certificate."""

    key: Key
    certificate: x509.Certificate

    def sign(self, data: bytes) -> bytes:
        """An alert with its signature as last element, as CAP 1.2 §3.3.2.1 has it.

        Exclusive canonical XML 1.0, SHA-256, RSA or ECDSA: what every verifier reads.
        """
        rsa = isinstance(self.key, RSAPrivateKey)
        signer = XMLSigner(
            method=methods.enveloped,
            signature_algorithm=SignatureMethod.RSA_SHA256 if rsa else SignatureMethod.ECDSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )
        root: Any = signer.sign(parse(data, whole=True), key=self.key, cert=[self.certificate])
        made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return made


def signer(certificate: Path, key: Path, now: datetime) -> Signer:
    """The signer of PEM files. Raises OSError, ValueError with what to do."""
    try:
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
    except ValueError as error:
        raise ValueError(f"{certificate}: 不是PEM证书 no certificate in PEM: {error}") from None
    try:
        secret = load_pem_private_key(key.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{key}: 不是未加密的PEM私钥 no private key in PEM without a password: {error}"
        ) from None
    if not isinstance(secret, Key) or secret.key_size < (LEAST_BITS if _is_rsa(secret) else 256):
        raise ValueError(
            f"{key}: 须为RSA（至少{LEAST_BITS}位）或EC（至少256位）私钥 XML signatures take a key of RSA "
            f"with {LEAST_BITS} bits, or EC with 256, or more: use another"
        )
    if held.public_key() != secret.public_key():
        raise ValueError(f"{key}: 与证书不成对 is not the key of {certificate}: name its own")
    if not held.not_valid_before_utc <= now < held.not_valid_after_utc:
        raise ValueError(
            f"{certificate}: 现不在有效期内 not valid now, but from {held.not_valid_before_utc:%Y-%m-%d} "
            f"to {held.not_valid_after_utc:%Y-%m-%d}: renew it, or set the clock right"
        )
    return Signer(secret, held)


def _is_rsa(key: Key) -> bool:
    return isinstance(key, RSAPrivateKey)
